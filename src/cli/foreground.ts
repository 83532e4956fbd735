import type { RunningGateway, StartOptions } from "../app.ts"

/** What ends a gateway in the foreground, each as the exit code it has by itself. */
const signals = { SIGINT: 130, SIGTERM: 143 } as const

/**
 * Runs a gateway until SIGINT or SIGTERM, then stops it in good order. A second signal ends the
 * process at once; one that comes while the gateway starts stops it as soon as it runs.
 */
export const runInForeground = async (
  options: StartOptions,
  started: (gateway: RunningGateway) => void,
) => {
  const stop = Promise.withResolvers<string>()
  let asked = false
  for (const [signal, code] of Object.entries(signals))
    process.on(signal, () => {
      if (asked) process.exit(code)
      asked = true
      stop.resolve(signal)
    })
  const { start } = await import("../app.ts")
  const gateway = await start(options)
  if (!asked) started(gateway)
  await gateway.stop(await stop.promise)
  return 0
}
