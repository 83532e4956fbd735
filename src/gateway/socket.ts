import type { WebSocketHandler } from "bun"
import { closeCodes } from "../client/wire.ts"
import type { Clock } from "../kernel/clock.ts"
import { Fault, toWireError } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { Audit } from "../security/trail.ts"
import { clientOf, presenceOf } from "./client.ts"
import { claimsOf } from "../nodes/claims.ts"
import type { Nodes } from "../nodes/service.ts"
import { admissionRecord, refusalRecord } from "./audit.ts"
import type { Client, Connections, Socket, SocketData } from "./connections.ts"
import type { Dispatch } from "./dispatch.ts"
import { connectChallenge } from "./events.ts"
import { draining } from "./faults.ts"
import { errorText, idOf, limits, parseFrame, responseText } from "./frames.ts"
import type { Handshake } from "./handshake.ts"
import type { Health } from "./health.ts"
import type { Hello } from "./hello.ts"
import type { Presence } from "./presence.ts"
import type { Refusal } from "./refusal.ts"
import { refuse } from "./refusal.ts"

/** A socket's life: challenge, connect, calls, close. */
export const createSocketHandler = (needs: {
  clock: Clock
  log: Log
  audit: Audit
  connections: Connections
  presence: Presence
  health: Health
  handshake: Handshake
  dispatch: Dispatch
  hello: Hello
  stateVersion: () => { presence: number; health: number }
  nodes: Pick<Nodes, "arrive">
  isDraining: () => boolean
}): WebSocketHandler<SocketData> => {
  const { clock, audit, connections, presence, health, handshake, dispatch } = needs
  const log = needs.log.for("gateway")

  const turnAway = (socket: Socket, id: string | undefined, refusal: Refusal) => {
    audit.record(refusalRecord(refusal, socket.data))
    if (id !== undefined) socket.sendText(errorText(id, refusal.error))
    socket.close(refusal.close.code, refusal.close.reason)
  }

  const connect = async (socket: Socket, id: string, params: unknown) => {
    const admitted = needs.isDraining() ? refuse("draining") : await handshake(params, socket.data)
    if (hasLeft(socket)) return
    if ("error" in admitted) return turnAway(socket, id, admitted)
    const snapshot = await health.prepared()
    if (hasLeft(socket)) return
    socket.data.cancelHandshake?.()
    socket.data.cancelHandshake = undefined
    const client = clientOf(admitted, socket.data)
    if (client.presenceKey) presence.enter(client.presenceKey, presenceOf(admitted, socket.data))
    const hello = needs.hello(admitted, {
      connId: socket.data.id,
      at: clock.now(),
      presence: presence.list(),
      health: snapshot,
      stateVersion: needs.stateVersion(),
    })
    // hello-ok comes before any event, the news of one's own presence included.
    socket.sendText(responseText(id, hello))
    connections.enter(socket, client)
    audit.record(admissionRecord(admitted, socket.data))
    const { role, deviceId, params: said } = admitted
    if (role === "node" && deviceId !== undefined)
      await needs.nodes.arrive({
        nodeId: deviceId,
        connection: socket.data.id,
        claims: claimsOf(said),
        remoteIp: socket.data.remote.address,
        gone: goneOf(client),
      })
  }

  const firstFrame = async (socket: Socket, raw: string | Buffer) => {
    if (Buffer.byteLength(raw) > limits.handshakeFrame)
      return turnAway(socket, undefined, refuse("tooBig"))
    const frame = parseFrame(raw)
    if (frame instanceof Fault) return turnAway(socket, undefined, refuse("firstFrame"))
    const { id, method, params } = frame
    if (method !== "connect" || socket.data.connecting)
      return turnAway(socket, id, refuse("firstFrame"))
    socket.data.connecting = true
    try {
      await connect(socket, id, params)
    } catch (error) {
      log.error("handshake failed", { from: socket.data.remote.address, error })
      socket.sendText(errorText(id, toWireError(error)))
      socket.close(closeCodes.internal, "internal error")
    }
  }

  const call = async (socket: Socket, client: Client, raw: string | Buffer) => {
    const frame = parseFrame(raw)
    if (frame instanceof Fault) {
      log.debug("bad frame", { from: socket.data.remote.address, issue: frame.message })
      return void socket.sendText(errorText(idOf(raw), frame.toWire()))
    }
    const { id, method, params } = frame
    if (needs.isDraining()) return void socket.sendText(errorText(id, draining().toWire()))
    const answer = await dispatch({
      id,
      method,
      params,
      caller: client.caller,
      signal: () => goneOf(client),
      accept: (json) => void socket.sendText(responseText(id, json)),
    })
    socket.sendText(answer.ok ? responseText(id, answer.json) : errorText(id, answer.error))
  }

  return {
    maxPayloadLength: limits.frame,
    backpressureLimit: limits.buffered,
    closeOnBackpressureLimit: true,
    perMessageDeflate: false,
    idleTimeout: 120,
    sendPings: true,

    open(socket) {
      connections.wait(socket)
      socket.data.cancelHandshake = clock.after(limits.handshakeMs, () =>
        turnAway(socket, undefined, refuse("timeout")),
      )
      const payload = { nonce: socket.data.nonce, ts: clock.now() }
      socket.sendText(JSON.stringify({ type: "event", event: connectChallenge.name, payload }))
    },

    message(socket, raw) {
      if (hasLeft(socket)) return
      const { client } = socket.data
      return client ? call(socket, client, raw) : firstFrame(socket, raw)
    },

    close(socket, code) {
      socket.data.cancelHandshake?.()
      connections.leave(socket)
      const { client } = socket.data
      if (!client) return
      if (client.presenceKey) presence.leave(client.presenceKey)
      if (code !== closeCodes.normal)
        log.debug("connection closed", { connection: socket.data.id, code })
    },
  }
}

/** Aborts when the connection ends. */
const goneOf = (client: Client) => (client.gone ??= new AbortController()).signal

/** Gone, turned away for saying more while it was judged, or closed by us. */
const hasLeft = (socket: Socket) => socket.readyState !== WebSocket.OPEN
