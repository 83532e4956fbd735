import type { Clock } from "../kernel/clock.ts"

/** What waits for a client that does not read, before its source is told to wait as well. */
const mostWaiting = 64 * 1024
/** Proxies and clients give up on a connection that says nothing for longer. */
const keepAliveMs = 15_000

/** A client that has read nothing for so many keep-alives is taken for gone. */
const mostStalledTicks = 8

const encoder = new TextEncoder()

/**
 * Server-sent events: what is written within one tick goes out together, and what the client has
 * not read yet stays here, so that `room` can hold up its source.
 */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>
  #text = ""
  #ended = false
  #quiet = true
  #stalledTicks = 0
  #send: (() => void) | undefined
  #sending = false
  #room: PromiseWithResolvers<void> | undefined
  readonly #over = Promise.withResolvers<void>()
  readonly #stopKeepAlive: () => void

  constructor({
    clock,
    gone,
    during,
  }: {
    clock: Clock
    gone: () => void
    /** Is told what settles when all was sent, or nobody reads any more. */
    during: (work: Promise<unknown>) => void
  }) {
    during(this.#over.promise)
    let connection: ReadableStreamDefaultController<Uint8Array> | undefined
    const giveUp = () => {
      this.#close()
      this.#send = undefined
      this.#text = ""
      this.#over.resolve()
      gone()
    }
    this.#stopKeepAlive = clock.every(keepAliveMs, () => {
      if (this.#text && ++this.#stalledTicks > mostStalledTicks) {
        connection?.error(new Error("the client reads nothing"))
        return giveUp()
      }
      if (this.#quiet && !this.#text) this.write(": keep-alive\n\n")
      this.#quiet = true
    })
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          connection = controller
        },
        pull: (controller) => {
          const { promise, resolve } = Promise.withResolvers<void>()
          this.#send = () => {
            this.#send = undefined
            this.#stalledTicks = 0
            if (this.#text) controller.enqueue(encoder.encode(this.#text))
            this.#text = ""
            this.#room?.resolve()
            this.#room = undefined
            if (this.#ended) {
              controller.close()
              this.#over.resolve()
            }
            resolve()
          }
          if (this.#text || this.#ended) this.#send()
          return promise
        },
        cancel: giveUp,
      },
      { highWaterMark: 0 },
    )
  }

  write(frame: string) {
    if (this.#ended) return
    this.#quiet = false
    this.#text += frame
    this.#sendSoon()
  }

  end() {
    this.#close()
    this.#sendSoon()
  }

  /** Undefined while there is room; else it resolves when there is again, or nobody reads any more. */
  room(): Promise<void> | undefined {
    if (this.#ended || this.#text.length < mostWaiting) return undefined
    this.#room ??= Promise.withResolvers<void>()
    return this.#room.promise
  }

  #sendSoon() {
    if (this.#sending) return
    this.#sending = true
    setImmediate(() => {
      this.#sending = false
      if (this.#text || this.#ended) this.#send?.()
    })
  }

  #close() {
    this.#ended = true
    this.#stopKeepAlive()
    this.#room?.resolve()
    this.#room = undefined
  }
}

export const eventStreamHeaders = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
}
