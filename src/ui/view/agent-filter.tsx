import { agentName, useAgents } from "../agents.ts"
import type { Gateway } from "../gateway.ts"
import { Select } from "../parts/select.tsx"

interface Props {
  gateway: Gateway
  /** The one whose rows are shown; without it everyone's are. */
  value: string | undefined
  onChange: (id: string | undefined) => void
}

/** Narrows a list down to one agent, where there are several. */
export const AgentFilter = ({ gateway, value = "", onChange }: Props) => {
  const agents = useAgents(gateway).value?.agents ?? []
  if (agents.length < 2) return null
  return (
    <Select
      label="Agent"
      value={value}
      options={[
        { value: "", label: "Every agent" },
        ...agents.map((agent) => ({ value: agent.id, label: agentName(agent) })),
      ]}
      onChange={(id) => onChange(id || undefined)}
    />
  )
}
