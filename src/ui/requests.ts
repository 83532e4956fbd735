import type { WireError } from "../kernel/fault.ts"
import type { Frame } from "./frames.ts"

/** The gateway said no, or could not say anything. */
export class RequestFailed extends Error {
  constructor(readonly error: WireError) {
    super(error.message)
  }
}

const lost: WireError = { code: "UNAVAILABLE", message: "the connection was lost", retryable: true }
const timedOut: WireError = { code: "UNAVAILABLE", message: "the gateway did not answer in time" }

interface Waiting {
  resolve(payload: unknown): void
  reject(error: RequestFailed): void
  timer: ReturnType<typeof setTimeout>
}

const givenUp: WireError = { code: "UNAVAILABLE", message: "it was given up" }

export interface Asking {
  /** As long as it is waited for; 30 s where nothing else is said. */
  timeoutMs?: number
  /** Gives it up, here and at the gateway. */
  signal?: AbortSignal
}

/** Requests under way on one connection. None is ever repeated by itself. */
export class Requests {
  readonly #waiting = new Map<string, Waiting>()
  #last = 0

  make(
    send: (frame: object) => void,
    method: string,
    params: object,
    { timeoutMs = 30_000, signal }: Asking = {},
  ) {
    const id = String(++this.#last)
    return new Promise<unknown>((resolve, reject) => {
      const fail = (error: WireError) => {
        this.#waiting.delete(id)
        reject(new RequestFailed(error))
      }
      const timer = setTimeout(() => fail(timedOut), timeoutMs)
      this.#waiting.set(id, { resolve, reject, timer })
      send({ type: "req", id, method, params })
      const giveUp = () => {
        if (!this.#waiting.has(id)) return
        clearTimeout(timer)
        fail(givenUp)
        this.make(send, "request.cancel", { id }).catch(() => {})
      }
      signal?.addEventListener("abort", giveUp, { once: true })
    })
  }

  answer(frame: Extract<Frame, { type: "res" }>) {
    const call = this.#waiting.get(frame.id)
    if (!call) return
    clearTimeout(call.timer)
    this.#waiting.delete(frame.id)
    if (frame.ok) call.resolve(frame.payload)
    else call.reject(new RequestFailed(frame.error))
  }

  abandon() {
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(new RequestFailed(lost))
    }
    this.#waiting.clear()
  }
}
