/** Runs hooks beside everything else: each its events one after another, none for ever. */
import * as z from "zod"
import { agents, type AgentsConfig, listAgents, workspaceOf } from "../agents/config.ts"
import { Environment, Paths } from "../config/paths.ts"
import { Clock } from "../kernel/clock.ts"
import type { BootstrapFile, Bootstrapping, HookEvent } from "../kernel/hook-event.ts"
import { onFirstUse } from "../kernel/later.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { plugins, type PluginsConfig } from "../plugins/config.ts"
import { PluginHooks } from "../plugins/service.ts"
import { InternalHooks } from "../webhooks/internal.ts"
import { discoverHooks } from "./discover.ts"
import { type Hook, wants } from "./hook.ts"

const deadlineMs = 30_000
/** A turn waits for those that say what it begins with, and for none of them longer. */
const bootstrapMs = 5_000
const mostWaiting = 100

const bootstrapList = onFirstUse(() =>
  z
    .array(
      z.object({ name: z.string().min(1).max(200), text: z.string().max(2_000_000).nullable() }),
    )
    .max(100),
)

export const createRunner = (services: Services) => {
  const clock = services.get(Clock)
  const log = services.get(Log).for("hooks")
  const lines = new Map<string, { waiting: number; done: Promise<void> }>()
  const stop = new AbortController()
  let known: { of: readonly unknown[]; hooks: Promise<readonly Hook[]> } | undefined

  /** Read anew when the config is another one. */
  const switchedOn = () => {
    const config = services.get(InternalHooks)
    const settings = services.get(agents)
    const onDisk = services.get(plugins)
    const of = [config, settings, onDisk]
    if (of.some((one, at) => one !== known?.of[at]))
      known = { of, hooks: read(config, settings, onDisk) }
    return known!.hooks
  }

  const read = async (
    { entries, load }: InternalHooks,
    settings: AgentsConfig,
    plugins: PluginsConfig,
  ): Promise<readonly Hook[]> => {
    const paths = services.get(Paths)
    const workspaces = listAgents(settings).map((agent) => workspaceOf(agent, settings, paths))
    const env = services.get(Environment)
    const { hooks, broken } = await discoverHooks({ paths, env, load, plugins, workspaces })
    for (const { folder, why } of broken) log.error("a hook is left out", { folder, why })
    return hooks.filter(({ name, missing }) => {
      if (!entries[name]?.enabled) return false
      if (missing.length) log.warn("a hook is left out", { hook: name, missing })
      return !missing.length
    })
  }

  /** True when it came to its end. */
  const run = async (hook: Hook, event: HookEvent, ms = deadlineMs): Promise<boolean> => {
    if (stop.signal.aborted) return false
    const late = new AbortController()
    const cancel = clock.after(ms, () =>
      late.abort(new Error(`it took longer than ${ms / 1000} seconds`)),
    )
    const signal = AbortSignal.any([late.signal, stop.signal])
    const given = Promise.withResolvers<never>()
    signal.addEventListener("abort", () => given.reject(signal.reason), { once: true })
    try {
      await Promise.race([hook.run(event, { services, signal }), given.promise])
      return true
    } catch (error) {
      log.error("a hook failed", { hook: hook.name, event: `${event.type}:${event.action}`, error })
      return false
    } finally {
      cancel()
    }
  }

  const enqueue = (hook: Hook, event: HookEvent) => {
    const line = lines.getOrInsertComputed(hook.name, () => ({
      waiting: 0,
      done: Promise.resolve(),
    }))
    if (line.waiting >= mostWaiting)
      return log.warn("a hook is too slow and misses an event", {
        hook: hook.name,
        event: `${event.type}:${event.action}`,
      })
    line.waiting++
    line.done = line.done.then(() => run(hook, event)).then(() => void line.waiting--)
  }

  return {
    async tell(event: HookEvent) {
      for (const hook of await switchedOn()) if (wants(hook, event)) enqueue(hook, event)
    },
    /** Each hook gets what the one before it left; one that fails changes nothing. */
    async bootstrap(about: Bootstrapping, files: readonly BootstrapFile[]) {
      const begins = { type: "agent", action: "bootstrap", sessionKey: about.sessionKey } as const
      let left: readonly BootstrapFile[] | undefined
      for (const hook of await switchedOn()) {
        if (!hook.events.includes("agent:bootstrap")) continue
        const bootstrapFiles = structuredClone(left ?? files)
        const context = { ...about, bootstrapFiles }
        const event = { ...begins, timestamp: clock.now(), context }
        if (!(await run(hook, event, bootstrapMs))) continue
        const changed = bootstrapList().safeParse(event.context.bootstrapFiles)
        if (changed.success) left = changed.data
        else log.error("a hook left no list of files", { hook: hook.name })
      }
      return left
    },
    /** Lets what runs finish for so long, then ends it. */
    async close(ms: number) {
      const patience = Promise.withResolvers<void>()
      const cancel = clock.after(ms, patience.resolve)
      const done = Promise.all([...lines.values()].map((line) => line.done))
      await Promise.race([done, patience.promise])
      cancel()
      stop.abort(new Error("the gateway stopped"))
      await done
      await services.get(PluginHooks).close()
    },
  }
}
