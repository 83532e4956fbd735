import type { Reference, Target } from "../client/target.ts"
import { refProblem, type SecretRef, type SecretUse } from "../kernel/secret.ts"
import type { Context } from "./command.ts"

/**
 * The target with the credentials that the config only refers to, fetched. Throws when one cannot
 * be had: a secret that is out of reach never gives way to another.
 */
export const withCredentials = async (
  { references, ...target }: Target,
  context: Pick<Context, "paths" | "env">,
): Promise<Target> => {
  if (!references) return target
  const [{ createFetch }, { systemClock }] = await Promise.all([
    import("../secrets/fetch.ts"),
    import("../kernel/clock.ts"),
  ])
  const uses = await Promise.all(Object.values(references).map(judged))
  const { providers, env } = await whereSecretsAre(context)
  const fetch = createFetch({ paths: context.paths, env, clock: systemClock })
  const found = await fetch(uses, providers, env)
  const { token, password } = references
  return {
    ...target,
    ...(token && { token: found.get(token.path) }),
    ...(password && { password: found.get(password.path) }),
  }
}

const judged = async ({ path, ref }: Reference): Promise<SecretUse> => {
  const problem = refProblem(ref)
  if (!problem) return { path, ref: ref as SecretRef }
  const { unresolved } = await import("../secrets/faults.ts")
  const next = "correct it in the config"
  throw unresolved({ failures: [{ path, ref: "no reference", reason: `it ${problem}`, next }] })
}

/** Only the `secrets` section has to be right: the way to the gateway must not hang on the rest. */
const whereSecretsAre = async (context: Pick<Context, "paths" | "env">) => {
  const [{ openSettings }, { secrets }, { substitute }] = await Promise.all([
    import("./settings.ts"),
    import("../secrets/config.ts"),
    import("../config/substitute.ts"),
  ])
  const state = (await openSettings(context)).current()
  const { value } = substitute({ secrets: state.composed?.secrets ?? {} }, state.env)
  const parsed = secrets.schema.safeParse(value.secrets)
  if (parsed.success) return { providers: parsed.data, env: state.env }
  const { configInvalid } = await import("../config/faults.ts")
  throw configInvalid(state)
}
