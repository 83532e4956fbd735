import type { z } from "zod"
import { type Clock, pause } from "../../kernel/clock.ts"
import { readAtMost } from "../over-http.ts"

/**
 * Why a request failed. `answered`: Discord said no · `offline`: it never left · `lost`: it left, and
 * no answer that can be understood came back.
 */
export class DiscordError extends Error {
  constructor(
    readonly kind: "answered" | "offline" | "lost",
    readonly request: string,
    readonly description: string,
    /** `code` is Discord's own, such as 50013. */
    readonly details: { status?: number; code?: number; retryAfterMs?: number } = {},
  ) {
    super(`Discord ${request}: ${description}`)
    this.name = "DiscordError"
  }
}

interface RestOptions {
  root: string
  token: string
  proxy?: string
  clock: Clock
  /** Ends every request. */
  signal: AbortSignal
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

interface CallOptions {
  body?: unknown
  file?: { path: string; name: string; mimeType: string }
  signal?: AbortSignal
}

export type Rest = ReturnType<typeof restApi>

export const apiVersion = 10
const timeoutMs = 60_000
/** A wait for a rate limit that is longer is for the caller to plan. */
const longestWaitMs = 2_000
/** Discord rounds, and its clock is not ours. */
const marginMs = 25
const mostAnswerBytes = 16 * 1024 * 1024

interface Bucket {
  remaining: number
  resetAt: number
}

/** Discord's REST API. Waits a moment rather than run into a rate limit it knows of. */
export const restApi = ({ root, token, proxy, clock, signal }: RestOptions) => {
  const base = `${root.replace(/\/+$/, "")}/v${apiVersion}`
  const buckets = new Map<string, Bucket>()
  let allUntil = 0

  const waitFor = async (route: string, stop: AbortSignal) => {
    const now = clock.now()
    const bucket = buckets.get(route)
    const free = Math.max(allUntil, bucket && bucket.remaining <= 0 ? bucket.resetAt : 0)
    if (free > now) {
      if (free - now > longestWaitMs)
        throw new DiscordError("answered", route, "asks to slow down", {
          status: 429,
          retryAfterMs: free - now,
        })
      await pause(clock, free - now, stop)
    }
    if (bucket) bucket.remaining -= 1
  }

  const note = (route: string, headers: Headers) => {
    const [remaining, reset] = ["remaining", "reset-after"].map((name) =>
      headers.get(`x-ratelimit-${name}`),
    )
    if (remaining === null || reset === null) return
    buckets.delete(route)
    buckets.set(route, {
      remaining: Number(remaining),
      resetAt: clock.now() + Number(reset) * 1000 + marginMs,
    })
    if (buckets.size > 1000) buckets.delete(buckets.keys().next().value!)
  }

  /** Throws `DiscordError`; the reason of a signal when one of them aborted. */
  const call = async <S extends z.ZodType>(
    method: Method,
    path: string,
    result: S,
    { body, file, signal: own }: CallOptions = {},
  ): Promise<z.output<S>> => {
    const stop = own ? AbortSignal.any([signal, own]) : signal
    const route = `${method} ${routeOf(path)}`
    await waitFor(route, stop)
    const response = await send(`${base}${path}`, route, {
      method,
      headers: {
        authorization: `Bot ${token}`,
        "user-agent": "DiscordBot (fased, 1)",
        ...(body !== undefined && !file && { "content-type": "application/json" }),
      },
      body: file ? form(body, file) : body === undefined ? undefined : JSON.stringify(body),
      ...(proxy && { proxy }),
      redirect: "error",
      signal: AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]),
    })
    note(route, response.headers)
    const said = await readAnswer(route, response)
    if (!response.ok) throw refused(route, response, said)
    const parsed = result.safeParse(said)
    if (!parsed.success) throw new DiscordError("lost", route, "answered something unexpected")
    return parsed.data
  }

  const send = async (url: string, route: string, init: RequestInit) => {
    try {
      return await fetch(url, init)
    } catch (error) {
      signal.throwIfAborted()
      throw unreached(route, error, init.signal)
    }
  }

  const refused = (route: string, response: Response, said: unknown) => {
    const { message, code, retry_after, global, errors } = (said ?? {}) as Record<string, unknown>
    const retryAfterMs = typeof retry_after === "number" ? Math.ceil(retry_after * 1000) : undefined
    if (global === true && retryAfterMs) allUntil = clock.now() + retryAfterMs
    const why = typeof message === "string" ? message : `error ${response.status}`
    return new DiscordError("answered", route, `${why}${firstProblem(errors)}`, {
      status: response.status,
      ...(typeof code === "number" && { code }),
      retryAfterMs,
    })
  }

  /** The bytes of a file; undefined when there are more than `most`. */
  const file = async (url: URL, most: number, stop: AbortSignal) => {
    const response = await send(url.href, "file", {
      ...(proxy && { proxy }),
      redirect: "error",
      signal: AbortSignal.any([signal, stop, AbortSignal.timeout(timeoutMs)]),
    })
    if (response.ok) return readBytes("file", response, most)
    await response.body?.cancel()
    throw new DiscordError("answered", "file", `answered ${response.status}`, {
      status: response.status,
    })
  }

  return { call, file, root: new URL(base) }
}

/**
 * Limits count for each channel, server and webhook on its own; other ids do not matter to them. Tokens
 * of interactions are long, and stand in no log.
 */
const routeOf = (path: string) => {
  const [, kind = "", major = "", ...rest] = path.split("?")[0]!.split("/")
  const minor = rest.map((step, index) => {
    if (rest[index - 1] === "reactions") return ":emoji"
    return /^\d{5,25}$/.test(step) || step.length > 60 ? ":id" : step
  })
  return ["", kind, kind === "interactions" ? ":id" : major, ...minor].join("/")
}

const form = (body: unknown, { path, name, mimeType }: NonNullable<CallOptions["file"]>) => {
  const data = new FormData()
  data.set("payload_json", JSON.stringify(body ?? {}))
  data.set("files[0]", new File([Bun.file(path)], name, { type: mimeType }))
  return data
}

const readBytes = (route: string, response: Response, most: number) =>
  readAtMost(response, most).catch(() => {
    throw new DiscordError("lost", route, "the answer broke off")
  })

const readAnswer = async (route: string, response: Response): Promise<unknown> => {
  const bytes = await readBytes(route, response, mostAnswerBytes)
  if (!bytes?.length) return undefined
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    if (!response.ok) return undefined
    throw new DiscordError("lost", route, "the answer broke off")
  }
}

/** Discord nests what is wrong by field; the first sentence is enough for a person. */
const firstProblem = (errors: unknown): string => {
  if (typeof errors !== "object" || errors === null) return ""
  const { _errors: here } = errors as { _errors?: { message?: unknown }[] }
  if (Array.isArray(here)) return ` (${String(here[0]?.message)})`
  return firstProblem(Object.values(errors)[0])
}

const mayHaveLeft = new Set(["ECONNRESET", "EPIPE", "ConnectionClosed", "TimeoutError"])

const unreached = (route: string, error: unknown, stop: AbortSignal | null | undefined) => {
  const { code, name } = error as { code?: unknown; name?: unknown }
  // The caller's own reason is the caller's own affair.
  if (stop?.aborted && name !== "TimeoutError") return error
  const kind = typeof code === "string" ? code : String(name)
  return mayHaveLeft.has(kind)
    ? new DiscordError("lost", route, `no answer came (${kind})`)
    : new DiscordError("offline", route, `cannot be reached (${kind})`)
}
