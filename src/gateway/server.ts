import { randomUUID } from "node:crypto"
import type { Server, WebSocketHandler } from "bun"
import type { Hono } from "hono"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { Audit } from "../security/trail.ts"
import type { Certificate } from "./certificate.ts"
import type { SocketData } from "./connections.ts"
import { bindFailed, portTaken } from "./faults.ts"
import type { HttpEnv } from "./http.ts"
import { hostName, plainAddress } from "./locality.ts"
import type { HostRules } from "./origin.ts"
import { hostAllowed } from "./origin.ts"
import type { Door, Visitor } from "./visitor.ts"

export interface Listener {
  port: number
  /** Takes the current certificate for new connections; those that are open stay as they are. */
  renewTls(): void
  /** Refuses new connections and lets answers under way finish for a moment. */
  stop(): Promise<void>
}

/** How long an answer under way may take when the gateway stops. */
const graceMs = 1_000
/** Each route reads less than this, and says how much (`longest`). */
const longestBody = 20_000_000
/** Until the next try when a port could not be had back. */
const againMs = 1_000

/** Listens on every host with one port: sockets are upgraded here, everything else goes to `app`. */
export const listen = (options: {
  hosts: string[]
  /** 0 picks a free one. */
  port: number
  app: () => Pick<Hono<HttpEnv>, "fetch">
  socket: WebSocketHandler<SocketData>
  rules: () => HostRules
  door: Door
  /** Whether one more socket may wait to sign in. */
  hasRoom: (visitor: Visitor) => boolean
  /** The certificate of the moment, where there is to be TLS. */
  certificate?: () => Certificate
  audit: Audit
  clock: Clock
  log: Log
}): Listener => {
  const { hosts, app, rules, door, clock } = options
  const log = options.log.for("gateway")

  const denied = (reason: string, from: string, host: string | null) =>
    options.audit.record({
      what: "http",
      verdict: "deny",
      reason,
      who: { ...(host && { host: host.slice(0, 200) }) },
      from,
    })

  const upgrade = (request: Request, server: Server<SocketData>, visitor: Visitor) => {
    if (!isUpgrade(request)) return refuse(400, "Bad Request: not a WebSocket handshake.")
    if (!options.hasRoom(visitor)) return refuse(503, "Too many unauthenticated sockets")
    const data: SocketData = {
      ...visitor,
      ...door.bearings(request, visitor),
      id: randomUUID(),
      nonce: randomUUID(),
      connecting: false,
      cancelHandshake: undefined,
      client: undefined,
    }
    if (server.upgrade(request, { data })) return undefined
    return refuse(400, "Bad Request: not a WebSocket handshake.")
  }

  const fetch = (
    request: Request,
    server: Server<SocketData>,
  ): Response | Promise<Response> | undefined => {
    const peer = plainAddress(server.requestIP(request)?.address ?? "")
    const host = request.headers.get("host")
    if (!hostAllowed(host, rules())) {
      denied("HOST_NOT_OURS", peer, host)
      return refuse(421, misdirected(host, options.certificate !== undefined))
    }
    // The target of a CONNECT is no path, and this is no proxy.
    if (request.method === "CONNECT") return refuse(405, "Method Not Allowed", { allow: "GET" })
    if (secretInQuery.test(request.url)) {
      denied("SECRET_IN_ADDRESS", peer, host)
      return refuse(400, "Bad Request: secrets do not belong in an address, where logs keep them.")
    }
    const wantsSocket = request.headers.get("upgrade")?.toLowerCase() === "websocket"
    const visitor = door.visitor(request, peer, server.port!)
    return wantsSocket
      ? upgrade(request, server, visitor)
      : app().fetch(request, { ...visitor, hold: () => server.timeout(request, 0) })
  }

  const serve = (hostname: string, port: number) =>
    Bun.serve({
      hostname,
      port,
      fetch,
      websocket: options.socket,
      tls: tlsOf(options.certificate?.()),
      idleTimeout: 60,
      maxRequestBodySize: longestBody,
      error(error) {
        log.error("request failed", { error })
        return refuse(500, "Internal Server Error")
      },
    })

  const servers = new Map<string, Server<SocketData>>()
  /** Take nothing new, and end with their last connection. */
  const leaving = new Map<Server<SocketData>, Promise<void>>()
  const leave = (server: Server<SocketData>) =>
    leaving.set(
      server,
      server.stop().finally(() => leaving.delete(server)),
    )
  let { port } = options
  for (const hostname of hosts) {
    try {
      const server = serve(hostname, port)
      servers.set(hostname, server)
      port = server.port!
    } catch (error) {
      for (const server of servers.values()) void server.stop(true)
      const { code, message } = error as { code?: string; message: string }
      if (code === "EADDRINUSE") throw portTaken({ host: hostname, port }, error)
      throw bindFailed({ host: hostname, port, reason: code ?? message }, error)
    }
  }

  let stopped = false
  /** Listens anew; whoever took the port in between has it until they let it go. */
  const listenAgain = (hostname: string) => {
    if (stopped) return
    try {
      servers.set(hostname, serve(hostname, port))
    } catch (error) {
      log.error("the port could not be had back; trying again", { host: hostname, port, error })
      clock.after(againMs, () => listenAgain(hostname))
    }
  }

  return {
    port,
    // Bun's server.reload() keeps the certificate it has, so a new listener takes the place of the
    // old one within the same tick. Sharing the port (SO_REUSEPORT) would leave no gap at all, but
    // would let a second gateway onto it unnoticed.
    renewTls() {
      for (const hostname of hosts) {
        const server = servers.get(hostname)
        if (!server) continue // is listened on again soon, with the new one
        servers.delete(hostname)
        leave(server)
        listenAgain(hostname)
      }
    },
    async stop() {
      stopped = true
      for (const server of servers.values()) leave(server)
      const cut = clock.after(graceMs, () => leaving.forEach((_, server) => void server.stop(true)))
      await Promise.all(leaving.values())
      cut()
    },
  }
}

const tlsOf = (certificate: Certificate | undefined) =>
  certificate && { cert: certificate.cert, key: certificate.key }

/** Bun looks at the key and the version only; a handshake is a bodiless GET that asks to be one. */
const isUpgrade = ({ method, headers }: Request) =>
  method === "GET" &&
  /(?:^|,)\s*upgrade\s*(?:,|$)/i.test(headers.get("connection") ?? "") &&
  !Number(headers.get("content-length") ?? 0) &&
  !headers.has("transfer-encoding")

const secretInQuery = /\?(?:[^#]*&)?(?:token|password|access_token|api_key)=/i

/** What is no name is not repeated; what is one may be this gateway's, which only its owner can tell. */
const misdirected = (host: string | null, isSecure: boolean) => {
  const name = hostName(host)
  if (!name) return "Misdirected Request: this gateway does not go by that name."
  const origin = `${isSecure ? "https" : "http"}://${host}`
  return `Misdirected Request: this gateway does not go by the name ${name}.

It can be reached as localhost, or by its IP address. If the name is its own, run this where it runs:

    fased config set gateway.controlUi.allowedOrigins '["${origin}"]'

Add the addresses that are on that list already. Behind a proxy that serves https, write https.`
}

const refuse = (status: number, text: string, headers: Record<string, string> = {}) =>
  new Response(`${text}\n`, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  })
