import type { Clock } from "../../kernel/clock.ts"
import type { Log } from "../../kernel/log.ts"
import type { AuthConfig } from "./config.ts"
import { afterFailure, afterSuccess, type Failure } from "./cooldown.ts"
import { unknownProfile } from "./faults.ts"
import { inOrder } from "./order.ts"
import type { OAuth, Profile, Usage } from "./profile.ts"
import type { AuthStore, Choice, Kept } from "./store.ts"

interface Options {
  kept: Kept
  /** Without one nothing is written: a look at an instance that does not run. */
  store?: AuthStore
  config: () => AuthConfig
  /** The agent whose profiles the others use as well. */
  mainAgent: () => string
  clock: Pick<Clock, "now">
  log: Log
}

/** How exactly `lastUsed` of a profile that does well is on record; a turn should not wait for it. */
const usedEveryMs = 60_000

/** The sign-ins of every agent, in memory and on record. Each change is on record when it resolves. */
export class ProfileBook {
  readonly #profiles = new Map<string, Profile>()
  readonly #choices = new Map<string, Choice>()

  constructor(private readonly options: Options) {
    for (const profile of options.kept.profiles) this.#profiles.set(keyOf(profile), profile)
    for (const choice of options.kept.choices)
      this.#choices.set(`${choice.agentId}\n${choice.provider}`, choice)
  }

  /** An agent's own profiles and those of the main agent that it has none of the same name for. */
  of(agentId: string, provider?: string): Profile[] {
    const main = this.options.mainAgent()
    return [...this.#profiles.values()].filter(
      (profile) =>
        (provider === undefined || profile.provider === provider) &&
        (profile.agentId === agentId ||
          (profile.agentId === main && !this.#profiles.has(keyOf({ agentId, id: profile.id })))),
    )
  }

  /** Those of one provider that the settings let an agent use, the one to try first in front. */
  ordered(agentId: string, provider: string): Profile[] {
    const known = this.of(agentId, provider)
    if (!known.length) return known
    const { order, profiles } = this.options.config()
    const main = this.options.mainAgent()
    const wishes = {
      stored: this.choice(agentId, provider)?.order ?? this.choice(main, provider)?.order,
      configured: Object.hasOwn(order, provider) ? order[provider] : undefined,
      listed: Object.keys(profiles).filter((id) => profiles[id]!.provider === provider),
    }
    return inOrder(known, wishes, this.options.clock.now())
  }

  find(agentId: string, id: string): Profile | undefined {
    return (
      this.#profiles.get(keyOf({ agentId, id })) ??
      this.#profiles.get(keyOf({ agentId: this.options.mainAgent(), id }))
    )
  }

  /** As it is now. Throws when it was removed. */
  current({ agentId, id }: Pick<Profile, "agentId" | "id">): Profile {
    const profile = this.#profiles.get(keyOf({ agentId, id }))
    if (profile) return profile
    throw unknownProfile({ profile: id, known: this.of(agentId).map((one) => one.id) })
  }

  choice(agentId: string, provider: string): Choice | undefined {
    return this.#choices.get(`${agentId}\n${provider}`)
  }

  async save(profile: Profile): Promise<void> {
    await this.options.store?.save(profile)
    this.#profiles.set(keyOf(profile), profile)
  }

  async remove(agentId: string, id: string): Promise<boolean> {
    const known = this.#profiles.has(keyOf({ agentId, id }))
    await this.options.store?.remove(agentId, id)
    this.#profiles.delete(keyOf({ agentId, id }))
    return known
  }

  /** Without a list the order is the settings' again. */
  async setOrder(agentId: string, provider: string, order?: readonly string[]): Promise<void> {
    await this.#choose({ ...this.#choiceOr(agentId, provider), order })
  }

  /** New tokens in the place of the old. A profile that was replaced meanwhile keeps what it has. */
  async renew(profile: Profile, credential: OAuth): Promise<Profile> {
    const now = this.current(profile)
    if (now.credential !== profile.credential) return now
    const { refreshFailed: _, ...usage } = now.usage
    const renewed = { ...now, credential, usage }
    // The old ones may be worth nothing by now: the new ones count whether or not they can be written.
    this.#profiles.set(keyOf(renewed), renewed)
    await this.#noted(this.options.store?.save(renewed))
    return renewed
  }

  /** Its tokens cannot be renewed any more. */
  async expire(profile: Profile, reason: string): Promise<void> {
    await this.#use(profile, { ...this.current(profile).usage, refreshFailed: reason })
  }

  async failed(profile: Profile, failure: Omit<Failure, "provider" | "at">): Promise<void> {
    const known = this.#profiles.get(keyOf(profile))
    if (!known) return
    const { provider, usage } = known
    const at = this.options.clock.now()
    const next = afterFailure(usage, { ...failure, provider, at }, this.options.config().cooldowns)
    if (next === usage) return
    const { agentId, id } = profile
    const { cooldownUntil, disabledUntil } = next
    this.options.log
      .for("models")
      .warn("auth profile rests", { agent: agentId, profile: id, cooldownUntil, disabledUntil })
    await this.#use(profile, next)
  }

  /** It answered: what was wrong is forgotten. */
  async worked(profile: Profile): Promise<void> {
    const known = this.#profiles.get(keyOf(profile))
    if (!known) return
    const { agentId, provider, usage, id } = known
    const at = this.options.clock.now()
    const next = afterSuccess(usage, at)
    const isNews = usage.errorCount > 0 || at - (usage.lastUsed ?? 0) >= usedEveryMs
    if (isNews) await this.#use(profile, next)
    else this.#profiles.set(keyOf(known), { ...known, usage: next })
    const choice = this.#choiceOr(agentId, provider)
    if (choice.lastGood !== id) await this.#noted(this.#choose({ ...choice, lastGood: id }))
  }

  async #use(profile: Profile, usage: Usage) {
    const key = keyOf(profile)
    const known = this.#profiles.get(key)
    if (known) this.#profiles.set(key, { ...known, usage })
    await this.#noted(this.options.store?.saveUsage(profile, usage))
  }

  /** How a call went counts from memory, also while it cannot be written: a turn is not to fail by that. */
  async #noted(write: Promise<void> | undefined) {
    try {
      await write
    } catch (error) {
      this.options.log
        .for("models")
        .warn("what became of an auth profile was not written", { error })
    }
  }

  #choiceOr(agentId: string, provider: string): Choice {
    return this.choice(agentId, provider) ?? { agentId, provider }
  }

  async #choose(choice: Choice) {
    await this.options.store?.choose(choice)
    this.#choices.set(`${choice.agentId}\n${choice.provider}`, choice)
  }
}

const keyOf = ({ agentId, id }: Pick<Profile, "agentId" | "id">) => `${agentId}\n${id}`
