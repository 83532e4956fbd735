import type { ServerWebSocket } from "bun"
import type { AnyEvent, Subscriptions } from "../kernel/event.ts"
import type { Caller } from "../kernel/method.ts"
import { holds } from "../kernel/method.ts"
import type { Protocol } from "../client/wire.ts"
import { closeCodes } from "../client/wire.ts"
import { clientOf } from "./limiter.ts"
import type { Bearings, Visitor } from "./visitor.ts"

/** What hangs on a socket from the upgrade on. */
export interface SocketData extends Visitor, Bearings {
  id: string
  nonce: string
  /** A connect is being judged; a second one is refused. */
  connecting: boolean
  /** Stops the handshake clock. */
  cancelHandshake: (() => void) | undefined
  /** Set once the client is let in. */
  client: Client | undefined
}
export type Socket = ServerWebSocket<SocketData>

/** What let a client in. When that ends, so does the connection. */
export interface Credential {
  kind: "shared" | "device" | "ui-session" | "proxy" | "tailscale" | "none"
  /** The device whose key it proved, however it signed in. */
  deviceId?: string
  role: "operator" | "node"
  /** The Control UI's login. */
  sessionId?: string
}

/** A connection that was let in. */
export interface Client {
  caller: Caller
  credential: Credential
  protocol: Protocol
  caps: ReadonlySet<string>
  topics: Set<string> | undefined
  presenceKey: string | undefined
  /** Events sent on this connection so far. */
  seq: number
  /** Made when a handler first asks for it. */
  gone: AbortController | undefined
}

/** Sockets that may wait to sign in: in all, from one client, from pages and from programs here. */
const mostWaiting = 1024
const mostFromOne = 32
const mostFromHere = 256

/** Programs on this machine come in crowds and have a room of their own, which no page can fill. */
const waitingRoom = ({ remote, origin }: Visitor) => {
  if (remote.route !== "local") return { place: clientOf(remote.address), most: mostFromOne }
  return origin === null
    ? { place: "programs here", most: mostFromHere }
    : { place: "pages here", most: mostFromOne }
}

/** Every open connection, and what those that were let in are sent. */
export class Connections implements Subscriptions {
  /** Sockets that have not proven anything yet: they are told nothing. */
  readonly #waiting = new Set<Socket>()
  readonly #waitingFrom = new Map<string, number>()
  readonly #members = new Map<string, { socket: Socket; client: Client }>()

  constructor(private readonly stateVersion: () => { presence: number; health: number }) {}

  /** How many were let in. */
  /** How many were let in, by role. */
  byRole() {
    const roles = Map.groupBy(this.#members.values(), ({ client }) => client.caller.role)
    return [...roles].map(([role, members]) => ({ role, count: members.length }))
  }

  get size() {
    return this.#members.size
  }

  /** Whether somebody was let in who fits. */
  has(fits: (client: Client) => boolean): boolean {
    return [...this.#members.values()].some(({ client }) => fits(client))
  }

  /** Whether one more socket from there may come in before it has proven anything. */
  hasRoom(visitor: Visitor): boolean {
    const { place, most } = waitingRoom(visitor)
    return this.#waiting.size < mostWaiting && (this.#waitingFrom.get(place) ?? 0) < most
  }

  wait(socket: Socket) {
    const { place } = waitingRoom(socket.data)
    this.#waiting.add(socket)
    this.#waitingFrom.set(place, (this.#waitingFrom.get(place) ?? 0) + 1)
  }

  #stopWaiting(socket: Socket) {
    if (!this.#waiting.delete(socket)) return
    const { place } = waitingRoom(socket.data)
    const left = this.#waitingFrom.get(place)! - 1
    if (left) this.#waitingFrom.set(place, left)
    else this.#waitingFrom.delete(place)
  }

  enter(socket: Socket, client: Client) {
    socket.data.client = client
    this.#stopWaiting(socket)
    this.#members.set(socket.data.id, { socket, client })
  }

  leave(socket: Socket) {
    this.#stopWaiting(socket)
    this.#members.delete(socket.data.id)
    socket.data.client?.gone?.abort()
  }

  add(connection: string, topic: string) {
    const client = this.#members.get(connection)?.client
    if (client) (client.topics ??= new Set()).add(topic)
  }

  remove(connection: string, topic: string) {
    this.#members.get(connection)?.client.topics?.delete(topic)
  }

  /**
   * Sends an event to everyone it is for; gives how many bytes that took. The payload becomes text
   * once per protocol version.
   */
  send(kind: AnyEvent, payload: object, topics: readonly string[] = []): number {
    if (!this.#members.size) return 0
    const head = `{"type":"event","event":"${kind.name}","payload":`
    const version = kind.versioned ? `,"stateVersion":${JSON.stringify(this.stateVersion())}}` : "}"
    const capability = kind.capability?.(payload)
    let bytes = 0
    let v4: string | undefined
    let v3: string | null | undefined
    for (const { socket, client } of this.#members.values()) {
      if (!hears(client, kind, topics, capability)) continue
      let body: string | null
      if (client.protocol === 3 && kind.v3) {
        if (v3 === undefined) {
          const older = kind.v3(payload)
          v3 = older && head + JSON.stringify(older)
        }
        body = v3
      } else body = v4 ??= head + JSON.stringify(payload)
      if (!body) continue
      bytes += body.length
      socket.sendText(`${body},"seq":${++client.seq}${version}`)
    }
    return bytes
  }

  /** Ends the connections of the clients that fit, and gives how many there were. */
  closeWhere(
    fits: (client: Client, data: SocketData) => boolean,
    code: number,
    reason: string,
  ): number {
    const found = [...this.#members.values()].filter(({ client, socket }) =>
      fits(client, socket.data),
    )
    for (const { socket } of found) {
      // Nobody here waits for its close frame: from now on it is sent nothing and heard no more.
      this.leave(socket)
      socket.close(code, reason)
    }
    return found.length
  }

  /** Sign-ins of the Control UI that somebody here came with. */
  sessions(): ReadonlySet<string> {
    return new Set([...this.#members.values()].flatMap(({ socket }) => socket.data.sessionId ?? []))
  }

  /** Ends those that have proven nothing yet: what they came by may count no more. */
  closeWaiting(code: number, reason: string, fits: (data: SocketData) => boolean = () => true) {
    for (const socket of this.#waiting) if (fits(socket.data)) socket.close(code, reason)
  }

  closeAll(reason: string) {
    const members = [...this.#members.values()].map(({ socket }) => socket)
    for (const socket of [...members, ...this.#waiting]) socket.close(closeCodes.restart, reason)
  }
}

const hears = (client: Client, kind: AnyEvent, topics: readonly string[], capability?: string) => {
  if (capability && !client.caps.has(capability)) return false
  if (kind.audience === "all" && !topics.length) return true
  if (kind.audience === "all" || kind.audience === "subscribers")
    return topics.some((topic) => client.topics?.has(topic))
  return client.caller.role === "operator" && holds(client.caller.scopes, kind.audience)
}
