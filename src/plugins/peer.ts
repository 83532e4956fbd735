/** Calls in both directions over lines of JSON, one for each side of a pipe. */
import { Fault } from "../kernel/fault.ts"
import { connectionOver, notSent } from "../kernel/network.ts"

type Message =
  | { call: number; name: string; args: unknown[] }
  | { cancel: number }
  | { answer: number; value?: unknown }
  | { answer: number; error: WireError }

interface WireError {
  message: string
  /** A fault that both sides know. */
  fault?: "not-sent" | "connection-over"
  data?: unknown
}

export type Handler = (args: unknown[], signal: AbortSignal) => Promise<unknown> | unknown

export interface Peer {
  call(name: string, args: readonly unknown[], signal?: AbortSignal): Promise<unknown>
  /** Something the other side wrote. */
  line(text: string): void
  /** The other side is gone: whoever waits for it reads this. */
  end(error: Error): void
}

/** Of a line that begins a call nobody answers for: forgotten after so many are under way. */
const mostCalls = 2_000

export const createPeer = (
  write: (line: string) => void,
  handlers: Readonly<Record<string, Handler>>,
): Peer => {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const under = new Map<number, AbortController>()
  let count = 0
  let ended: Error | undefined

  const tell = (message: Message) => write(`${JSON.stringify(message)}\n`)

  const serve = async (call: number, name: string, args: unknown[]) => {
    const abort = new AbortController()
    try {
      const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined
      if (!handler) throw new Error(`there is no call "${name}"`)
      if (under.size >= mostCalls) throw new Error("too many calls are under way")
      under.set(call, abort)
      tell({ answer: call, value: await handler(args, abort.signal) })
    } catch (error) {
      tell({ answer: call, error: toWire(error) })
    } finally {
      under.delete(call)
    }
  }

  return {
    async call(name, args, signal) {
      signal?.throwIfAborted()
      if (ended) throw ended
      const call = ++count
      const answer = Promise.withResolvers<unknown>()
      waiting.set(call, answer)
      const onAbort = () => {
        tell({ cancel: call })
        answer.reject(signal!.reason)
      }
      signal?.addEventListener("abort", onAbort, { once: true })
      try {
        tell({ call, name, args: [...args] })
        return await answer.promise
      } finally {
        waiting.delete(call)
        signal?.removeEventListener("abort", onAbort)
      }
    },
    line(text) {
      const message = parse(text)
      if (!message) return
      if ("call" in message) return void serve(message.call, message.name, message.args)
      if ("cancel" in message) return under.get(message.cancel)?.abort(new Error("cancelled"))
      const answer = waiting.get(message.answer)
      if ("error" in message) answer?.reject(fromWire(message.error))
      else answer?.resolve(message.value)
    },
    end(error) {
      ended = error
      for (const { reject } of waiting.values()) reject(error)
      for (const abort of under.values()) abort.abort(error)
    },
  }
}

const toWire = (error: unknown): WireError => {
  const message = error instanceof Error ? error.message : String(error)
  if (notSent.is(error)) return { message, fault: "not-sent", data: error.data }
  if (connectionOver.is(error)) return { message, fault: "connection-over", data: error.data }
  return { message: error instanceof Fault && error.hint ? `${message} ${error.hint}` : message }
}

const fromWire = ({ message, fault, data }: WireError): Error => {
  const { why, text, hint, retryAfterMs } = (data ?? {}) as Record<string, unknown>
  const words = { text: String(text ?? message), ...(typeof hint === "string" && { hint }) }
  if (fault === "not-sent" && isOneOf(why, ["offline", "busy", "lost", "refused", "unformatted"]))
    return notSent({
      ...words,
      why,
      ...(typeof retryAfterMs === "number" && { retryAfterMs }),
    })
  if (fault === "connection-over" && isOneOf(why, ["credentials", "conflict", "gone"]))
    return connectionOver({ ...words, why })
  return new Error(message)
}

const isOneOf = <const T extends readonly string[]>(value: unknown, list: T): value is T[number] =>
  list.includes(value as string)

/** Undefined for what is no message. */
const parse = (text: string): Message | undefined => {
  try {
    const message = JSON.parse(text) as Record<string, unknown> | null
    if (typeof message !== "object" || message === null) return undefined
    const { call, name, args, cancel, answer, error } = message
    if (typeof call === "number" && typeof name === "string" && Array.isArray(args))
      return { call, name, args }
    if (typeof cancel === "number") return { cancel }
    if (typeof answer !== "number") return undefined
    if (error === undefined) return { answer, value: message.value }
    const { message: words = "", fault, data } = error as Partial<WireError>
    return { answer, error: { message: String(words), fault, data } }
  } catch {
    return undefined
  }
}

/** Cuts a stream into lines; one that is too long is left out. */
export const readLines = async (
  stream: ReadableStream<Uint8Array>,
  longest: number,
  take: (line: string) => void,
): Promise<void> => {
  const decoder = new TextDecoder()
  let begun: string[] = []
  let length = 0
  for await (const chunk of stream) {
    const [first = "", ...lines] = decoder.decode(chunk, { stream: true }).split("\n")
    const add = (text: string) => {
      length += text.length
      if (length <= longest) begun.push(text)
    }
    add(first)
    for (const line of lines) {
      if (length <= longest) take(begun.join(""))
      begun = []
      length = 0
      add(line)
    }
  }
}
