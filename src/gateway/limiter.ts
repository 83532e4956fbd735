import { isIP } from "node:net"
import type { Clock } from "../kernel/clock.ts"
import type { GatewayConfig } from "./config.ts"
import { plainAddress } from "./locality.ts"
import type { Remote } from "./remote.ts"

export type RateLimit = GatewayConfig["auth"]["rateLimit"]

/** Who shows a secret. */
export interface Asker {
  remote: Remote
  /** The page's, when a browser asks. */
  origin: string | null
}

/** Kinds of secrets, counted apart. */
export type SecretKind = "shared" | "device"

export type Look =
  { verdict: "right" } | { verdict: "wrong" } | { verdict: "limited"; retryAfterMs: number }

const right: Look = { verdict: "right" }
const wrong: Look = { verdict: "wrong" }

interface Bucket {
  /** When each wrong secret of the window came, the oldest first. */
  wrong: number[]
  lockedUntil: number
}

const mostBuckets = 10_000

/**
 * Judges secrets as long as a client has looks left (contract 08 §2). Looking and counting are one
 * step nothing can come between, so that two hundred tries at once get no more looks than ten in turn.
 */
export const createLimiter = (clock: Clock, limit: () => RateLimit) => {
  /** Ordered by use, the longest unused first. */
  const buckets = new Map<string, Bucket>()

  const bucketOf = (key: string): Bucket => {
    const bucket = buckets.get(key) ?? { wrong: [], lockedUntil: 0 }
    buckets.delete(key)
    buckets.set(key, bucket)
    if (buckets.size > mostBuckets) buckets.delete(buckets.keys().next().value!)
    return bucket
  }

  return {
    /** How many clients are remembered. */
    get size() {
      return buckets.size
    },

    /** Judges one secret. Only a wrong one counts; a right one clears its client. */
    look(asker: Asker, kind: SecretKind, isRight: () => boolean): Look {
      const { maxAttempts, windowMs, lockoutMs, exemptLoopback } = limit()
      if (exemptLoopback && isProgramHere(asker)) return isRight() ? right : wrong
      const key = `${kind} ${limitKey(asker)}`
      const now = clock.now()
      const lockedFor = (buckets.get(key)?.lockedUntil ?? 0) - now
      if (lockedFor > 0) return { verdict: "limited", retryAfterMs: lockedFor }
      if (isRight()) {
        buckets.delete(key)
        return right
      }
      const bucket = bucketOf(key)
      bucket.wrong = [...bucket.wrong.filter((at) => at > now - windowMs), now]
      if (bucket.wrong.length >= maxAttempts) {
        bucket.wrong = []
        bucket.lockedUntil = now + lockoutMs
      }
      return wrong
    },
  }
}
export type Limiter = ReturnType<typeof createLimiter>

/** A program on this machine could read the secret's file as well; a page in a browser could not. */
const isProgramHere = ({ remote, origin }: Asker) => remote.route === "local" && origin === null

/** Pages on this machine share its address, so each counts for itself. */
const limitKey = ({ remote, origin }: Asker) =>
  remote.route === "local" && origin !== null ? `page ${origin}` : clientOf(remote.address)

/** One client however it writes its address: IPv4 over IPv6 as itself, an IPv6 network of 64 bits as one. */
export const clientOf = (address: string): string => {
  const plain = plainAddress(address).replace(/%.*$/, "").toLowerCase()
  if (isIP(plain) !== 6) return plain
  const [head = "", tail] = plain.split("::")
  const groups = (text: string | undefined) => (text ? text.split(":") : [])
  const front = groups(head)
  const missing = tail === undefined ? 0 : Math.max(0, 8 - front.length - groups(tail).length)
  const all = [...front, ...Array<string>(missing).fill("0"), ...groups(tail)]
  const network = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(":")}::/64`
}
