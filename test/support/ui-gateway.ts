import { createHash, createPublicKey, verify } from "node:crypto"
import type { ServerWebSocket } from "bun"
import { Hono } from "hono"
import { devicePayload } from "../../src/client/wire.ts"
import type { ConnectParams } from "../../src/client/wire.ts"
import type { HttpEnv } from "../../src/gateway/http.ts"
import { createLogin } from "../../src/gateway/login.ts"
import { createUiSessionStore, migrations } from "../../src/gateway/store.ts"
import { controlUi, openSite } from "../../src/gateway/ui.ts"
import { createUiSessions } from "../../src/gateway/ui-session.ts"
import { systemClock as clock } from "../../src/kernel/clock.ts"
import type { Visitor } from "../../src/gateway/visitor.ts"
import { Database } from "../../src/store/database.ts"

interface Peer {
  nonce: string
  seq: number
  connected: boolean
  /** It came with the cookie of a sign-in. */
  signedIn: boolean
}
type Socket = ServerWebSocket<Peer>

interface Refusal {
  code: string
  message: string
  details?: object
}

export interface UiGatewayOptions {
  token?: string
  tickIntervalMs?: number
  /** Refuses a `connect` that would be fine otherwise. */
  refuse?: (params: ConnectParams) => Refusal | undefined
}

interface Told {
  role: string
  content: unknown
  [key: string]: unknown
}

const ed25519 = (raw: string) =>
  createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw }, format: "jwk" })

const proven = (params: ConnectParams, nonce: string) => {
  const { device, auth } = params
  if (!device || device.nonce !== nonce) return false
  const raw = Buffer.from(device.publicKey, "base64url")
  const payload = devicePayload("v3", params, device, auth?.token ?? auth?.deviceToken ?? "")
  const signature = Buffer.from(device.signature, "base64url")
  return (
    device.id === createHash("sha256").update(raw).digest("hex") &&
    verify(null, Buffer.from(payload), ed25519(device.publicKey), signature)
  )
}

/** Everyone is a browser on this machine here. */
const visitorOf = ({ headers }: Request): Visitor => ({
  remote: { peer: "127.0.0.1", address: "127.0.0.1", route: "local" },
  origin: headers.get("origin"),
  originAllowed: true,
})

