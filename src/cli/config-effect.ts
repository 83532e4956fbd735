import type { Outcome } from "../config/reloader.ts"
import type { Context } from "./command.ts"
import { openGateway } from "./gateway-client.ts"
import { runningHolder, targetSources } from "./instance.ts"
import { printable } from "./printable.ts"

/** What a running gateway makes of a changed config. */
export type Effect = Outcome & {
  /** It could not be asked; this is what the settings say of themselves. */
  assumed?: true
}

const patienceMs = 3_000

/**
 * Has the running gateway look at the changed config, and says what came of it; nothing when none
 * runs. To be called before the change: the gateway still wants the secret of before.
 */
export const prepareEffect = async (context: Context) => {
  const holder = runningHolder(context.paths.state)
  if (!holder) return async () => undefined
  const [{ resolveTarget }, { reload }] = await Promise.all([
    import("../client/target.ts"),
    import("../config/change-methods.ts"),
  ])
  const target = resolveTarget(targetSources(context, { port: holder.port }))
  return async (changed: readonly string[]): Promise<Effect | undefined> => {
    if (!changed.length) return undefined
    try {
      await using client = await openGateway(target, context, { timeoutMs: patienceMs })
      const outcome = await client.call(reload, {})
      return { ...outcome, waits: outcome.waits.filter((path) => concerns(path, changed)) }
    } catch {
      return assumedEffect(changed)
    }
  }
}

/** It may be busy, or want a secret that this very change takes away. */
const assumedEffect = async (changed: readonly string[]): Promise<Effect> => {
  const [{ reloadOf }, { parsePath }, { sections }] = await Promise.all([
    import("../config/reload.ts"),
    import("../config/path.ts"),
    import("../registry/sections.ts"),
  ])
  const isLate = (path: string) => reloadOf(parsePath(path), sections) === "process"
  return {
    applied: changed.filter((path) => !isLate(path)),
    waits: changed.filter(isLate),
    issues: [],
    assumed: true,
  }
}

const concerns = (path: string, changed: readonly string[]) =>
  changed.some((one) => [path, one].some((a, at, both) => isWithin(a, both[1 - at]!)))

const isWithin = (path: string, around: string) =>
  path === around || (path.startsWith(around) && ".[".includes(path[around.length]!))

export const printEffect = (effect: Effect, changed: readonly string[], { out }: Context) => {
  const { bad, warn } = out.paint
  const [issue] = effect.issues
  if (issue) {
    const what = printable(`${issue.path && `${issue.path}: `}${issue.message}`, 500)
    out.print(`${bad("The gateway does not take it:")} ${what}`)
    if (issue.hint) out.print(printable(issue.hint, 500))
    return
  }
  if (!effect.waits.length) return out.print("Takes effect at once.")
  const some = effect.waits.length < changed.length ? `${effect.waits.join(", ")}: takes` : "Takes"
  out.print(
    effect.restartInMs === undefined
      ? `${warn(`${some} effect when the gateway restarts.`)}`
      : `${some} effect when the gateway restarts, which it does now by itself.`,
  )
}
