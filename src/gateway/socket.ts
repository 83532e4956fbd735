import type { WebSocketHandler } from "bun"
import { closeCodes } from "../client/wire.ts"
import type { Clock } from "../kernel/clock.ts"
import { Fault, toWireError } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { Client, Connections, Socket, SocketData } from "./connections.ts"
import type { Dispatch } from "./dispatch.ts"
import { badFrame, draining } from "./faults.ts"
import { errorText, firstIssue, limits, requestFrame, responseText } from "./frames.ts"
import type { Admission, Handshake } from "./handshake.ts"
import { toScopes } from "./handshake.ts"
import type { Health } from "./health.ts"
import type { Hello } from "./hello.ts"
import type { Presence } from "./presence.ts"
import type { Refusal } from "./refusal.ts"
import { refuse } from "./refusal.ts"

/** A socket's life: challenge, connect, calls, close. */
export const createSocketHandler = (needs: {
  clock: Clock
  log: Log
  connections: Connections
  presence: Presence
  health: Health
  handshake: Handshake
  dispatch: Dispatch
  hello: Hello
  stateVersion: () => { presence: number; health: number }
  isDraining: () => boolean
}): WebSocketHandler<SocketData> => {
  const { clock, connections, presence, health, handshake, dispatch } = needs
  const log = needs.log.for("gateway")

  const turnAway = (socket: Socket, id: string | undefined, refusal: Refusal) => {
    const { peer, origin } = socket.data
    log.warn("connection refused", { peer, origin, reason: refusal.error.message })
    if (id !== undefined) socket.send(errorText(id, refusal.error))
    socket.close(refusal.close.code, refusal.close.reason)
  }

  const connect = async (socket: Socket, id: string, params: unknown) => {
    const admitted = await handshake(params, socket.data)
    if (socket.readyState !== WebSocket.OPEN) return
    if ("error" in admitted) return turnAway(socket, id, admitted)
    socket.data.cancelHandshake?.()
    socket.data.cancelHandshake = undefined
    const snapshot = await health.prepared()
    enter(socket, admitted)
    socket.send(
      responseText(
        id,
        needs.hello(admitted, {
          connId: socket.data.id,
          at: clock.now(),
          presence: presence.list(),
          health: snapshot,
          stateVersion: needs.stateVersion(),
        }),
      ),
    )
  }

  const enter = (socket: Socket, { params, protocol, role, scopes, deviceId }: Admission) => {
    const { client: info } = params
    const { id: connection, peer, localDirect } = socket.data
    const client: Client = {
      caller: {
        connection,
        role,
        scopes: role === "node" ? new Set(["node"]) : toScopes(scopes),
        clientId: info.id,
        clientMode: info.mode,
        deviceId,
        ip: peer,
      },
      protocol,
      caps: new Set(params.caps),
      topics: undefined,
      presenceKey: undefined,
      seq: 0,
      gone: undefined,
    }
    connections.enter(socket, client)
    // Commands, probes and helper programs are not somebody present.
    if (info.mode === "cli" || info.mode === "probe" || info.mode === "backend") return
    client.presenceKey = deviceId ?? info.instanceId ?? connection
    presence.upsert(client.presenceKey, {
      host: info.displayName ?? info.id,
      ...(!localDirect && { ip: peer }),
      version: info.version,
      platform: info.platform,
      deviceFamily: info.deviceFamily,
      modelIdentifier: info.modelIdentifier,
      mode: info.mode,
      deviceId,
      instanceId: info.instanceId,
      roles: [role],
      scopes,
      reason: role === "node" ? "node-connected" : "connect",
    })
  }

  const call = async (
    socket: Socket,
    client: Client,
    id: string,
    method: string,
    params: unknown,
  ) => {
    if (needs.isDraining()) return void socket.send(errorText(id, draining().toWire()))
    const answer = await dispatch({
      method,
      params,
      caller: client.caller,
      signal: () => (client.gone ??= new AbortController()).signal,
      accept: (json) => void socket.send(responseText(id, json)),
    })
    socket.send(answer.ok ? responseText(id, answer.json) : errorText(id, answer.error))
  }

  return {
    maxPayloadLength: limits.frame,
    backpressureLimit: limits.buffered,
    closeOnBackpressureLimit: true,
    perMessageDeflate: false,
    idleTimeout: 120,
    sendPings: true,

    open(socket) {
      socket.data.cancelHandshake = clock.after(limits.handshakeMs, () =>
        turnAway(socket, undefined, refuse("timeout")),
      )
      socket.send(
        `{"type":"event","event":"connect.challenge","payload":{"nonce":"${socket.data.nonce}","ts":${clock.now()}}}`,
      )
    },

    async message(socket, raw) {
      const { client } = socket.data
      if (!client && raw.length > limits.handshakeFrame)
        return turnAway(socket, undefined, refuse("tooBig"))
      const frame = parseFrame(raw)
      if (!client) {
        if (frame instanceof Fault) return turnAway(socket, undefined, refuse("firstFrame"))
        if (frame.method !== "connect") return turnAway(socket, frame.id, refuse("firstFrame"))
        if (socket.data.connecting) return turnAway(socket, frame.id, refuse("firstFrame"))
        socket.data.connecting = true
        return connect(socket, frame.id, frame.params).catch((error: unknown) => {
          log.error("handshake failed", { peer: socket.data.peer, error })
          socket.send(errorText(frame.id, toWireError(error)))
          socket.close(closeCodes.internal, "internal error")
        })
      }
      if (frame instanceof Fault) {
        log.debug("bad frame", { peer: socket.data.peer, issue: frame.message })
        socket.send(errorText(idOf(raw), frame.toWire()))
        return
      }
      return call(socket, client, frame.id, frame.method, frame.params)
    },

    close(socket, code) {
      socket.data.cancelHandshake?.()
      const { client } = socket.data
      if (!client) return
      connections.leave(socket)
      if (client.presenceKey) presence.gone(client.presenceKey)
      if (code !== closeCodes.normal)
        log.debug("connection closed", { connection: socket.data.id, code })
    },
  }
}

const parseFrame = (raw: string | Buffer) => {
  let value: unknown
  try {
    value = JSON.parse(typeof raw === "string" ? raw : "")
  } catch {
    return badFrame({ issue: "it is not one JSON object in a text frame" })
  }
  const frame = requestFrame.safeParse(value)
  return frame.success ? frame.data : badFrame({ issue: firstIssue(frame.error) })
}

/** The id of a frame that does not fit otherwise, so that its sender can match the error. */
const idOf = (raw: string | Buffer): string => {
  try {
    const { id } = JSON.parse(String(raw)) as { id?: unknown }
    return typeof id === "string" && id.length <= 256 ? id : ""
  } catch {
    return ""
  }
}
