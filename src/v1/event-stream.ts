import type { Clock } from "../kernel/clock.ts"

/** What waits for a client that does not read, before its source is told to wait as well. */
const mostWaiting = 32 * 1024
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
  #connection: ReadableStreamDefaultController<Uint8Array> | undefined
  #quiet = true
  #stalledTicks = 0
  #send: (() => void) | undefined
  #sending = false
  #room: PromiseWithResolvers<void> | undefined
  readonly #over = Promise.withResolvers<void>()
  readonly #stopKeepAlive: () => void

  constructor(
    private readonly options: {
      clock: Clock
      gone: () => void
      /** Is told what settles when all was sent, or nobody reads any more. */
      during: (work: Promise<unknown>) => void
    },
  ) {
    const { clock, gone, during } = options
    during(this.#over.promise)
    this.#stopKeepAlive = clock.every(keepAliveMs, () => {
      if (this.#text && ++this.#stalledTicks > mostStalledTicks) return this.giveUp()
      if (this.#quiet && !this.#text) this.write(": keep-alive\n\n")
      this.#quiet = true
    })
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#connection = controller
        },
        pull: (controller) => {
          const { promise, resolve } = Promise.withResolvers<void>()
          this.#send = () => {
            this.#send = undefined
            this.#stalledTicks = 0
            if (this.#text) controller.enqueue(encoder.encode(this.#text))
            this.#text = ""
            this.#makeRoom()
            if (this.#ended) {
              controller.close()
              this.drop()
            }
            resolve()
          }
          if (this.#text || this.#ended) this.#send()
          return promise
        },
        cancel: () => {
          this.drop()
          gone()
        },
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
    this.#ended = true
    this.#makeRoom()
    this.#sendSoon()
  }

  /** Takes the client for gone. */
  giveUp() {
    this.#connection?.error(new Error("the client reads nothing"))
    this.drop()
    this.options.gone()
  }

  /** Nobody reads it any more, or is to read it. */
  drop() {
    this.#ended = true
    this.#send = undefined
    this.#text = ""
    this.#stopKeepAlive()
    this.#makeRoom()
    this.#over.resolve()
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

  #makeRoom() {
    this.#room?.resolve()
    this.#room = undefined
  }
}

export const eventStreamHeaders = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
}