/** A gateway just real enough for the Control UI: the page on HTTP, the frames of wire/frames.md on WS. */
export const startUiGateway = async ({
  token = "letmein-0123456789",
  tickIntervalMs = 30_000,
  refuse,
}: UiGatewayOptions = {}) => {
  const sockets = new Set<Socket>()
  const connects: ConnectParams[] = []
  const requests: { method: string; params: Record<string, unknown> }[] = []
  const transcripts = new Map<string, Told[]>([["agent:main:main", []]])
  const replies = new Map<string, (runId: string, sessionKey: string) => void>()
  const deviceTokens = new Set<string>()
  const waiters = new Set<() => void>()
  const ignored = new Set<string>()

  const emit = (event: string, payload: object, skipSeq = 0) => {
    for (const socket of sockets) {
      if (!socket.data.connected) continue
      socket.data.seq += 1 + skipSeq
      socket.send(JSON.stringify({ type: "event", event, payload, seq: socket.data.seq }))
    }
  }

  const sessions = await createUiSessions({
    store: createUiSessionStore(new Database(":memory:", migrations)),
    clock,
    token: () => token,
  })

  const admit = (params: ConnectParams, { nonce, signedIn }: Peer): Refusal | object => {
    const refusal = refuse?.(params)
    if (refusal) return refusal
    const { auth, device } = params
    const known = signedIn || auth?.token === token || deviceTokens.has(auth?.deviceToken ?? "")
    const code = auth?.token
      ? "AUTH_TOKEN_MISMATCH"
      : auth?.deviceToken
        ? "AUTH_DEVICE_TOKEN_MISMATCH"
        : "AUTH_TOKEN_MISSING"
    if (!known) return { code: "INVALID_REQUEST", message: "unauthorized", details: { code } }
    if (!proven(params, nonce))
      return {
        code: "INVALID_REQUEST",
        message: "device signature invalid",
        details: { code: "DEVICE_AUTH_SIGNATURE_INVALID" },
      }
    const deviceToken = `device-token-of-${device!.id.slice(0, 8)}`
    deviceTokens.add(deviceToken)
    return {
      type: "hello-ok",
      protocol: 4,
      server: { version: "0.1.0", connId: crypto.randomUUID() },
      features: { methods: [], events: [] },
      snapshot: {
        presence: [],
        health: { ok: true },
        stateVersion: { presence: 1, health: 1 },
        uptimeMs: 2 * 3_600_000,
        authMode: "token",
        sessionDefaults: {
          defaultAgentId: "main",
          mainKey: "main",
          mainSessionKey: "agent:main:main",
        },
      },
      auth: { deviceToken, role: "operator", scopes: params.scopes },
      policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs },
    }
  }

  const rows = () =>
    [...transcripts].map(([key, told]) => ({
      key,
      updatedAt: Date.now() - 1000,
      derivedTitle: told.find(({ role }) => role === "user")?.content,
      status: "done",
    }))

  const methods: Record<string, (params: Record<string, string>) => object> = {
    status: () => ({ model: { default: "fased/guide" } }),
    "sessions.subscribe": () => ({ subscribed: true }),
    "sessions.messages.subscribe": ({ key }) => ({ subscribed: true, key }),
    "sessions.list": ({ limit = "100", offset = "0" }) => {
      const end = Number(offset) + Number(limit)
      const sessions = rows().slice(Number(offset), end)
      return {
        ts: Date.now(),
        count: sessions.length,
        totalCount: transcripts.size,
        nextOffset: end < transcripts.size ? end : null,
        sessions,
      }
    },
    "chat.history": ({ sessionKey, limit, before }) => {
      const all = transcripts.get(sessionKey!) ?? []
      const older = before ? all.slice(0, Number(before) - 1) : all
      const messages = older.slice(-Number(limit))
      return { sessionKey, messages, hasMore: messages.length < older.length }
    },
    "chat.send": ({ sessionKey, message, idempotencyKey }) => {
      const told = transcripts.get(sessionKey!) ?? []
      const user = { role: "user", content: message, timestamp: Date.now(), idempotencyKey }
      transcripts.set(sessionKey!, [...told, user])
      const runId = idempotencyKey!
      const reply = replies.get(message!)
      queueMicrotask(() => reply?.(runId, sessionKey!))
      return { runId, status: "started" }
    },
    "chat.abort": ({ sessionKey, runId }) => {
      emit("chat", { runId, sessionKey, seq: 1000, state: "aborted", stopReason: "aborted" })
      return { ok: true, aborted: true, runIds: [runId] }
    },
  }

  const connect = (socket: Socket, id: string, params: ConnectParams) => {
    connects.push(params)
    const answer = admit(params, socket.data)
    if (!("code" in answer)) {
      socket.data.connected = true
      return socket.send(JSON.stringify({ type: "res", id, ok: true, payload: answer }))
    }
    socket.send(JSON.stringify({ type: "res", id, ok: false, error: answer }))
    return socket.close(1008, answer.message)
  }

  const site = openSite()
  const login = createLogin({
    site,
    sessions,
    clock,
    audit: { record: () => {} },
    judge: (given) => ({ verdict: given === token ? "right" : "wrong" }),
    secure: false,
    isKnown: async () => false,
    close: () => {},
  })
  const app = new Hono<HttpEnv>().route("/", login.routes).route("/", controlUi(site, login.door))
  const listen = (port: number) =>
    Bun.serve<Peer>({
      hostname: "127.0.0.1",
      port,
      fetch: (request, server) => {
        const signedIn = sessions.of(request) !== undefined
        const data = { nonce: crypto.randomUUID(), seq: 0, connected: false, signedIn }
        return server.upgrade(request, { data })
          ? undefined
          : app.fetch(request, visitorOf(request))
      },
      websocket: {
        data: {} as Peer,
        open(socket) {
          sockets.add(socket)
          const payload = { nonce: socket.data.nonce, ts: Date.now() }
          socket.send(JSON.stringify({ type: "event", event: "connect.challenge", payload }))
        },
        message(socket, data) {
          const { id, method, params } = JSON.parse(String(data))
          if (method === "connect") connect(socket, id, params)
          else {
            requests.push({ method, params })
            for (const wake of waiters) wake()
            if (ignored.has(method)) return
            const payload = methods[method]?.(params)
            const error = { code: "INVALID_REQUEST", message: `unknown method: ${method}` }
            const answer = payload ? { ok: true, payload } : { ok: false, error }
            socket.send(JSON.stringify({ type: "res", id, ...answer }))
          }
          for (const wake of waiters) wake()
        },
        close: (socket) => void sockets.delete(socket),
      },
    })
  let server = listen(0)
  const port = server.port!

  return {
    token,
    port,
    url: `http://127.0.0.1:${port}/`,
    dashboardUrl: `http://127.0.0.1:${port}/#token=${token}`,
    connects,
    requests,
    transcripts,
    emit,
    deviceTokens,

    /** What happens after a message: usually a few `emit` calls. */
    answer(message: string, reply: (runId: string, sessionKey: string) => void) {
      replies.set(message, reply)
    },

    /** The next time that many requests of this method have come in. */
    async received(method: string, count = 1) {
      const matching = () => requests.filter((request) => request.method === method)
      while (matching().length < count) {
        await new Promise<void>((resolve) => waiters.add(resolve))
        waiters.clear()
      }
      return matching().at(-1)!.params
    },

    /** Calls of this method are never answered. */
    ignore: (method: string) => void ignored.add(method),

    /** How often a page of a transcript was read. */
    histories: () => requests.filter(({ method }) => method === "chat.history").length,

    /** Cuts every connection, without a word or with a `shutdown` announcement. */
    drop(shutdown?: { reason: string; restartExpectedMs?: number }) {
      if (shutdown) emit("shutdown", shutdown)
      for (const socket of sockets) {
        if (shutdown) socket.close(1012, "service restart")
        else socket.terminate()
      }
    },

    async down() {
      await server.stop(true)
    },

    up() {
      server = listen(port)
    },

    async [Symbol.asyncDispose]() {
      await server.stop(true)
    },
  }
}
export type UiGateway = Awaited<ReturnType<typeof startUiGateway>>
