import { basename } from "node:path"
import type { Log } from "../kernel/log.ts"
import type { Clock } from "../kernel/clock.ts"
import type { AnyTool } from "../kernel/tool.ts"
import type { McpConfig, McpServerConfig } from "./config.ts"
import { switchedOff, unknownServer } from "./faults.ts"
import { createServer, type Server, type Watch } from "./server.ts"
import type { McpServers } from "./service.ts"
import type { Session } from "./session.ts"

interface Options {
  config(): McpConfig
  open(id: string, config: McpServerConfig, watch: Watch): Promise<Session>
  adopt(id: string, tools: readonly AnyTool[]): void
  clock: Clock
  log: Log
}

/** Every server of the config, each on its own: what befalls one is nothing to the others. */
export const createServers = ({ config, open, adopt, clock, log }: Options): McpServers => {
  const running = new Map<string, Server>()
  /** Those that are on their way out; the next of that name waits for it. */
  const leaving = new Map<string, Promise<void>>()
  let closed = false

  const leave = (server: Server) => {
    running.delete(server.id)
    const gone = server
      .stop()
      .catch((error: unknown) =>
        log.error("mcp server does not stop", { server: server.id, error }),
      )
      .finally(() => leaving.get(server.id) === gone && leaving.delete(server.id))
    leaving.set(server.id, gone)
  }

  const enter = (id: string, wanted: McpServerConfig) => {
    const server = createServer(id, wanted, {
      async open(watch) {
        await leaving.get(id)
        return open(id, wanted, watch)
      },
      adopt: (tools) => adopt(id, tools),
      clock,
      log,
    })
    running.set(id, server)
    server.begin()
  }

  return {
    list: () =>
      Object.entries(config().servers).map(([id, { enabled, command, url }]) => ({
        id,
        enabled,
        transport: url === undefined ? ("stdio" as const) : ("http" as const),
        where: url === undefined ? basename(command!) : new URL(url).origin,
        ...(running.get(id)?.status ?? { state: "off" as const, tools: 0, restarts: 0 }),
      })),
    async test(id) {
      const { servers } = config()
      if (!Object.hasOwn(servers, id)) throw unknownServer({ id })
      const server = running.get(id)
      if (!server) throw switchedOff({ id })
      return server.test()
    },
    follow() {
      if (closed) return
      const { servers } = config()
      for (const server of running.values()) {
        const wanted = Object.hasOwn(servers, server.id) ? servers[server.id] : undefined
        if (!wanted?.enabled || !Bun.deepEquals(wanted, server.config)) leave(server)
      }
      for (const [id, wanted] of Object.entries(servers))
        if (wanted.enabled && !running.has(id)) enter(id, wanted)
    },
    async close() {
      closed = true
      for (const server of running.values()) leave(server)
      await Promise.all(leaving.values())
    },
  }
}
