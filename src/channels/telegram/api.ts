import type { z } from "zod"
import { readAtMost } from "../over-http.ts"
import { answer } from "./wire.ts"

/**
 * Why a call failed. `answered`: Telegram said no · `offline`: it never left · `lost`: it left, and
 * no answer that can be understood came back. Names neither the address nor the token in it.
 */
export class BotApiError extends Error {
  constructor(
    readonly kind: "answered" | "offline" | "lost",
    readonly method: string,
    readonly description: string,
    readonly details: { code?: number; retryAfterMs?: number; migratedTo?: string } = {},
  ) {
    super(`Telegram ${method}: ${description}`)
    this.name = "BotApiError"
  }

  get code() {
    return this.details.code
  }
}

export interface BotApiOptions {
  /** `https://api.telegram.org`, or an own Bot API server. */
  root: string
  token: string
  proxy?: string
  timeoutMs: number
  /** Ends every call. */
  signal: AbortSignal
}

export interface Upload {
  field: string
  path: string
  name: string
  mimeType: string
}

interface CallOptions {
  signal?: AbortSignal
  timeoutMs?: number
  upload?: Upload
}

export type BotApi = ReturnType<typeof botApi>

const mostAnswerBytes = 16 * 1024 * 1024

/** Telegram's Bot API: every method is a POST that answers `{ ok, result }`. */
export const botApi = ({ root, token, proxy, timeoutMs, signal }: BotApiOptions) => {
  const base = root.replace(/\/+$/, "")
  const through = proxy ? { proxy } : {}

  const send = async (method: string, url: string, init: RequestInit, options: CallOptions) => {
    const signals = [signal, AbortSignal.timeout(options.timeoutMs ?? timeoutMs)]
    if (options.signal) signals.push(options.signal)
    try {
      return await fetch(url, {
        ...init,
        ...through,
        redirect: "error",
        signal: AbortSignal.any(signals),
      })
    } catch (error) {
      signal.throwIfAborted()
      options.signal?.throwIfAborted()
      throw unreached(method, error)
    }
  }

  /** Throws `BotApiError`; the reason of a signal when one of them aborted. */
  const call = async <S extends z.ZodType>(
    method: string,
    result: S,
    params: Record<string, unknown> = {},
    options: CallOptions = {},
  ): Promise<z.output<S>> => {
    const body = options.upload ? form(params, options.upload) : JSON.stringify(params)
    const headers = options.upload ? undefined : { "content-type": "application/json" }
    const url = `${base}/bot${token}/${method}`
    const response = await send(method, url, { method: "POST", body, headers }, options)
    const said = await readAnswer(method, response)
    const parsed = answer.safeParse(said)
    if (!parsed.success) throw new BotApiError("lost", method, notAnAnswer(response.status))
    if (!parsed.data.ok) throw refusal(method, parsed.data)
    const value = result.safeParse(parsed.data.result)
    if (!value.success) throw new BotApiError("lost", method, "answered something unexpected")
    return value.data
  }

  /** The bytes of a file by the path `getFile` gave; undefined when there are more than `most`. */
  const file = async (path: string, most: number, stop: AbortSignal) => {
    const steps = path.split("/")
    if (steps.some((step) => step === "" || step === "." || step === ".."))
      throw new BotApiError("answered", "file", "named a file by a path that is none")
    const url = `${base}/file/bot${token}/${steps.map(encodeURIComponent).join("/")}`
    const response = await send("file", url, {}, { signal: stop, timeoutMs: downloadMs })
    if (!response.ok) {
      await response.body?.cancel()
      throw new BotApiError("answered", "file", `answered ${response.status}`, {
        code: response.status,
      })
    }
    return readBytes("file", response, most)
  }

  return { call, file }
}

const downloadMs = 120_000

const form = (params: Record<string, unknown>, upload: Upload) => {
  const data = new FormData()
  for (const [name, value] of Object.entries(params))
    if (value !== undefined)
      data.set(name, typeof value === "string" ? value : JSON.stringify(value))
  data.set(upload.field, new File([Bun.file(upload.path)], upload.name, { type: upload.mimeType }))
  return data
}

const readBytes = (method: string, response: Response, most: number) =>
  readAtMost(response, most).catch(() => {
    throw new BotApiError("lost", method, "the answer broke off")
  })

const readAnswer = async (method: string, response: Response): Promise<unknown> => {
  const bytes = await readBytes(method, response, mostAnswerBytes)
  if (!bytes) throw new BotApiError("lost", method, "answered more than can be read")
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

const notAnAnswer = (status: number) =>
  `answered ${status} with something that is not from the Bot API; see apiRoot and proxy`

const refusal = (method: string, said: Extract<z.output<typeof answer>, { ok: false }>) => {
  const { retry_after: retry, migrate_to_chat_id: migrated } = said.parameters ?? {}
  return new BotApiError("answered", method, said.description || `error ${said.error_code}`, {
    code: said.error_code,
    ...(retry !== undefined && { retryAfterMs: retry * 1000 }),
    ...(migrated !== undefined && { migratedTo: String(migrated) }),
  })
}

/** What Bun's fetch says when the request may have reached the other side. */
const mayHaveLeft = new Set(["ConnectionClosed", "ECONNRESET", "EPIPE", "TimeoutError", "Timeout"])

/** The error itself holds the address, and with it the token: only its kind is passed on. */
const unreached = (method: string, error: unknown) => {
  const { code, name } = error as { code?: unknown; name?: unknown }
  const kind = typeof code === "string" ? code : String(name)
  const left = [code, name].some((one) => typeof one === "string" && mayHaveLeft.has(one))
  return left
    ? new BotApiError("lost", method, `no answer came (${kind})`)
    : new BotApiError("offline", method, `cannot be reached (${kind})`)
}
