import * as z from "zod"
import { Fault } from "../../kernel/fault.ts"
import { untrusted } from "../../kernel/untrusted.ts"
import type { ModelAuth } from "../../models/auth/service.ts"
import type { GuardedFetch, GuardedResponse } from "../../net/guarded-fetch.ts"
import type { ServicesConfig } from "../config.ts"
import { failed, forbidden, notFound, notLetIn, notReady, refused, slowDown } from "../faults.ts"
import { profileOf } from "./account.ts"
import type { Api, GoogleClient, GoogleRequest } from "./service.ts"

const label = "Google"
const id = "google"
const timeoutMs = 30_000
const mostBytes = 8_000_000
const bases: Readonly<Record<Api | "keys", readonly [host: string, path: string]>> = {
  gmail: ["https://gmail.googleapis.com", "/gmail/v1/users/me"],
  calendar: ["https://www.googleapis.com", "/calendar/v3"],
  pubsub: ["https://pubsub.googleapis.com", "/v1"],
  keys: ["https://www.googleapis.com", "/oauth2/v3/certs"],
}

/** Google's REST APIs with the account that is signed in. */
export const createGoogleClient = ({
  config,
  auth,
  guarded,
}: {
  config: () => ServicesConfig
  auth: () => ModelAuth
  guarded: GuardedFetch
}): GoogleClient => {
  const send = (
    api: Api | "keys",
    path: string,
    { method, query = {}, body, signal, token }: GoogleRequest & { token?: string },
  ) => {
    const { baseUrl } = config().google
    const [host, root] = bases[api]
    const url = new URL(`${baseUrl?.replace(/\/+$/, "") ?? host}${root}${path}`)
    for (const [name, value] of Object.entries(query))
      for (const one of [value].flat())
        if (one !== undefined) url.searchParams.append(name, `${one}`)
    return guarded(url.href, {
      method,
      headers: {
        accept: "application/json",
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && { "content-type": "application/json" }),
      },
      body: body && JSON.stringify(body),
      signal,
      timeoutMs,
      maxBytes: mostBytes,
      maxRedirects: 0,
      // The operator wrote it down.
      allowPrivate: baseUrl ? [url.hostname] : [],
    })
  }

  const signedIn = (account: string | undefined) => {
    const profile = profileOf(auth(), account)
    if (profile) return profile
    const who = account ? ` as ${account}` : ""
    throw notReady({ label, id, why: `nobody is signed in there${who}.` })
  }

  const tokenOf = async (profile: { agentId: string; id: string }) => {
    try {
      return (await auth().keys.current(profile)).key
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== "models.sign-in-again") throw error
      const { reason } = error.data as { reason: string }
      throw notLetIn({ label, id, said: reason }, error)
    }
  }

  const ask: GoogleClient["ask"] = async (api, path, request) => {
    const profile = signedIn(request.account ?? config().google.account)
    const attempt = async () => send(api, path, { ...request, token: await tokenOf(profile) })
    let answer = await attempt()
    if (answer.status === 401) {
      // It may have been revoked before its time: once more with a new one.
      auth().keys.refused(profile)
      answer = await attempt()
    }
    return request.fine?.includes(answer.status) ? null : read(answer, request)
  }

  return {
    ask,
    async whoAmI(signal) {
      const { google, gmail, calendar } = config()
      const { email } = signedIn(google.account)
      const tried: string[] = []
      if (gmail.signIn === "google") {
        const found = profile.parse(await ask("gmail", "/profile", { signal }))
        tried.push(`${found.messagesTotal} messages`)
      }
      if (calendar.agents.length) {
        const list = await ask("calendar", "/users/me/calendarList", { signal })
        const { items } = z.object({ items: z.array(z.unknown()).default([]) }).parse(list)
        tried.push(`${items.length} ${items.length === 1 ? "calendar" : "calendars"}`)
      }
      // With neither to try, that its token is renewed has to do.
      if (!tried.length) await tokenOf(signedIn(google.account))
      const who = `as ${email ?? "an account that has no address"}`
      return tried.length ? `${who}, with ${tried.join(" and ")}` : who
    },
    async signingKeys(signal) {
      const answer = await send("keys", "", { signal })
      const found = z.object({ keys: z.unknown() }).parse(read(answer, { signal }))
      const seconds = /max-age=(\d{1,9})/.exec(answer.headers.get("cache-control") ?? "")?.[1]
      return { keys: found.keys, maxAgeMs: Number(seconds ?? 3_600) * 1000 }
    },
  }
}

const profile = z.object({ messagesTotal: z.number().default(0) })

const refusal = z.object({
  error: z.object({
    message: z.string().optional(),
    status: z.string().optional(),
    errors: z.array(z.object({ reason: z.string().optional() })).default([]),
  }),
})
const limits =
  /^(?:rateLimitExceeded|userRateLimitExceeded|quotaExceeded|dailyLimitExceeded|RESOURCE_EXHAUSTED)$/

const read = (
  { status, headers, body, cut }: GuardedResponse,
  { what = "such thing" }: Pick<GoogleRequest, "what" | "signal">,
): unknown => {
  const text = new TextDecoder().decode(body)
  if (status >= 200 && status < 300) {
    if (cut) throw failed({ label, why: "its answer is longer than is read of one" })
    return text ? parsed(text) : null
  }
  const said = refusal.safeParse(json(text)).data?.error
  const reasons = [said?.status ?? "", ...(said?.errors ?? []).map(({ reason = "" }) => reason)]
  // 403 stands for two things; its reason says which.
  if (status === 429 || (status === 403 && reasons.some((reason) => limits.test(reason)))) {
    const seconds = Number(headers.get("retry-after"))
    throw slowDown({ label, ...(seconds > 0 && { seconds }) })
  }
  if (status === 401) throw notLetIn({ label, id })
  if (status === 404 || status === 410) throw notFound({ label, what })
  if (status >= 500) throw failed({ label, why: `it answers with HTTP ${status}` })
  const words = untrusted((said?.message ?? text).slice(0, 1_000).toWellFormed(), { source: label })
  throw (status === 403 ? forbidden : refused)({ label, text: words })
}

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const parsed = (text: string): unknown => {
  const value = json(text)
  if (value === undefined) throw failed({ label, why: "its answer is not JSON" })
  return value
}
