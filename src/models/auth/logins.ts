import { randomUUID } from "node:crypto"
import * as z from "zod"
import { type Clock, pause } from "../../kernel/clock.ts"
import { loginGone, loginRefused, tokenServer } from "./faults.ts"
import type { Login } from "./login-providers.ts"
import { codeFrom, createPkce, pageFor, type Pkce } from "./pkce.ts"
import type { OAuth } from "./profile.ts"
import { requestDevice, requestTokens, type TokenRequest } from "./token-server.ts"

/** What a person is to do, and what to come back with. */
export interface Begun {
  sessionId: string
  provider: string
  label: string
  expiresAt: number
  /** `address`: come back with the address the page led to · `wait`: come back when it is done */
  expects: "address" | "wait"
  /** The page to open. */
  url: string
  /** Where the page leads back to: whoever can listen there on the browser's machine may. */
  redirectUri?: string
  /** To be typed on the page. */
  userCode?: string
}

export interface SignedIn {
  provider: string
  agentId: string
  tokens: OAuth
  email?: string
}

/** Sign-ins under way. What they know is kept here and nowhere else, and each ends once. */
export interface Logins {
  begin(login: Login, options: { agentId: string; replace: boolean }): Promise<Begun>
  /** Throws `models.login-gone`, `-mismatch`, `-refused`. */
  finish(sessionId: string, answer: { address?: string; signal: AbortSignal }): Promise<SignedIn>
  cancel(sessionId: string): boolean
}

interface Asked {
  login: Login
  agentId: string
  expiresAt: number
}
type ByPage = Asked & { pkce: Pkce }
type ByCode = Asked & { deviceCode: string; intervalMs: number }
type Pending = ByPage | ByCode

const lifeMs = 10 * 60_000
const most = 16

const device = z.object({
  device_code: z.string().min(1).max(4_000),
  user_code: z.string().min(1).max(64),
  verification_uri: z.url({ protocol: /^https?$/ }),
  expires_in: z.coerce.number().positive().max(3_600).default(900),
  interval: z.coerce.number().positive().max(60).default(5),
})

export const createLogins = ({
  clock,
  fetch,
}: { clock: Clock } & Pick<TokenRequest, "fetch">): Logins => {
  const pending = new Map<string, Pending>()
  const request = (login: Login, signal: AbortSignal): TokenRequest => ({
    fetch,
    login,
    now: clock.now,
    signal,
  })

  const keep = (one: Pending) => {
    for (const [id, { expiresAt }] of pending) if (expiresAt <= clock.now()) pending.delete(id)
    // Whoever begins without end pushes their own oldest out.
    if (pending.size >= most) pending.delete(pending.keys().next().value!)
    const sessionId = randomUUID()
    pending.set(sessionId, one)
    return sessionId
  }

  /** Asks until the person has said yes or no, no more often than the server allows. */
  const untilAllowed = async (sessionId: string, one: ByCode, signal: AbortSignal) => {
    let { intervalMs } = one
    for (;;) {
      await pause(clock, intervalMs, signal)
      if (pending.get(sessionId) !== one || clock.now() >= one.expiresAt) throw loginGone()
      const answer = await requestTokens(request(one.login, signal), {
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        device_code: one.deviceCode,
      })
      if (!("refused" in answer)) return answer
      if (answer.refused === "slow_down") intervalMs += 5_000
      else if (answer.refused !== "authorization_pending") return answer
    }
  }

  return {
    async begin(login, { agentId, replace }) {
      if (replace)
        for (const [id, one] of pending)
          if (one.login.provider === login.provider) pending.delete(id)
      const { provider, label } = login
      if (login.flow === "browser") {
        const pkce = createPkce()
        const expiresAt = clock.now() + lifeMs
        const sessionId = keep({ login, agentId, expiresAt, pkce })
        const { redirectUri } = login
        const url = pageFor(login, pkce)
        return { sessionId, provider, label, expiresAt, expects: "address", url, redirectUri }
      }
      const answer = await requestDevice(request(login, AbortSignal.timeout(30_000)))
      const read = device.safeParse(answer)
      if (!read.success) throw tokenServer({ provider, what: "it gave no code to type" })
      const { device_code: deviceCode, user_code: userCode, verification_uri: url } = read.data
      const expiresAt = clock.now() + read.data.expires_in * 1000
      const intervalMs = read.data.interval * 1000
      const sessionId = keep({ login, agentId, expiresAt, deviceCode, intervalMs })
      return { sessionId, provider, label, expiresAt, expects: "wait", url, userCode }
    },

    async finish(sessionId, { address = "", signal }) {
      const one = pending.get(sessionId)
      if (!one || one.expiresAt <= clock.now()) throw loginGone()
      const { login, agentId } = one
      const { provider } = login
      let answer: Awaited<ReturnType<typeof requestTokens>>
      if ("pkce" in one) {
        // A wrong address leaves the sign-in open for the right one; a right one is used up.
        const code = codeFrom(address, login, one.pkce)
        pending.delete(sessionId)
        answer = await requestTokens(request(login, signal), {
          grant_type: "authorization_code",
          code,
          redirect_uri: login.redirectUri,
          code_verifier: one.pkce.verifier,
        })
      } else {
        answer = await untilAllowed(sessionId, one, signal)
        pending.delete(sessionId)
      }
      if ("refused" in answer) throw loginRefused({ provider, said: answer.said })
      const { tokens, email } = answer
      return { provider, agentId, tokens, ...(email && { email }) }
    },

    cancel: (sessionId) => pending.delete(sessionId),
  }
}
