import type { Env } from "../../config/paths.ts"
import type { Clock } from "../../kernel/clock.ts"
import { untrusted } from "../../kernel/untrusted.ts"
import type { GuardedFetch, GuardedResponse } from "../../net/guarded-fetch.ts"
import {
  failed,
  forbidden,
  notFound,
  notLetIn,
  notReady,
  outOfBounds,
  refused,
  slowDown,
} from "../faults.ts"
import { createAppTokens } from "./app-token.ts"
import type { GitHubClient, GitHubRequest } from "./service.ts"
import { githubApp, githubToken, type GitHubSettings, isReachable } from "./settings.ts"

const label = "GitHub"
const timeoutMs = 30_000
const mostBytes = 4_000_000
const types = {
  json: "application/vnd.github+json",
  diff: "application/vnd.github.diff",
  raw: "application/vnd.github.raw+json",
}

/** GitHub's REST API with the operator's credential, and no more of it than the settings allow. */
export const createGitHubClient = ({
  config,
  guarded,
  clock,
  env,
}: {
  config: () => GitHubSettings
  guarded: GuardedFetch
  clock: Clock
  env: () => Env
}): GitHubClient => {
  const send = async (path: string, credential: string, request: GitHubRequest) => {
    const { method, query = {}, body, accept = "json", signal } = request
    const base = config().baseUrl.replace(/\/+$/, "")
    const url = new URL(`${base}${path}`)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, `${value}`)
    return guarded(url.href, {
      method,
      headers: {
        accept: types[accept],
        authorization: `Bearer ${credential}`,
        "x-github-api-version": "2022-11-28",
        ...(body && { "content-type": "application/json" }),
      },
      body: body && JSON.stringify(body),
      signal,
      timeoutMs,
      maxBytes: mostBytes,
      // The operator wrote it down.
      allowPrivate: [url.hostname],
    })
  }

  const apps = createAppTokens(clock, async (path, claim, signal) => {
    const answer = await send(path, claim, { method: "POST", signal })
    return read(answer, { what: "installation of that number", signal }, clock)
  })

  const credentialOf = async (settings: GitHubSettings, signal: AbortSignal) => {
    const app = githubApp(settings)
    if (app) return apps.token(app, signal)
    const token = githubToken(settings, env())
    if (!token) throw notReady({ label, id: "github", why: "services.github lacks a token." })
    return token
  }

  const ask: GitHubClient["ask"] = async (path, request) => {
    const settings = config()
    const attempt = async () => send(path, await credentialOf(settings, request.signal), request)
    let answer = await attempt()
    if (answer.status === 401 && githubApp(settings)) {
      // It may have been revoked before its time.
      apps.forget()
      answer = await attempt()
    }
    return read(answer, request, clock)
  }

  return {
    ask,
    isReachable: (name) => isReachable(name, config()),
    repository(name) {
      if (!isReachable(name, config()))
        throw outOfBounds({ what: name, setting: "services.github.repositories" })
      return `/repos/${name.split("/").map(encodeURIComponent).join("/")}`
    },
    async whoAmI(signal) {
      const app = githubApp(config())
      if (app) {
        await credentialOf(config(), signal)
        return `as app ${app.id}, installation ${app.installation}`
      }
      const { login } = (await ask("/user", { signal })) as { login?: unknown }
      return `as ${String(login)}`
    },
  }
}

const read = (
  { status, headers, body, cut }: GuardedResponse,
  { accept, what = "such thing" }: GitHubRequest,
  clock: Clock,
): unknown => {
  const text = new TextDecoder().decode(body)
  if (status >= 200 && status < 300) {
    if (accept) return cut ? `${text}\n[cut: it is longer than is read of one answer]` : text
    if (cut) throw failed({ label, why: "its answer is longer than is read of one" })
    return text ? parsed(text) : null
  }
  const limit = limitOf(status, headers, clock)
  if (limit) throw slowDown({ label, ...limit })
  if (status === 401) throw notLetIn({ label, id: "github" })
  if (status === 404 || status === 410) throw notFound({ label, what })
  if (status >= 500) throw failed({ label, why: `it answers with HTTP ${status}` })
  const said = untrusted(text.slice(0, 1_000).toWellFormed(), { source: label })
  throw (status === 403 ? forbidden : refused)({ label, text: said })
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw failed({ label, why: "its answer is not JSON" }, error)
  }
}

/** 403 stands for two things; where it is a limit, its headers say so. */
const limitOf = (status: number, headers: Headers, clock: Clock) => {
  const after = Number(headers.get("retry-after"))
  const isSpent = headers.get("x-ratelimit-remaining") === "0"
  if (status !== 429 && !(status === 403 && (isSpent || after))) return undefined
  const reset = Number(headers.get("x-ratelimit-reset"))
  const seconds = after || (isSpent && reset ? Math.ceil(reset - clock.now() / 1000) : 0)
  return seconds > 0 ? { seconds } : {}
}
