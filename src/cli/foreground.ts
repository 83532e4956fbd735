import { setImmediate } from "node:timers/promises"
import { closeSync, openSync } from "node:fs"
import type { RunningGateway, StartOptions } from "../app.ts"
import { systemClock } from "../kernel/clock.ts"
import { takeSupervisor } from "../service/supervisor.ts"
import { checkSuccessor, restartInPlace, successor } from "./restart-in-place.ts"

/** What ends a gateway in the foreground, each as the exit code it has by itself. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** How soon clients may look for a gateway that restarts. */
const restartMs = 1_000

type End = { signal: string } | { restart: string }

/**
 * Runs a gateway until SIGINT or SIGTERM, then stops it in good order. A second signal ends the
 * process at once; one that comes while the gateway starts stops it as soon as it runs. SIGHUP
 * makes it look at its config and fetch its secrets, unless the terminal it runs in went away.
 */
export const runInForeground = async (
  options: StartOptions,
  started: (gateway: RunningGateway) => void,
) => {
  const end = Promise.withResolvers<End>()
  const inTerminal = process.stdout.isTTY && hasTerminal()
  let asked = false
  let reload = () => {}
  for (const [signal, code] of Object.entries(signals))
    process.on(signal, () => {
      if (signal === "SIGHUP" && (!inTerminal || hasTerminal())) return reload()
      if (asked) process.exit(code)
      asked = true
      end.resolve({ signal })
    })

  const next = successor()
  const runner = {
    check: () => checkSuccessor(next),
    begin: (reason: string) => end.resolve({ restart: reason }),
  }
  const { start } = await import("../app.ts")
  const { supervisor, env } = await takeSupervisor(options.env, systemClock)
  const gateway = await start({ ...options, env, runner }).catch(async (error) => {
    const { noteFailedStart } = await import("./failed-start.ts")
    noteFailedStart(options, error)
    throw error
  })
  // One request or provider gone wrong is no reason to end all the others.
  process.on("unhandledRejection", gateway.note)
  // The log has said why where it fails.
  reload = () =>
    void gateway
      .reload()
      .then(gateway.reloadSecrets)
      .catch(() => undefined)
  supervisor.ready(`Listening on ${gateway.url}`)
  if (!asked) started(gateway)
  void keepServiceCurrent(options).catch(() => undefined)

  const ending = await end.promise
  if ("signal" in ending) {
    supervisor.stopping(`Stopping (${ending.signal})`)
    await gateway.stop(ending.signal)
    return 0
  }
  supervisor.reloading(`Restarting (${ending.restart})`)
  // What could not be closed in order ends with this program all the same.
  await gateway.stop(ending.restart, { expectedMs: restartMs }).catch(() => undefined)
  // A signal that is here already is heard with the next turn of the loop, and by no successor.
  await setImmediate()
  if (asked) return 0
  return restartInPlace({ ...next, env: { ...next.env, ...supervisor.handOver } })
}

/**
 * After an update the service file still is the one of before, and who updated was the version of
 * before too. Where it cannot be written, status and doctor say so.
 */
const keepServiceCurrent = async ({ paths, env, version }: StartOptions) => {
  if (!env.FASED_SERVICE_MARKER || env.FASED_SERVICE_VERSION === version) return
  const { openService } = await import("./service.ts")
  await openService({ paths, env }).keepCurrent()
}

/** Whether there is a terminal that this process belongs to. */
const hasTerminal = () => {
  try {
    closeSync(openSync("/dev/tty", "r"))
    return true
  } catch {
    return false
  }
}
