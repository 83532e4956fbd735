import type { ConnectParams } from "../client/wire.ts"
import type { Device } from "../devices/device.ts"
import type { Tokens } from "../devices/tokens.ts"
import { sameSecret } from "../secrets/compare.ts"
import type { Access } from "./access.ts"
import type { Auth } from "./auth.ts"
import type { Credential } from "./connections.ts"
import type { Asker, Limiter, Look } from "./limiter.ts"
import type { Refusal, RefusalReason } from "./refusal.ts"
import { refuse } from "./refusal.ts"
import type { ServeClaim, Whois } from "./tailscale.ts"
import { checkClaim } from "./tailscale.ts"
import type { Bearings } from "./visitor.ts"

/** What a client proved itself with. */
export interface Proof {
  kind: Credential["kind"]
  /** As `hello-ok` names it. */
  method:
    | "none"
    | "token"
    | "password"
    | "device-token"
    | "bootstrap-token"
    | "trusted-proxy"
    | "tailscale"
  /** Whom a proxy or the tailnet says it is. */
  user?: string
  sessionId?: string
}

type Paired = Parameters<Tokens["matches"]>[0] & Pick<Device, "revokedAt">
type Given = NonNullable<ConnectParams["auth"]>

/** Judges what a client shows; any one thing that is right is enough (contract 08 §1). */
export const createSignIn = (needs: {
  access: () => Access
  limiter: Limiter
  tokens: Tokens
  whois: Whois
}) => {
  const { access, limiter, tokens, whois } = needs

  /** A token may be the gateway's, or the device's own: clients in the field use either field. */
  const bySecret = (asker: Asker, given: Given, known: Paired | null): Proof | Refusal => {
    const { auth } = access()
    const name = auth.mode === "password" ? "password" : "token"
    const offered = offeredSecret(auth, given)
    if (!offered) return refuse(`${name}Missing`)
    const expected = secretFor(auth, asker)
    let isDevice = false
    const look = limiter.look(asker, "shared", () => {
      isDevice = Boolean(known && given.token && tokens.matches(known, given.token))
      return isDevice || (expected !== undefined && sameSecret(expected, offered))
    })
    const proof: Proof = isDevice ? byDevice : { kind: "shared", method: name }
    return verdictOf(look, proof, `${name}Mismatch`)
  }

  return async (
    socket: Asker & Bearings,
    given: Given,
    known: Paired | null,
  ): Promise<Proof | Refusal> => {
    const { auth, allowTailscale } = access()
    if (auth.mode === "none") return { kind: "none", method: "none" }
    if (auth.mode === "closed") return refuse(unconfigured[auth.wanted])
    const failures: Refusal[] = []

    if (auth.mode === "trusted-proxy" && socket.proxyUser) {
      const { proxyUser } = socket
      if ("user" in proxyUser) return { kind: "proxy", method: "trusted-proxy", ...proxyUser }
      failures.push(refuse("proxyUser", proxyFailure(proxyUser.failure)))
    }
    if (allowTailscale && socket.serve) {
      const { serve } = socket
      const failure = typeof serve === "string" ? serve : await checkClaim(serve, whois)
      if (!failure)
        return { kind: "tailscale", method: "tailscale", user: (serve as ServeClaim).login }
      failures.push(refuse(failure))
    }
    const { deviceToken } = given
    if (deviceToken) {
      const isOwn = () => known !== null && tokens.matches(known, deviceToken)
      const judged = verdictOf(
        limiter.look(socket, "device", isOwn),
        byDevice,
        "deviceTokenMismatch",
      )
      if (!("error" in judged)) return judged
      failures.push(judged)
    }
    const { sessionId, signedInAt = 0 } = socket
    // A browser that was signed out stays so, whatever cookie it has from before.
    const isSignedOut = known?.revokedAt !== undefined && signedInAt <= known.revokedAt
    if (sessionId !== undefined && !isSignedOut)
      return { kind: "ui-session", method: "token", sessionId }

    const judged = bySecret(socket, given, known)
    const hadNoChance = !offers(given) || !secretFor(auth, socket)
    return "error" in judged && hadNoChance ? (failures[0] ?? judged) : judged
  }
}
export type SignIn = ReturnType<typeof createSignIn>

/** True when there is a shared secret to judge; a blank one is none. */
export const offers = ({ token, password }: Given) => Boolean(token || password)

/** Judges the gateway's secret alone, as the sign-in page and HTTP calls show it. */
export const lookAtSecret = (limiter: Limiter, auth: Auth, asker: Asker, secret: string): Look => {
  const expected = secretFor(auth, asker)
  const isRight = () => expected !== undefined && sameSecret(expected, secret)
  return limiter.look(asker, "shared", isRight)
}

/** The secret that counts for whoever asks. Behind a proxy that signs people in there is none. */
const secretFor = (auth: Auth, { remote }: Asker) => {
  if (auth.mode === "token" || auth.mode === "password") return auth.secret
  return auth.mode === "trusted-proxy" && remote.route === "local" ? auth.secret : undefined
}

const offeredSecret = (auth: Auth, { token, password }: Given) =>
  auth.mode === "password" ? password || token : token || password

const byDevice: Proof = { kind: "device", method: "device-token" }

const unconfigured = {
  token: "tokenNotConfigured",
  password: "passwordNotConfigured",
  "trusted-proxy": "proxyNotConfigured",
} as const

const proxyFailure = (reason: string) => ({ issue: reason, details: { reason } })

const verdictOf = (look: Look, proof: Proof, wrong: RefusalReason): Proof | Refusal => {
  if (look.verdict === "right") return proof
  if (look.verdict === "wrong") return refuse(wrong)
  return refuse("rateLimited", { retryAfterMs: look.retryAfterMs })
}
