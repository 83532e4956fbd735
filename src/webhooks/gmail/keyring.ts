import type { Clock } from "../../kernel/clock.ts"
import type { GoogleAccount } from "../../services/google/service.ts"
import { type SigningKeys, signingKeys } from "./google-token.ts"

/** A key nobody knows may be a new one; whoever makes some up has Google asked no more often than this. */
const askAgainMs = 60_000

/** Google's keys, kept as long as it says. */
export const createKeyring = (google: GoogleAccount, clock: Pick<Clock, "now">) => {
  let keys: SigningKeys = []
  let askedAt = -Infinity
  let until = 0
  let asking: Promise<void> | undefined
  const ask = async () => {
    askedAt = clock.now()
    const client = await google.client()
    const found = await client.signingKeys(AbortSignal.timeout(10_000))
    keys = signingKeys.parse(found.keys)
    until = clock.now() + found.maxAgeMs
  }
  /** Those there are now, asked for anew where the one of this id is not among them. */
  return async (keyId: string): Promise<SigningKeys> => {
    const isKnown = clock.now() < until && keys.some(({ kid }) => kid === keyId)
    if (!isKnown && (asking || clock.now() - askedAt >= askAgainMs))
      await (asking ??= ask().finally(() => (asking = undefined)))
    return clock.now() < until ? keys : []
  }
}
