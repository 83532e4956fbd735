import { randomUUID } from "node:crypto"
import type { Server, WebSocketHandler } from "bun"
import type { Hono } from "hono"
import type { Log } from "../kernel/log.ts"
import type { SocketData } from "./connections.ts"
import { bindFailed, portTaken } from "./faults.ts"
import type { HttpEnv } from "./http.ts"
import type { HostRules } from "./locality.ts"
import { hostAllowed, isLocalDirect, originAllowed, plainAddress } from "./locality.ts"

export interface Listener {
  port: number
  /** Refuses new connections, ends idle ones, lets answers under way finish for a moment. */
  stop(): Promise<void>
}

/** Listens on every host with one port: sockets are upgraded here, everything else goes to `app`. */
export const listen = (options: {
  hosts: string[]
  /** 0 picks a free one. */
  port: number
  app: Hono<HttpEnv>
  socket: WebSocketHandler<SocketData>
  rules: HostRules
  log: Log
}): Listener => {
  const { hosts, app, rules } = options
  const log = options.log.for("gateway")

  const fetch = (
    request: Request,
    server: Server<SocketData>,
  ): Response | Promise<Response> | undefined => {
    const peer = plainAddress(server.requestIP(request)?.address ?? "")
    const { headers } = request
    const host = headers.get("host")
    if (!hostAllowed(host, rules)) {
      log.warn("request refused: the Host header names another machine", { peer, host })
      return new Response("Misdirected Request: this gateway does not go by that name.\n", {
        status: 421,
      })
    }
    if (headers.get("upgrade")?.toLowerCase() !== "websocket") return app.fetch(request, { peer })
    const localDirect = isLocalDirect(peer, headers)
    const origin = headers.get("origin")
    const data: SocketData = {
      id: randomUUID(),
      peer,
      localDirect,
      origin,
      originAllowed: originAllowed(origin, { host, localDirect, port: server.port! }, rules),
      userAgent: headers.get("user-agent"),
      nonce: randomUUID(),
      connecting: false,
      cancelHandshake: undefined,
      client: undefined,
    }
    if (server.upgrade(request, { data })) return undefined
    return new Response("Bad Request: not a WebSocket handshake.\n", { status: 400 })
  }

  const servers: Server<SocketData>[] = []
  let { port } = options
  for (const hostname of hosts) {
    try {
      const server = Bun.serve({
        hostname,
        port,
        fetch,
        websocket: options.socket,
        idleTimeout: 60,
        maxRequestBodySize: 1024 * 1024,
        error(error) {
          log.error("request failed", { error })
          return new Response("Internal Server Error\n", { status: 500 })
        },
      })
      servers.push(server)
      port = server.port!
    } catch (error) {
      for (const server of servers) void server.stop(true)
      const { code, message } = error as { code?: string; message: string }
      if (code === "EADDRINUSE") throw portTaken({ host: hostname, port }, error)
      throw bindFailed({ host: hostname, port, reason: code ?? message }, error)
    }
  }
  return {
    port,
    async stop() {
      await Promise.all(servers.map((server) => server.stop(true)))
    },
  }
}
