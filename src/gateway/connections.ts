import type { ServerWebSocket } from "bun"
import type { AnyEvent, Subscriptions } from "../kernel/event.ts"
import type { Caller, Scope } from "../kernel/method.ts"
import type { Protocol } from "../client/wire.ts"
import { closeCodes } from "../client/wire.ts"

/** What hangs on a socket from the upgrade on. */
export interface SocketData {
  id: string
  peer: string
  /** The peer is this machine itself, with no proxy in between. */
  localDirect: boolean
  origin: string | null
  originAllowed: boolean
  userAgent: string | null
  nonce: string
  /** A connect is being judged; a second one is refused. */
  connecting: boolean
  /** Stops the handshake clock. */
  cancelHandshake: (() => void) | undefined
  /** Set once the client is let in. */
  client: Client | undefined
}
export type Socket = ServerWebSocket<SocketData>

/** A connection that was let in. */
export interface Client {
  caller: Caller
  protocol: Protocol
  caps: ReadonlySet<string>
  topics: Set<string> | undefined
  presenceKey: string | undefined
  /** Events sent on this connection so far. */
  seq: number
  /** Made when a handler first asks for it. */
  gone: AbortController | undefined
}

/** The connections that were let in, and what each of them is sent. */
export class Connections implements Subscriptions {
  readonly #sockets = new Map<string, Socket>()

  constructor(private readonly stateVersion: () => { presence: number; health: number }) {}

  get size() {
    return this.#sockets.size
  }

  enter(socket: Socket, client: Client) {
    socket.data.client = client
    this.#sockets.set(socket.data.id, socket)
  }

  leave(socket: Socket) {
    this.#sockets.delete(socket.data.id)
    socket.data.client?.gone?.abort()
  }

  add(connection: string, topic: string) {
    const client = this.#sockets.get(connection)?.data.client
    if (client) (client.topics ??= new Set()).add(topic)
  }

  remove(connection: string, topic: string) {
    this.#sockets.get(connection)?.data.client?.topics?.delete(topic)
  }

  /** Sends an event to everyone it is for. The payload becomes text once per protocol version. */
  send(kind: AnyEvent, payload: object, topic?: string) {
    if (!this.#sockets.size) return
    const head = `{"type":"event","event":"${kind.name}","payload":`
    const version = kind.versioned ? `,"stateVersion":${JSON.stringify(this.stateVersion())}}` : "}"
    const capability = kind.capability?.(payload)
    let v4: string | undefined
    let v3: string | null | undefined
    for (const socket of this.#sockets.values()) {
      const client = socket.data.client!
      if (!hears(client, kind, topic, capability)) continue
      let body: string | null
      if (client.protocol === 3 && kind.v3) {
        if (v3 === undefined) {
          const older = kind.v3(payload)
          v3 = older && head + JSON.stringify(older)
        }
        body = v3
      } else body = v4 ??= head + JSON.stringify(payload)
      if (body) socket.send(`${body},"seq":${++client.seq}${version}`)
    }
  }

  closeAll(reason: string) {
    for (const socket of this.#sockets.values()) socket.close(closeCodes.restart, reason)
  }
}

const hears = (client: Client, kind: AnyEvent, topic: string | undefined, capability?: string) => {
  if (capability && !client.caps.has(capability)) return false
  if (kind.audience === "all") return true
  if (kind.audience === "subscribers")
    return topic !== undefined && (client.topics?.has(topic) ?? false)
  return client.caller.role === "operator" && holds(client.caller.scopes, kind.audience)
}

/** `admin` holds every scope, `write` holds `read`. */
export const holds = (scopes: ReadonlySet<Scope>, needed: Scope) =>
  scopes.has(needed) || scopes.has("admin") || (needed === "read" && scopes.has("write"))
