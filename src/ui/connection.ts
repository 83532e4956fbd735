import type { Hello } from "../client/hello.ts"
import type { ClientInfo, ConnectParams, scopeNames } from "../client/wire.ts"
import type { Credentials } from "./credentials.ts"
import { prove } from "./device.ts"
import type { Identity } from "./device.ts"
import type { Frame } from "./frames.ts"
import { RequestFailed, Requests } from "./requests.ts"
import type { Asking } from "./requests.ts"
import { troubleOf } from "./trouble.ts"
import type { Ending, Trouble } from "./trouble.ts"

export type Link =
  | { kind: "connecting" }
  | { kind: "open"; hello: Hello; since: number }
  /** Down; tries again at `retryAt`. */
  | { kind: "waiting"; trouble: Trouble; retryAt: number }
  /** Down until a person does something. */
  | { kind: "stopped"; trouble: Trouble }

export interface ConnectionOptions {
  url: string
  origin: string
  client: ClientInfo
  identity: Identity | null
  credentials: Credentials
  onLink: (link: Link) => void
  onEvent: (name: string, payload: unknown) => void
  /** Events were missed: what is shown may be stale. */
  onGap: () => void
  /** Default: 1 s, doubling to 30 s. */
  backoffMs?: number
}

const scopes: (typeof scopeNames)[number][] = [
  "operator.admin",
  "operator.read",
  "operator.write",
  "operator.approvals",
  "operator.pairing",
]

const longestWaitMs = 30_000
const handshakeMs = 15_000
const tickTimeout = 4000

/** One connection to this page's own gateway, kept up for as long as the page is open. */
export class Connection {
  readonly #options: ConnectionOptions
  #requests = new Requests()
  #socket: WebSocket | undefined
  #offered: NonNullable<ConnectParams["auth"]> = {}
  #link: Link = { kind: "connecting" }
  #lastSeq: number | undefined
  #attempts = 0
  #silenceMs = handshakeMs
  #watchdog: ReturnType<typeof setTimeout> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #shutdown: Pick<Ending, "restartExpectedMs" | "stopping"> = {}

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  /** Connects, or tries again at once. */
  open() {
    if (this.#link.kind === "open" || this.#socket) return
    clearTimeout(this.#retry)
    this.#set({ kind: "connecting" })
    this.#lastSeq = undefined
    this.#silenceMs = handshakeMs
    const socket = new WebSocket(this.#options.url)
    this.#socket = socket
    socket.onmessage = ({ data }) => {
      if (this.#socket === socket) this.#hear(String(data))
    }
    socket.onclose = ({ code, reason }) => {
      if (this.#socket === socket) void this.#end({ code, reason })
    }
    this.#watch()
  }

  /** Leaves for good. */
  close() {
    clearTimeout(this.#retry)
    clearTimeout(this.#watchdog)
    const socket = this.#socket
    this.#socket = undefined
    this.#requests.abandon()
    socket?.close(1000)
  }

  request<T>(method: string, params: object = {}, asking?: Asking): Promise<T> {
    if (this.#link.kind !== "open") {
      const message = "not connected to the gateway"
      return Promise.reject(new RequestFailed({ code: "UNAVAILABLE", message, retryable: true }))
    }
    return this.#requests.make(this.#send, method, params, asking) as Promise<T>
  }

  readonly #send = (frame: object) => this.#socket?.send(JSON.stringify(frame))

  #set(link: Link) {
    this.#link = link
    this.#options.onLink(link)
  }

  /** Anything heard counts as life; after two silent tick intervals the connection is given up. */
  #watch() {
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(() => {
      this.#socket?.close(tickTimeout, "tick timeout")
      void this.#end({ code: tickTimeout, reason: "tick timeout" })
    }, this.#silenceMs)
  }

  #hear(data: string) {
    const frame = JSON.parse(data) as Frame
    this.#watch()
    if (frame.type === "res") return this.#requests.answer(frame)
    if (frame.type !== "event") return
    if (frame.seq !== undefined) {
      const missed = this.#lastSeq !== undefined && frame.seq > this.#lastSeq + 1
      this.#lastSeq = frame.seq
      if (missed) this.#options.onGap()
    }
    if (frame.event === "connect.challenge")
      return void this.#introduce(frame.payload as { nonce: string; ts: number })
    if (frame.event === "shutdown") {
      const { restartExpectedMs } = (frame.payload ?? {}) as { restartExpectedMs?: number }
      this.#shutdown = { restartExpectedMs, stopping: true }
    }
    this.#options.onEvent(frame.event, frame.payload)
  }

  async #introduce(challenge: { nonce: string; ts: number }) {
    const { client, identity, credentials } = this.#options
    const socket = this.#socket
    const auth = (this.#offered = await credentials.current())
    const params: ConnectParams = {
      minProtocol: 3,
      maxProtocol: 4,
      client,
      role: "operator",
      scopes,
      caps: ["tool-events"],
      ...(Object.keys(auth).length > 0 && { auth }),
    }
    if (identity) params.device = await prove(identity, params, challenge)
    if (this.#socket !== socket) return
    try {
      const hello = (await this.#requests.make(this.#send, "connect", params)) as Hello
      if (hello.auth?.deviceToken) await credentials.keep(hello.auth.deviceToken)
      if (this.#socket !== socket) return
      this.#attempts = 0
      this.#shutdown = {}
      this.#silenceMs = 2 * (hello.policy?.tickIntervalMs ?? 30_000)
      this.#watch()
      this.#set({ kind: "open", hello, since: Date.now() })
    } catch (failure) {
      if (this.#socket !== socket || !(failure instanceof RequestFailed)) return
      socket?.close()
      await this.#end({ code: 1008, reason: "", error: failure.error })
    }
  }

  async #end(how: Pick<Ending, "code" | "reason" | "error">) {
    const wasOpen = this.#link.kind === "open"
    this.#socket = undefined
    clearTimeout(this.#watchdog)
    this.#requests.abandon()
    this.#requests = new Requests()
    const trouble = troubleOf({ ...how, ...this.#shutdown, wasOpen }, this.#options.origin)
    if (trouble.remedy === "retry") return this.#retryLater(trouble)
    const refused = trouble.remedy === "token" || trouble.remedy === "password"
    const more = refused && (await this.#options.credentials.drop(this.#offered))
    if (more) return this.open()
    this.#set({ kind: "stopped", trouble })
  }

  #retryLater(trouble: Trouble) {
    const { backoffMs = 1000 } = this.#options
    const backoff = Math.min(longestWaitMs, backoffMs * 2 ** this.#attempts++)
    const wait = trouble.retryAfterMs ?? backoff
    // Spread out, so that many pages do not return in the same instant.
    const waitMs = wait * (1 + Math.random() * 0.2)
    this.#shutdown = { stopping: this.#shutdown.stopping }
    this.#set({ kind: "waiting", trouble, retryAt: Date.now() + waitMs })
    this.#retry = setTimeout(() => this.open(), waitMs)
  }
}
