import { useAgents } from "../../agents.ts"
import type { AgentRow } from "../../agents.ts"
import type { Gateway } from "../../gateway.ts"
import { Known } from "../../parts/known.tsx"
import { useResource } from "../../resource.ts"
import { Connected } from "./connected.tsx"
import { McpServers } from "./mcp-servers.tsx"
import { WebSearch } from "./web-search.tsx"

interface Props {
  gateway: Gateway
  /** The one they are given to here; without it, any of them. */
  agent?: AgentRow
}

/** What agents are given from outside: accounts, a service that searches the web, servers with tools. */
export const Services = ({ gateway, agent }: Props) => {
  const everyone = useAgents(gateway).value?.agents ?? []
  const config = useResource(gateway, () => gateway.call("config.get"), {
    events: ["config.changed"],
  })
  return (
    <>
      <Connected gateway={gateway} agents={agent ? [agent] : everyone} />
      <Known resource={config} what="what is set up">
        {(known) => <WebSearch gateway={gateway} config={known} />}
      </Known>
      <McpServers gateway={gateway} />
    </>
  )
}
