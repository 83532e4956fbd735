import type { WireError } from "../kernel/fault.ts"
import { closed, refused, timedOut } from "./faults.ts"

export interface CallOptions {
  /** Default 30 s; 0 waits for ever. Two-stage calls start it afresh when accepted. */
  timeoutMs?: number
  /** Makes this a two-stage call: gets the first answer, and the call resolves with the second. */
  onAccepted?: (payload: unknown) => void
  /** Stops waiting. What the gateway accepted goes on there. */
  signal?: AbortSignal
}

interface Waiting {
  method: string
  onAccepted?: (payload: unknown) => void
  resolve(payload: unknown): void
  reject(error: unknown): void
  watch(): void
}

const isAccepted = (payload: unknown) =>
  typeof payload === "object" &&
  payload !== null &&
  "status" in payload &&
  payload.status === "accepted"

/** Keeps the requests that wait for an answer, by id. */
export const createCalls = (send: (frame: object) => void) => {
  const waiting = new Map<string, Waiting>()
  let abandoned: unknown
  let last = 0

  return {
    make(method: string, params: unknown, options: CallOptions = {}): Promise<unknown> {
      const { timeoutMs = 30_000, onAccepted, signal } = options
      if (abandoned) return Promise.reject(abandoned)
      if (signal?.aborted) return Promise.reject(signal.reason)
      const id = String(++last)
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      let timer: ReturnType<typeof setTimeout> | undefined
      const watch = () => {
        clearTimeout(timer)
        if (timeoutMs)
          timer = setTimeout(() => reject(timedOut({ what: method, timeoutMs })), timeoutMs)
      }
      const abort = () => reject(signal?.reason)
      signal?.addEventListener("abort", abort, { once: true })
      waiting.set(id, { method, onAccepted, resolve, reject, watch })
      watch()
      send({ type: "req", id, method, params: params ?? {} })
      return promise.finally(() => {
        clearTimeout(timer)
        signal?.removeEventListener("abort", abort)
        waiting.delete(id)
      })
    },

    answer(frame: Record<string, unknown>) {
      const call = waiting.get(String(frame.id))
      if (!call) return
      if (!frame.ok)
        return call.reject(refused({ method: call.method, error: readError(frame.error) }))
      if (!call.onAccepted || !isAccepted(frame.payload)) return call.resolve(frame.payload)
      call.onAccepted(frame.payload)
      call.watch()
    },

    /** Fails everything that waits, now and later. */
    abandon(reason: unknown = closed({ code: 1006, reason: "" })) {
      abandoned = reason
      for (const call of waiting.values()) call.reject(reason)
    },
  }
}

/** Gateways in the field may leave parts of an error out. */
const readError = (error: unknown): WireError => {
  const { code, message, ...rest } = (error ?? {}) as Partial<WireError>
  return { code: code ?? "UNAVAILABLE", message: message ?? "the gateway gave no reason", ...rest }
}
