import { describeRef, type SecretRef, type SecretUse } from "../kernel/secret.ts"
import type { SecretsConfig } from "./config.ts"
import type { Unresolved } from "./faults.ts"
import type { Answer, Problem, Provider, Surroundings } from "./providers/answer.ts"
import { isOurOwn } from "./providers/env.ts"
import { providerFor } from "./providers/find.ts"
import { unusable } from "./usable.ts"

export interface Resolved {
  /** By the setting's path. */
  secrets: Map<string, string>
  failures: Unresolved[]
}

/** Asks every provider for what the references name: providers side by side, each once. */
export const resolveRefs = async (
  uses: readonly SecretUse[],
  config: SecretsConfig,
  surroundings: Surroundings,
): Promise<Resolved> => {
  const { maxProviderConcurrency } = config.resolution
  const groups = [...Map.groupBy(uses.map(named(config)), placeOf).values()]
  const answered: Answered[][] = []
  const worker = async () => {
    for (let group = groups.shift(); group; group = groups.shift())
      answered.push(await ask(group, config, surroundings))
  }
  await Promise.all(Array.from({ length: maxProviderConcurrency }, worker))
  return sorted(uses, answered.flat())
}

/** A use whose provider is named, be it by the defaults. */
interface NamedUse extends SecretUse {
  ref: Required<SecretRef>
}
type Answered = NamedUse & { answer: Answer }

const named =
  ({ defaults }: SecretsConfig) =>
  ({ path, ref }: SecretUse): NamedUse => ({
    path,
    ref: { ...ref, provider: ref.provider ?? defaults[ref.source] },
  })

const placeOf = ({ ref: { source, provider } }: NamedUse) => `${source}:${provider}`

const ask = async (
  group: readonly NamedUse[],
  config: SecretsConfig,
  surroundings: Surroundings,
): Promise<Answered[]> => {
  const { source, provider: name } = group[0]!.ref
  const provider = providerFor(source, name, config, surroundings)
  const wanted = group.filter((use) => !refusal(use))
  const ids = [...new Set(wanted.map(({ ref }) => ref.id))]
  const problem = "reason" in provider ? provider : tooMany(name, ids.length, config)
  const answers = problem ? undefined : await askFor(ids, provider as Provider)
  return group.map((use) => ({
    ...use,
    answer: refusal(use) ?? problem ?? answers?.get(use.ref.id) ?? noAnswer,
  }))
}

const askFor = (ids: readonly string[], provider: Provider) =>
  ids.length ? provider(ids) : undefined

const noAnswer: Problem = { reason: "the provider gave no answer", next: "try again" }

/** Our own variables open the gateway; what else would use them would send them elsewhere. */
const refusal = ({ path, ref }: NamedUse): Problem | undefined =>
  ref.source === "env" && isOurOwn(ref.id) && !/^gateway\.(?:auth|remote)\./.test(path)
    ? {
        reason: `${ref.id} is fased's own and only for gateway.auth and gateway.remote`,
        next: "keep this secret under another name",
      }
    : undefined

const tooMany = (name: string, count: number, { resolution }: SecretsConfig) =>
  count > resolution.maxRefsPerProvider
    ? {
        reason: `the provider "${name}" would be asked for ${count} secrets; ${resolution.maxRefsPerProvider} are allowed`,
        next: "use several providers, or raise secrets.resolution.maxRefsPerProvider",
      }
    : undefined

/** In the order the config has them, whoever was quicker. */
const sorted = (uses: readonly SecretUse[], answered: readonly Answered[]): Resolved => {
  const byPath = new Map(answered.map((one) => [one.path, one]))
  const secrets = new Map<string, string>()
  const failures: Unresolved[] = []
  for (const { path } of uses) {
    const { ref, answer } = byPath.get(path)!
    const problem = "value" in answer ? unusable(answer.value) : answer
    if (problem) failures.push({ path, ref: describeRef(ref), ...problem })
    else if ("value" in answer) secrets.set(path, answer.value)
  }
  return { secrets, failures }
}
