import { hadLeft, readAtMost } from "../over-http.ts"
import { codes, SignalRefusal, SignalUnreachable } from "./failures.ts"

export interface SignalRpc {
  /** Throws `SignalRefusal` and `SignalUnreachable`. */
  call<T = unknown>(
    method: string,
    params?: Readonly<Record<string, unknown>>,
    options?: { signal?: AbortSignal; mostBytes?: number },
  ): Promise<T>
  /** It is there and answers. */
  isReady(signal: AbortSignal): Promise<boolean>
  /** What happens, as it happens; ends with the signal and with nothing else. */
  events(signal: AbortSignal): Promise<ReadableStream<Uint8Array>>
}

/** Sending to a large group takes its time. */
const timeoutMs = 60_000
const readyMs = 2_000
const mostAnswerBytes = 16 * 1024 * 1024

interface Answer {
  result?: unknown
  error?: { code?: number; message?: string; data?: unknown }
}

/** The daemon's JSON-RPC: https://github.com/AsamK/signal-cli/wiki/JSON-RPC-service */
export const createRpc = (
  address: string,
  account: () => string | undefined,
  life: AbortSignal,
): SignalRpc => {
  let last = 0
  return {
    async call<T>(
      method: string,
      params: Readonly<Record<string, unknown>> = {},
      { signal, mostBytes = mostAnswerBytes }: { signal?: AbortSignal; mostBytes?: number } = {},
    ) {
      const id = String((last += 1))
      const own = account()
      const answer = await exchange(method, mostBytes, () =>
        fetch(`${address}/api/v1/rpc`, {
          method: "POST",
          redirect: "error",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            jsonrpc: "2.0",
            id,
            method,
            params: { ...(own && { account: own }), ...params },
          }),
          signal: AbortSignal.any([
            life,
            AbortSignal.timeout(timeoutMs),
            ...(signal ? [signal] : []),
          ]),
        }),
      )
      const { error, result } = answer
      if (error) throw refusal(method, error)
      return result as T
    },

    async isReady(signal) {
      try {
        const response = await fetch(`${address}/api/v1/check`, {
          redirect: "error",
          signal: AbortSignal.any([life, signal, AbortSignal.timeout(readyMs)]),
        })
        await response.body?.cancel()
        return response.ok
      } catch {
        return false
      }
    },

    async events(signal) {
      const own = account()
      const query = own ? `?account=${encodeURIComponent(own)}` : ""
      try {
        const response = await fetch(`${address}/api/v1/events${query}`, {
          redirect: "error",
          headers: { accept: "text/event-stream" },
          signal,
          ...unhurried,
        })
        if (response.ok && response.body) return response.body
        await response.body?.cancel()
        throw new Error(`it answered with HTTP ${response.status}`)
      } catch (error) {
        throw new SignalUnreachable("events", false, error)
      }
    },
  }
}

/** Bun would end a stream that is silent for five minutes. */
const unhurried = { timeout: false }

const exchange = async (
  method: string,
  mostBytes: number,
  send: () => Promise<Response>,
): Promise<Answer> => {
  let response: Response
  try {
    response = await send()
  } catch (error) {
    throw new SignalUnreachable(method, hadLeft(error), error)
  }
  // What goes wrong in sending is told as an answer; this is the server before it, or a proxy.
  if (response.status >= 500) {
    await response.body?.cancel()
    throw new SignalRefusal(method, codes.limited, `HTTP ${response.status}`)
  }
  try {
    const bytes = await readAtMost(response, mostBytes)
    if (bytes) return JSON.parse(new TextDecoder().decode(bytes)) as Answer
  } catch (error) {
    throw new SignalUnreachable(method, true, response.ok ? error : `HTTP ${response.status}`)
  }
  throw new SignalRefusal(method, 0, "more than was asked for")
}

const refusal = (
  method: string,
  { code = 0, message = "an error", data }: Answer["error"] & {},
) => {
  const seconds = /retry[-_ ]?after(?:seconds)?"?[:= ]+(\d+)/i.exec(
    `${message} ${JSON.stringify(data ?? "")}`,
  )?.[1]
  return new SignalRefusal(method, code, message, seconds ? Number(seconds) * 1000 : undefined)
}
