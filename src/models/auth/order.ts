import { type Profile, restsUntil } from "./profile.ts"

/** Where an order of profiles may be written down, the first that is there counts. */
interface Wishes {
  /** `models auth order set` */
  stored?: readonly string[]
  /** `auth.order` */
  configured?: readonly string[]
  /** Those of the provider in `auth.profiles`: which, not in which order. */
  listed: readonly string[]
}

const kinds = ["oauth", "token", "api_key"]

/** One provider's profiles, the one to try first in front; those that rest last, the soonest ready first. */
export const inOrder = (profiles: readonly Profile[], wishes: Wishes, now: number): Profile[] => {
  const explicit = wishes.stored ?? wishes.configured
  const named = explicit ?? (wishes.listed.length ? wishes.listed : undefined)
  const chosen = named
    ? [...new Set(named)].flatMap((id) => profiles.filter((profile) => profile.id === id))
    : [...profiles]
  const best = explicit ? chosen : chosen.toSorted(byKindThenRest)
  const until = (profile: Profile) => restsUntil(profile, now) ?? 0
  return best.toSorted((a, b) => until(a) - until(b))
}

const byKindThenRest = (a: Profile, b: Profile) =>
  kinds.indexOf(a.credential.type) - kinds.indexOf(b.credential.type) ||
  (a.usage.lastUsed ?? 0) - (b.usage.lastUsed ?? 0)
