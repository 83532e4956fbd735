import { isPrivateHost } from "../kernel/private-host.ts"
import { risk } from "../kernel/risk.ts"
import { mcp } from "./config.ts"

export const plainHttp = risk({
  id: "mcp.plain_http",
  title: "An MCP server is reached without encryption",
  needs: { mcp },
  detect({ mcp }) {
    const open = Object.entries(mcp.servers).flatMap(([id, { enabled, url }]) => {
      const { protocol, hostname, origin } = new URL(url ?? "https://none")
      return enabled && protocol === "http:" && !isPrivateHost(hostname) ? [{ id, origin }] : []
    })
    return open.length
      ? {
          severity: "warn",
          detail: `${open.map(({ id, origin }) => `${id} (${origin})`).join(", ")}: the token and all that agents ask travel readable.`,
          remediation: open
            .map(({ id }) => `fased config set mcp.servers.${id}.url https://…`)
            .join(" && "),
        }
      : null
  },
})
