import { createHash, randomBytes } from "node:crypto"
import { loginMismatch, loginRefused } from "./faults.ts"
import type { Login } from "./login-providers.ts"
import { safeWords } from "../safe-words.ts"
import { sameSecret } from "../../secrets/compare.ts"

/** What only this sign-in knows: the page's answer is good for nothing without it. */
export interface Pkce {
  verifier: string
  /** Apart from the verifier: it travels through the browser and its history. */
  state: string
}

export const createPkce = (): Pkce => ({
  verifier: randomBytes(48).toString("base64url"),
  state: randomBytes(32).toString("base64url"),
})

/** The page where a person says yes. */
export const pageFor = (login: Login, { verifier, state }: Pkce): string => {
  const url = new URL(login.authorizeUrl)
  const challenge = createHash("sha256").update(verifier).digest("base64url")
  for (const [name, value] of Object.entries({
    ...login.extra,
    response_type: "code",
    client_id: login.clientId,
    redirect_uri: login.redirectUri,
    scope: login.scopes.join(" "),
    state,
    code_challenge: challenge,
    code_challenge_method: "S256",
  }))
    url.searchParams.set(name, value)
  return url.href
}

/**
 * The code out of the address that the page led back to. Only an address with this sign-in's own
 * state, at the place it was to lead to, is taken.
 */
export const codeFrom = (address: string, login: Login, { state }: Pkce): string => {
  const url = URL.parse(address.trim())
  const wanted = new URL(login.redirectUri)
  if (!url || url.host !== wanted.host || url.pathname !== wanted.pathname) throw loginMismatch()
  if (!sameSecret(state, url.searchParams.get("state") ?? "")) throw loginMismatch()
  const refused = url.searchParams.get("error_description") ?? url.searchParams.get("error")
  if (refused)
    throw loginRefused({ provider: login.provider, said: safeWords(refused) ?? "no reason given" })
  const code = url.searchParams.get("code")
  if (!code) throw loginMismatch()
  return code
}
