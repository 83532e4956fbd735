import { Known } from "../../parts/known.tsx"
import { useResource } from "../../resource.ts"
import { Connected } from "../../view/agent/connected.tsx"
import { McpServers } from "../../view/agent/mcp-servers.tsx"
import { WebSearch } from "../../view/agent/web-search.tsx"
import type { TabProps } from "./tabs.ts"

/** What agents are given from outside: a service that searches the web, servers with tools. */
export const ServicesTab = ({ gateway, agent: { id } }: TabProps) => {
  const config = useResource(gateway, () => gateway.call("config.get"), {
    events: ["config.changed"],
  })
  return (
    <>
      <Connected gateway={gateway} agentId={id} />
      <Known resource={config} what="what is set up">
        {(known) => <WebSearch gateway={gateway} config={known} />}
      </Known>
      <McpServers gateway={gateway} />
    </>
  )
}
