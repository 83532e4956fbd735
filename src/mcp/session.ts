import type { z } from "zod"
import type { Clock } from "../kernel/clock.ts"
import { untrusted } from "../kernel/untrusted.ts"
import { badAnswer, refused, timedOut, tooLarge } from "./faults.ts"
import {
  callResult,
  type CallResult,
  hello,
  incoming,
  protocols,
  remoteTool,
  type RemoteTool,
  toolList,
} from "./messages.ts"
import { type Hearing, maxMessageBytes, type RequestId, type Wire } from "./wire.ts"

/** A conversation with a server that has said hello. */
export interface Session {
  readonly name: string
  readonly version: string
  readonly protocol: string
  tools(): Promise<RemoteTool[]>
  call(tool: string, args: object, wish: CallWish): Promise<CallResult>
  /** Throws when it does not answer within so long. */
  ping(timeoutMs: number): Promise<void>
  close(): Promise<void>
}

export interface CallWish {
  timeoutMs: number
  signal: AbortSignal
  progress?(text: string): void
}

interface Waiting {
  resolve(result: unknown): void
  reject(why: unknown): void
  progress?(text: string): void
}

/** Most pages of tools that are asked for, and most tools taken from them. */
const mostPages = 50
const mostTools = 256

interface Options {
  clock: Clock
  version: string
  timeoutMs: number
  signal: AbortSignal
  /** Its tools are others than before. */
  changed(): void
  closed(why: Error): void
}

/** Opens a wire and greets whoever is there. Closes it again when that fails. */
export const openSession = async (
  id: string,
  open: (hear: Hearing) => Wire,
  { clock, version, timeoutMs, signal, changed, closed }: Options,
): Promise<Session> => {
  const waiting = new Map<RequestId, Waiting>()
  let lastId = 0
  let over: Error | undefined

  const failAll = (why: Error) => {
    for (const { reject } of waiting.values()) reject(why)
    waiting.clear()
  }
  const end = (why: Error) => {
    if (over) return
    over = why
    failAll(why)
    closed(why)
  }

  signal.throwIfAborted()
  const wire = open({
    closed: end,
    tooLong(beginning) {
      const why = tooLarge({ id, megabytes: maxMessageBytes / 1024 / 1024 })
      const named = /"id"\s*:\s*(\d+)/.exec(beginning)
      const one = named && waiting.get(Number(named[1]))
      if (one) one.reject(why)
      else failAll(why)
    },
    receive(raw) {
      const read = incoming.safeParse(raw)
      if (!read.success) return
      const { id: of, method, params = {}, result, error } = read.data
      if (method !== undefined) return of === undefined ? heard(method, params) : asked(of, method)
      const one = waiting.get(Number(of))
      if (error) one?.reject(refusal(id, error))
      else one?.resolve(result)
    },
  })

  const heard = (method: string, params: Record<string, unknown>) => {
    if (method === "notifications/tools/list_changed") return changed()
    if (method !== "notifications/progress") return
    const { progress, total, message, progressToken } = params
    const done = typeof total === "number" ? `${progress}/${total}` : `${progress}`
    const text = typeof message === "string" ? `${message} (${done})` : done
    waiting.get(Number(progressToken))?.progress?.(text.slice(0, 300))
  }

  /** It may ask whether we are still there, and nothing else: we offered nothing else. */
  const asked = (of: string | number, method: string) =>
    void wire
      .send(
        method === "ping"
          ? { jsonrpc: "2.0", id: of, result: {} }
          : { jsonrpc: "2.0", id: of, error: { code: -32601, message: "not offered" } },
      )
      .catch(() => undefined)

  const tell = (method: string, params?: object) =>
    wire.send({ jsonrpc: "2.0", method, ...(params && { params }) })

  const request = async (
    method: string,
    params: object,
    { timeoutMs, signal, progress }: Omit<CallWish, "signal"> & { signal?: AbortSignal },
    what = method,
  ): Promise<unknown> => {
    if (over) throw over
    signal?.throwIfAborted()
    const number = ++lastId
    const stop = new AbortController()
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const cancel = (why: unknown) => {
      reject(why)
      // A hello cannot be taken back.
      if (method !== "initialize")
        void tell("notifications/cancelled", { requestId: number }).catch(() => undefined)
      stop.abort()
    }
    const late = clock.after(timeoutMs, () =>
      cancel(timedOut({ id, what, seconds: timeoutMs / 1000 })),
    )
    const aborted = () => cancel(signal!.reason)
    signal?.addEventListener("abort", aborted, { once: true })
    waiting.set(number, { resolve, reject, progress })
    const asking = progress ? { ...params, _meta: { progressToken: number } } : params
    wire.send({ jsonrpc: "2.0", id: number, method, params: asking }, stop.signal).catch(reject)
    try {
      return await promise
    } finally {
      late()
      signal?.removeEventListener("abort", aborted)
      waiting.delete(number)
    }
  }

  const greet = async () => {
    const answer = await request(
      "initialize",
      {
        protocolVersion: protocols[0],
        capabilities: {},
        clientInfo: { name: "fased", version },
      },
      { timeoutMs },
    )
    const said = read(id, hello, answer, "its hello")
    if (!(protocols as readonly string[]).includes(said.protocolVersion))
      throw badAnswer({
        id,
        what: `it speaks version ${said.protocolVersion.slice(0, 20)} of it, and we ${protocols.join(", ")}`,
      })
    wire.begun(said.protocolVersion)
    await tell("notifications/initialized")
    return said
  }

  let closing: Promise<void> | undefined
  const close = () => (closing ??= wire.close())
  const aborted = () => {
    end(signal.reason)
    void close()
  }
  signal.addEventListener("abort", aborted, { once: true })
  try {
    const { serverInfo, protocolVersion, capabilities } = await greet()
    return {
      name: serverInfo.name,
      version: serverInfo.version,
      protocol: protocolVersion,
      async tools() {
        if (!capabilities.tools) return []
        const found: RemoteTool[] = []
        let cursor: string | undefined
        for (let page = 0; page < mostPages && found.length < mostTools; page++) {
          const answer = await request("tools/list", cursor ? { cursor } : {}, { timeoutMs })
          const { tools, nextCursor } = read(id, toolList, answer, "its list of tools")
          found.push(...tools.flatMap((tool) => remoteTool.safeParse(tool).data ?? []))
          if (!nextCursor || nextCursor === cursor) break
          cursor = nextCursor
        }
        return found.slice(0, mostTools)
      },
      async call(tool, args, wish) {
        const answer = await request("tools/call", { name: tool, arguments: args }, wish, tool)
        return read(id, callResult, answer, `the answer of ${tool}`)
      },
      async ping(timeoutMs) {
        await request("ping", {}, { timeoutMs })
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const read = <S extends z.ZodType>(
  id: string,
  schema: S,
  value: unknown,
  what: string,
): z.output<S> => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw badAnswer({ id, what: `${what} is not as it should be` })
}

const refusal = (id: string, { code, message }: { code: number; message: string }) =>
  refused({
    id,
    code,
    text: untrusted(message.slice(0, 2_000).toWellFormed(), { source: `mcp server ${id}` }),
  })
