import type { Context } from "./command.ts"
import { withCredentials } from "./credentials.ts"
import { openGateway } from "./gateway-client.ts"
import { runningHolder, targetSources } from "./instance.ts"

const patienceMs = 5_000

/**
 * Has the running gateway take up the config and every secret as they are now: whether it did, or
 * nothing when none runs. To be called before the secret changes: until then the gateway wants the
 * one of before.
 */
export const prepareSecretsReload = async (context: Context) => {
  const holder = runningHolder(context.paths.state)
  if (!holder) return async () => undefined
  const [{ resolveTarget }, { reload: look }, { reload }] = await Promise.all([
    import("../client/target.ts"),
    import("../config/change-methods.ts"),
    import("../secrets/methods.ts"),
  ])
  const target = resolveTarget(targetSources(context, { port: holder.port }))
  const before = await withCredentials(target, context).catch(() => target)
  const now = () => resolveTarget(targetSources(context, { port: holder.port }))
  return async (): Promise<boolean> => {
    // A gateway that comes to want another secret hangs up on who came in with the old one.
    for (const way of [() => before, now])
      try {
        await using client = await openGateway(way(), context, { timeoutMs: patienceMs })
        await client.call(look, {})
        return (await client.call(reload, {})).ok
      } catch {}
    return false
  }
}
