import type { ServerWebSocket } from "bun"
import type { ConnectParams } from "../../src/client/wire.ts"

export interface FakeRequest {
  id: string
  method: string
  params: Record<string, unknown>
}

/** What a fake method may do besides return its result. */
export interface Session {
  /** Answers the first of two responses. */
  accept(payload: object): void
  emit(event: string, payload: unknown): void
  /** Closes this connection as a gateway does. */
  hangUp(code: number, reason: string): void
}

/** Thrown by a fake method to answer with that error. */
export class WireRefusal extends Error {
  constructor(readonly error: { code: string; message: string; details?: unknown }) {
    super(error.message)
  }
}

export interface FakeOptions {
  token?: string
  password?: string
  methods?: Record<string, (params: Record<string, unknown>, session: Session) => unknown>
  hello?: object
  /** Opens the socket and says nothing. */
  mute?: boolean
  /** PEM with certificate and key; makes its address `wss://`. */
  pem?: string
  /** The error to turn a client away with, if any; before token and password are looked at. */
  turnAway?: (connect: ConnectParams) => { message: string; code: string } | undefined
}

/** A gateway made of canned answers that speaks the real frames, for tests of clients. */
export const startFakeGateway = (options: FakeOptions = {}) => {
  const requests: FakeRequest[] = []
  const connects: ConnectParams[] = []
  const sockets = new Set<ServerWebSocket<unknown>>()
  let nonce = ""
  let seq = 0
  let asked = 0

  const send = (ws: ServerWebSocket<unknown>, frame: object) => ws.send(JSON.stringify(frame))
  const emit = (ws: ServerWebSocket<unknown>, event: string, payload: unknown) =>
    send(ws, { type: "event", event, payload, seq: ++seq })

  const shakeHands = (ws: ServerWebSocket<unknown>, { id, params }: FakeRequest) => {
    const connect = params as unknown as ConnectParams
    connects.push(connect)
    const away = options.turnAway?.(connect)
    if (away) {
      const { message, code } = away
      const error = { code: "INVALID_REQUEST", message, details: { code } }
      send(ws, { type: "res", id, ok: false, error })
      return ws.close(1008, message)
    }
    const wrong = (["token", "password"] as const).find(
      (kind) => options[kind] && connect.auth?.[kind] !== options[kind],
    )
    if (wrong) {
      const message = `unauthorized: ${wrong} mismatch`
      const details = { code: `AUTH_${wrong.toUpperCase()}_MISMATCH` }
      send(ws, { type: "res", id, ok: false, error: { code: "INVALID_REQUEST", message, details } })
      return ws.close(1008, message)
    }
    const payload = {
      type: "hello-ok",
      protocol: Math.min(4, connect.maxProtocol),
      server: { version: "9.9.9", connId: "fake" },
      features: { methods: Object.keys(options.methods ?? {}), events: [] },
      snapshot: {
        uptimeMs: 61_000,
        sessionDefaults: {
          defaultAgentId: "main",
          mainKey: "main",
          mainSessionKey: "agent:main:main",
        },
      },
      auth: { role: "operator", scopes: connect.scopes ?? [] },
      policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 15_000 },
      ...options.hello,
    }
    send(ws, { type: "res", id, ok: true, payload })
  }

  const answer = async (ws: ServerWebSocket<unknown>, request: FakeRequest) => {
    const { id, method, params } = request
    requests.push(request)
    const session: Session = {
      accept: (payload) => send(ws, { type: "res", id, ok: true, payload }),
      emit: (event, payload) => emit(ws, event, payload),
      hangUp: (code, reason) => ws.close(code, reason),
    }
    const handle = options.methods?.[method]
    try {
      if (!handle)
        throw new WireRefusal({ code: "INVALID_REQUEST", message: `unknown method: ${method}` })
      send(ws, { type: "res", id, ok: true, payload: await handle(params, session) })
    } catch (error) {
      if (!(error instanceof WireRefusal)) throw error
      send(ws, { type: "res", id, ok: false, error: error.error })
    }
  }

  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls: options.pem ? { cert: options.pem, key: options.pem } : undefined,
    fetch(request, server) {
      asked++
      const isUpgraded = server.upgrade(request, { data: undefined })
      return isUpgraded ? undefined : new Response("fake gateway")
    },
    websocket: {
      open(ws) {
        sockets.add(ws)
        nonce = crypto.randomUUID()
        if (!options.mute) emit(ws, "connect.challenge", { nonce, ts: Date.now() })
      },
      close: (ws) => void sockets.delete(ws),
      async message(ws, text) {
        const request = JSON.parse(String(text)) as FakeRequest
        if (request.method === "connect") shakeHands(ws, request)
        else await answer(ws, request)
      },
    },
  })

  return {
    port: server.port!,
    url: `${options.pem ? "wss" : "ws"}://127.0.0.1:${server.port}`,
    /** HTTP requests that came, upgrades among them. */
    asked: () => asked,
    requests,
    connects,
    /** The nonce of the newest challenge. */
    nonce: () => nonce,
    emit: (event: string, payload: unknown) => {
      for (const ws of sockets) emit(ws, event, payload)
    },
    hangUp: (code: number, reason: string) => {
      for (const ws of sockets) ws.close(code, reason)
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}
