import type { Context } from "./command.ts"
import { withCredentials } from "./credentials.ts"
import { openGateway } from "./gateway-client.ts"
import { runningHolder, targetSources } from "./instance.ts"

const patienceMs = 5_000

/**
 * Has the running gateway fetch every secret anew: whether it did, or nothing when none runs. To be
 * called before the secret changes: until it has fetched anew, the gateway wants the one of before.
 */
export const prepareSecretsReload = async (context: Context) => {
  const holder = runningHolder(context.paths.state)
  if (!holder) return async () => undefined
  const [{ resolveTarget }, { reload }] = await Promise.all([
    import("../client/target.ts"),
    import("../secrets/methods.ts"),
  ])
  const target = resolveTarget(targetSources(context, { port: holder.port }))
  const before = await withCredentials(target, context).catch(() => target)
  return async (): Promise<boolean> => {
    // A gateway that fetches another secret for itself hangs up on who came in with the old one.
    for (const way of [before, target])
      try {
        await using client = await openGateway(way, context, { timeoutMs: patienceMs })
        return (await client.call(reload, {})).ok
      } catch {}
    return false
  }
}
