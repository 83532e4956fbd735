/** Tells plugins what happens: each in a process of its own, there while there is something to tell. */
import { type Clock, systemClock } from "../kernel/clock.ts"
import type { HookEvent } from "../kernel/hook-event.ts"
import type { Log } from "../kernel/log.ts"
import type { PluginHooks, PluginPlace } from "./service.ts"
import { type HostCommand, type PluginProcess, startProcess } from "./process.ts"

/** A process that was told nothing for so long is ended. */
const restMs = 60_000

interface Running {
  stamp: number
  process: PluginProcess
  calls: number
  cancelRest(): void
}

export const createPluginHooks = ({
  host,
  clock,
  log,
}: {
  host: () => HostCommand
  clock: Clock
  log: Log
}): PluginHooks => {
  const running = new Map<string, Running>()

  const end = async (id: string, one: Running) => {
    one.cancelRest()
    if (running.get(id) === one) running.delete(id)
    await one.process.end()
  }

  const start = ({ id, folder, stamp }: PluginPlace) => {
    // A process takes the time it takes to end, whatever clock the gateway goes by.
    const process = startProcess({ id, folder }, host(), {}, { clock: systemClock, log })
    const one: Running = { stamp, process, calls: 0, cancelRest: () => {} }
    running.set(id, one)
    process.gone.catch(() => end(id, one))
    return one
  }

  /** One that was installed anew is another one. */
  const current = async (plugin: PluginPlace) => {
    const known = running.get(plugin.id)
    if (known && known.stamp !== plugin.stamp) await end(plugin.id, known)
    return running.get(plugin.id) ?? start(plugin)
  }

  return {
    async tell(plugin: PluginPlace, event: HookEvent, signal: AbortSignal) {
      const one = await current(plugin)
      one.cancelRest()
      one.calls++
      try {
        const files = await one.process.peer.call("told", [event], signal)
        if (files !== undefined) event.context.bootstrapFiles = files
      } catch (error) {
        // What it does not give up by itself is taken from it.
        if (signal.aborted) await end(plugin.id, one)
        throw error
      } finally {
        if (!--one.calls && running.get(plugin.id) === one)
          one.cancelRest = clock.after(restMs, () => void end(plugin.id, one))
      }
    },
    async close() {
      await Promise.all([...running].map(([id, one]) => end(id, one)))
    },
  }
}
