import * as z from "zod"
import { Fault } from "../../kernel/fault.ts"
import type { GuardedFetch } from "../../net/guarded-fetch.ts"
import { safeWords } from "../safe-words.ts"
import { loginRefused, tokenServer } from "./faults.ts"
import type { Login } from "./login-providers.ts"
import type { OAuth } from "./profile.ts"

/** What a provider's sign-in server answered: fields as the standard names them. */
type Answer = Record<string, unknown>

export interface TokenRequest {
  fetch: GuardedFetch
  login: Login
  now: () => number
  signal: AbortSignal
}

const tokens = z.object({
  access_token: z.string().min(1).max(20_000),
  refresh_token: z.string().min(1).max(20_000).optional(),
  expires_in: z.coerce.number().positive().optional(),
  id_token: z.string().max(20_000).optional(),
  scope: z.string().max(20_000).optional(),
})

const exchanged = z.object({ token: z.string().min(1), expires_at: z.number().positive() })

/** For a token that says nothing of its end. */
const assumedLifeMs = 60 * 60 * 1000

/** Asks for tokens and reads them. `refused` says the provider's word for why not. */
export const requestTokens = async (
  request: TokenRequest,
  grant: Readonly<Record<string, string>>,
): Promise<{ tokens: OAuth; email?: string } | { refused: string; said: string }> => {
  const { login } = request
  const answer = await post(request, login.tokenUrl, {
    client_id: login.clientId,
    ...(login.clientSecret && { client_secret: login.clientSecret }),
    ...grant,
  })
  if (typeof answer.error === "string") return refusal(answer, grant)
  const read = tokens.safeParse(answer)
  if (!read.success)
    throw tokenServer({ provider: login.provider, what: "its answer holds no token" })
  return toTokens(request, read.data)
}

const refusal = (answer: Answer, grant: Readonly<Record<string, string>>) => {
  const { error, error_description: more } = answer
  const words = typeof more === "string" ? more : String(error)
  return {
    refused: String(error).slice(0, 64),
    said: safeWords(words, Object.values(grant)) ?? "no reason given",
  }
}

const toTokens = async (
  request: TokenRequest,
  { access_token, refresh_token, expires_in, id_token, scope }: z.infer<typeof tokens>,
) => {
  const { login, now } = request
  if (login.exchangeUrl) return { tokens: await exchange(request, access_token) }
  const claims = { ...claimsOf(access_token), ...claimsOf(id_token) }
  const openai = claims["https://api.openai.com/auth"] as Answer | undefined
  const accountId = openai?.chatgpt_account_id
  const ends = expires_in === undefined ? undefined : now() + expires_in * 1000
  return {
    tokens: {
      type: "oauth" as const,
      access: access_token,
      ...(refresh_token && { refresh: refresh_token }),
      expires: ends ?? now() + assumedLifeMs,
      ...(scope && { scope }),
      ...(typeof accountId === "string" && { accountId }),
    },
    ...(typeof claims.email === "string" && { email: claims.email }),
  }
}

/** A lasting token becomes a short one; what lasts is kept to get the next. */
export const exchange = async (request: TokenRequest, lasting: string): Promise<OAuth> => {
  const { login, now } = request
  const answer = await ask(request, login.exchangeUrl!, {
    headers: { authorization: `token ${lasting}` },
  })
  const read = exchanged.safeParse(answer)
  if (read.success)
    return {
      type: "oauth",
      access: read.data.token,
      refresh: lasting,
      expires: Math.max(read.data.expires_at * 1000, now()),
    }
  const said = typeof answer.message === "string" ? answer.message : "it gave no token"
  throw loginRefused({ provider: login.provider, said: safeWords(said, [lasting]) ?? "no reason" })
}

/** Where a device is told what to show. */
export const requestDevice = (request: TokenRequest): Promise<Answer> =>
  post(request, request.login.deviceUrl, {
    client_id: request.login.clientId,
    scope: request.login.scopes.join(" "),
  })

const post = (request: TokenRequest, url: string, form: Record<string, string>) =>
  ask(request, url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
  })

/** Also an answer of refusal is an answer; only what cannot be read is thrown. */
const ask = async (
  request: TokenRequest,
  url: string,
  init: { method?: "POST"; headers: Record<string, string>; body?: string },
): Promise<Answer> => {
  const { login, signal } = request
  const { provider } = login
  const response = await request
    .fetch(url, {
      ...init,
      headers: { accept: "application/json", ...init.headers },
      signal,
      timeoutMs: 30_000,
      maxBytes: 256 * 1024,
      maxRedirects: 0,
      allowPrivate: login.trustedHosts,
    })
    .catch((error: unknown) => {
      if (signal.aborted || !(error instanceof Fault)) throw error
      throw tokenServer({ provider, what: error.message.replace(/\.$/, "") }, error)
    })
  if (response.status >= 500)
    throw tokenServer({ provider, what: `it answered ${response.status}` })
  try {
    const answer: unknown = JSON.parse(new TextDecoder().decode(response.body))
    if (typeof answer === "object" && answer !== null && !Array.isArray(answer))
      return answer as Answer
  } catch {
    // Said below.
  }
  throw tokenServer({ provider, what: `it answered ${response.status}, and not in JSON` })
}

/** What a token says of its owner. Only shown and sent back where it came from, so not verified. */
const claimsOf = (token: string | undefined): Answer => {
  try {
    const claims: unknown = JSON.parse(
      Buffer.from(token?.split(".")[1] ?? "", "base64url").toString("utf8"),
    )
    return typeof claims === "object" && claims !== null ? (claims as Answer) : {}
  } catch {
    return {}
  }
}
