import type { RunningGateway, StartOptions } from "../app.ts"
import { systemClock } from "../kernel/clock.ts"
import { takeSupervisor } from "../service/supervisor.ts"

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
  const { supervisor, env } = await takeSupervisor(options.env, systemClock)
  const gateway = await start({ ...options, env })
  supervisor.ready(`Listening on ${gateway.url}`)
  if (!asked) started(gateway)
  const reason = await stop.promise
  supervisor.stopping(`Stopping (${reason})`)
  await gateway.stop(reason)
  return 0
}
