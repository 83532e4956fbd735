import type { Clock } from "../../kernel/clock.ts"
import type { Fault } from "../../kernel/fault.ts"
import type { FoundKey } from "../connection.ts"
import { afterFailure, failureClass, wordsFor } from "./cooldown.ts"
import { unknownProfile } from "./faults.ts"
import { type Profile, restsUntil, type Usage, unused } from "./profile.ts"
import { signInDefaults } from "./config.ts"
import type { ModelAuth } from "./service.ts"

/** One way to be let in by a provider: a profile, or a key of the environment or the config. */
export interface Way {
  /** The profile's name, or the variable or setting that the key is in. */
  id: string
  provider: string
  profile?: Pick<Profile, "agentId" | "id">
  /** It failed lately, and is not tried before. */
  restsUntil?: number
  /** What was wrong with it, in words. */
  restsFor?: string
  /** What it is used for is paid by the month, not by the token. */
  subscription?: true
  /** Another one stands in for it only when the provider asked to slow down. */
  onlyForRate?: true
}

/** Which ways there are and how each did. */
export interface Ways {
  /** Best first, those that rest last. Keys count where an agent has no profile of the provider. */
  of(provider: string, agentId: string | undefined, keys: readonly FoundKey[]): Way[]
  /** Only this one, or the fault that says there is none. Undefined for one of another provider. */
  pinned(provider: string, agentId: string | undefined, profile: string): Way | undefined
  failed(way: Way, error: Fault): Promise<void>
  worked(way: Way): void
}

export const createWays = ({
  auth,
  clock,
}: {
  auth: () => ModelAuth | undefined
  clock: Pick<Clock, "now">
}): Ways => {
  /** Keys are not on record: they rest while this process runs. */
  const keysUsage = new Map<string, Usage>()

  const ofProfile = ({ agentId, id, provider, credential, usage }: Profile): Way => ({
    id,
    provider,
    profile: { agentId, id },
    ...(credential.type !== "api_key" && { subscription: true as const }),
    ...rest(usage),
  })

  const rest = (usage: Usage) => {
    const until = restsUntil({ usage }, clock.now())
    if (until === undefined) return {}
    const reason = (until === usage.disabledUntil && usage.disabledReason) || usage.cooldownReason
    const restsFor = wordsFor(reason)
    return { restsUntil: until, ...(restsFor && { restsFor }) }
  }

  const ofKeys = (provider: string, keys: readonly FoundKey[]): Way[] => {
    const several = keys.length > 1
    return keys
      .map(({ name: id }) => ({
        id,
        provider,
        ...(several && {
          onlyForRate: true as const,
          ...rest(keysUsage.get(id) ?? unused),
        }),
      }))
      .toSorted((a: Way, b: Way) => (a.restsUntil ?? 0) - (b.restsUntil ?? 0))
  }

  return {
    of(provider, agentId, keys) {
      const known = auth()
      const profiles = known?.book.ordered(agentId ?? known.mainAgent(), provider) ?? []
      return profiles.length ? profiles.map(ofProfile) : ofKeys(provider, keys)
    },
    pinned(provider, agentId, id) {
      const known = auth()
      const agent = agentId ?? known?.mainAgent() ?? ""
      const profile = known?.book.find(agent, id)
      if (profile) return profile.provider === provider ? ofProfile(profile) : undefined
      // A profile is named after its provider: what is gone is missed there only.
      if (!id.startsWith(`${provider}:`)) return undefined
      throw unknownProfile({ profile: id, known: known?.book.of(agent).map((one) => one.id) ?? [] })
    },
    async failed({ id, provider, profile, onlyForRate }, error) {
      const kind = failureClass(error)
      if (!kind) return
      const { retryAfterMs } = error.data as { retryAfterMs?: number }
      const known = auth()
      if (profile) {
        const full = known?.book.find(profile.agentId, profile.id)
        if (!known || !full) return
        if (kind === "auth") known.keys.refused(profile)
        return known.book.failed(full, { class: kind, retryAfterMs })
      }
      if (!onlyForRate || kind !== "rate") return
      const failure = { provider, class: kind, at: clock.now(), retryAfterMs }
      const settings = known?.cooldowns() ?? signInDefaults().cooldowns
      keysUsage.set(id, afterFailure(keysUsage.get(id) ?? unused, failure, settings))
    },
    worked({ id, profile }) {
      keysUsage.delete(id)
      const known = auth()
      const full = profile && known?.book.find(profile.agentId, profile.id)
      if (full) void known!.book.worked(full)
    },
  }
}
