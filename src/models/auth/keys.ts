import type { Clock } from "../../kernel/clock.ts"
import { describeRef, type SecretRef } from "../../kernel/secret.ts"
import type { ProfileBook } from "./book.ts"
import { loginRefused, signInAgain } from "./faults.ts"
import type { OAuth, Profile } from "./profile.ts"

/** What a request carries. */
export interface Secret {
  key: string
  /** Sent as a bearer token, whatever the wire format's own header is. */
  bearer: boolean
  /** Facts about the account that its provider wants to see. */
  accountId?: string
}

/** Gives each profile's key as it is now; tokens that are about to end are renewed first. */
export interface Keys {
  /** Throws `models.sign-in-again`, or what kept a token from being renewed. */
  current(profile: Pick<Profile, "agentId" | "id">): Promise<Secret>
  /** The provider refused the key: the next one is fetched or renewed. */
  refused(profile: Pick<Profile, "agentId" | "id">): void
}

/** New tokens, or the provider's word that there will be none. */
export type Refresh = (
  profile: Profile,
  credential: OAuth & { refresh: string },
) => Promise<{ tokens: OAuth } | { refused: string; said: string }>

interface Options {
  book: ProfileBook
  refresh: Refresh
  /** Fetches what a reference leads to; throws `secrets.unresolved`. */
  resolve: (profile: string, ref: SecretRef) => Promise<string>
  clock: Pick<Clock, "now">
}

/** A token with less life left is renewed before it is used. */
const leastLifeMs = 5 * 60_000
/** How long a fetched reference counts. */
const fetchedForMs = 5 * 60_000

export const createKeys = ({ book, refresh, resolve, clock }: Options): Keys => {
  const fetched = new Map<string, { value: Promise<string>; until: number }>()
  /** One renewal at a time for a profile; whoever comes meanwhile waits for that one. */
  const renewals = new Map<string, Promise<OAuth>>()
  const refusedTokens = new Set<string>()

  const kept = async (profile: Profile, value: string | undefined, ref: SecretRef | undefined) => {
    const secret = ref ? await fetchOnce(profile, ref) : value
    if (secret?.trim()) return secret.trim()
    throw signInAgain({ ...named(profile), reason: "it holds no key" })
  }

  const fetchOnce = (profile: Profile, ref: SecretRef) => {
    const place = `${keyOf(profile)}\n${describeRef(ref)}`
    const known = fetched.get(place)
    if (known && known.until > clock.now()) return known.value
    const value = resolve(profile.id, ref)
    fetched.set(place, { value, until: clock.now() + fetchedForMs })
    value.catch(() => fetched.delete(place))
    return value
  }

  const token = async (profile: Profile, credential: OAuth): Promise<OAuth> => {
    const left = credential.expires - clock.now()
    const isRefused = refusedTokens.has(credential.access)
    if (left > leastLifeMs && !isRefused) return credential
    const lapsed = left <= 0 || isRefused
    const { refreshFailed } = profile.usage
    if (!credential.refresh || refreshFailed !== undefined) {
      if (!lapsed) return credential
      throw signInAgain({ ...named(profile), reason: refreshFailed ?? "it has expired" })
    }
    try {
      return await renewals.getOrInsertComputed(keyOf(profile), () =>
        renew(profile, { ...credential, refresh: credential.refresh! }).finally(() =>
          renewals.delete(keyOf(profile)),
        ),
      )
    } catch (error) {
      // What is left of the old one is better than nothing.
      if (!lapsed) return credential
      throw error
    }
  }

  const renew = async (profile: Profile, credential: OAuth & { refresh: string }) => {
    const answer = await refresh(profile, credential).catch((error: unknown) => {
      if (loginRefused.is(error)) return { refused: "refused", said: error.data.said }
      throw error
    })
    if ("refused" in answer) {
      const reason = `its tokens were not renewed (${answer.said.replace(/\.$/, "")})`
      await book.expire(profile, reason)
      throw signInAgain({ ...named(profile), reason })
    }
    refusedTokens.delete(credential.access)
    // A server that gives no other refresh token goes on with this one.
    const renewed = await book.renew(profile, { ...credential, ...answer.tokens })
    return renewed.credential as OAuth
  }

  return {
    async current(wanted) {
      const profile = book.current(wanted)
      const { credential } = profile
      if (credential.type === "api_key")
        return { key: await kept(profile, credential.key, credential.keyRef), bearer: false }
      if (credential.type === "token") {
        if (credential.expires !== undefined && credential.expires <= clock.now())
          throw signInAgain({ ...named(profile), reason: "its token has expired" })
        return { key: await kept(profile, credential.token, credential.tokenRef), bearer: true }
      }
      const { access, accountId } = await token(profile, credential)
      return { key: access, bearer: true, ...(accountId && { accountId }) }
    },
    refused(wanted) {
      const { credential, ...profile } = book.current(wanted)
      if (credential.type === "oauth") refusedTokens.add(credential.access)
      for (const place of fetched.keys())
        if (place.startsWith(`${keyOf(profile)}\n`)) fetched.delete(place)
    },
  }
}

const keyOf = ({ agentId, id }: Pick<Profile, "agentId" | "id">) => `${agentId}\n${id}`
const named = ({ id: profile, provider }: Profile) => ({ profile, provider })
