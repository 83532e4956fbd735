/** What agents reach without being given it by name: their tool policy alone decides. */
import type { Services } from "../kernel/service.ts"
import { McpServers } from "../mcp/service.ts"
import { Toolbox } from "../tools/toolbox.ts"
import { WebSettings } from "../tools/web-settings.ts"
import { Pages } from "../web/pages.ts"
import { Search } from "../web/search/search.ts"
import type { Connection } from "./connection.ts"

/** No connector of the config has a colon in its name, so none is taken for one of these. */
export const ungranted = (services: Services): Connection[] => [
  webSearch(services),
  {
    id: "web:fetch",
    label: "Web pages",
    tools: ["web_fetch"],
    granted: () => ({
      at: "tools.web.fetch",
      grant: { enabled: services.get(WebSettings).fetch.enabled },
      lacks: undefined,
    }),
    test: (signal) => services.get(Pages).probe(signal),
  },
  ...mcpServers(services),
]

const webSearch = (services: Services): Connection => {
  const { label, ready, setting } = services
    .get(Search)
    .providers()
    .find(({ chosen }) => chosen)!
  const lack = ready ? undefined : lackOf(setting)
  return {
    id: "web:search",
    label: `Web search by ${label}`,
    tools: ["web_search"],
    granted: () => ({
      at: "tools.web.search",
      grant: { enabled: services.get(WebSettings).search.enabled },
      lacks: lack?.what,
      next: lack?.next,
    }),
    test: (signal) => services.get(Search).probe(undefined, signal),
  }
}

const lackOf = (setting: string) =>
  setting.endsWith(".apiKey")
    ? { what: "a key", next: `fased secrets set ${setting}` }
    : { what: "an address", next: `fased config set ${setting} https://…` }

const mcpServers = (services: Services): Connection[] => {
  const servers = services.get(McpServers)
  return servers.list().map(({ id, enabled, problem }) => ({
    id: `mcp:${id}`,
    label: `MCP server ${id}`,
    tools: services
      .get(Toolbox)
      .all.flatMap(({ name, source }) => (source?.kind === "mcp" && source.id === id ? name : [])),
    granted: () => ({
      at: `mcp.servers.${id}`,
      grant: { enabled },
      lacks: undefined,
      ...(problem && { problem }),
    }),
    async test() {
      const { name, version, tools } = await servers.test(id)
      return `${name} ${version}, with ${tools} ${tools === 1 ? "tool" : "tools"}`
    },
  }))
}
