import { Environment, Paths } from "../config/paths.ts"
import { Shell } from "../exec/shell.ts"
import { Build } from "../kernel/build.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { Toolbox } from "../tools/toolbox.ts"
import { mcp } from "./config.ts"
import { createServers } from "./servers.ts"
import { McpServers } from "./service.ts"

/** The servers of the config, none of them started. How one is spoken with is loaded with the first. */
export const provideMcp = (services: Services): McpServers => {
  const clock = services.get(Clock)
  const log = services.get(Log).for("mcp")
  return services.provide(
    McpServers,
    createServers({
      config: () => services.get(mcp),
      adopt: (id, tools) => services.get(Toolbox).adopt({ kind: "mcp", id }, tools),
      clock,
      log,
      async open(id, config, watch) {
        const { openServer } = await import("./open.ts")
        return openServer(id, config, watch, {
          env: services.get(Environment),
          paths: services.get(Paths),
          version: services.get(Build).version,
          shell: () => services.get(Shell),
          clock,
          log,
        })
      },
    }),
  )
}
