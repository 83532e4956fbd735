import { useState } from "preact/hooks"
import { agentName } from "../../agents.ts"
import type { AgentRow } from "../../agents.ts"
import { reason } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import { TextField } from "../../parts/field.tsx"
import { FormDialog } from "../../parts/form-dialog.tsx"
import { Icon } from "../../parts/icon.tsx"
import { Menu } from "../../parts/menu.tsx"
import { confirmed } from "../../parts/question.tsx"
import { Select } from "../../parts/select.tsx"
import { problem, toast } from "../../parts/toast.tsx"

interface Props {
  gateway: Gateway
  agents: Result<"agents.list">
  agent: AgentRow
  onChoose: (id: string) => void
}

/** Which agent it is about; others are made and taken away here. */
export const AgentChoice = ({ gateway, agents: { agents, defaultId }, agent, onChoose }: Props) => {
  const [isMaking, setMaking] = useState(false)

  const remove = async () => {
    const isMeant = await confirmed({
      title: `Delete the agent ${agentName(agent)}?`,
      text: "It answers nobody from then on, and its conversations are archived. Its folder with its files and its memory stays on the disk.",
      action: "Delete",
      isDestructive: true,
    })
    if (!isMeant) return
    try {
      await gateway.call("agents.delete", { agentId: agent.id })
      toast(`${agentName(agent)} is deleted.`)
      onChoose(defaultId)
    } catch (thrown) {
      problem(`Could not delete ${agentName(agent)}: ${reason(thrown)}.`)
    }
  }
  return (
    <>
      <Select
        label="Agent"
        value={agent.id}
        options={agents.map((one) => ({ value: one.id, label: agentName(one) }))}
        onChange={onChoose}
      />
      {gateway.may("admin") && (
        <Menu label={`More for ${agentName(agent)}`}>
          <button type="button" onClick={() => setMaking(true)}>
            <Icon name="plus" />
            New agent
          </button>
          {agent.id !== defaultId && (
            <button type="button" onClick={() => void remove()}>
              <Icon name="trash" />
              Delete this agent
            </button>
          )}
        </Menu>
      )}
      {isMaking && (
        <NewAgent gateway={gateway} onClose={() => setMaking(false)} onMade={onChoose} />
      )}
    </>
  )
}

const NewAgent = ({
  gateway,
  onClose,
  onMade,
}: {
  gateway: Gateway
  onClose: () => void
  onMade: (id: string) => void
}) => {
  const [name, setName] = useState("")
  const [emoji, setEmoji] = useState("")
  const [trouble, setTrouble] = useState<string>()
  const make = async () => {
    if (!name.trim()) return setTrouble("Give it a name.")
    try {
      const { agentId } = await gateway.call("agents.create", {
        name,
        ...(emoji.trim() && { emoji }),
      })
      onClose()
      onMade(agentId)
    } catch (thrown) {
      setTrouble(`Could not make it: ${reason(thrown)}.`)
    }
  }
  return (
    <FormDialog title="New agent" action="Make it" onSubmit={make} onClose={onClose}>
      <p>It gets a folder, conversations and a memory of its own.</p>
      <TextField label="Name" maxLength={80} value={name} problem={trouble} onChange={setName} />
      <TextField
        label="Emoji"
        hint="Shown beside its name; may be left empty."
        maxLength={16}
        value={emoji}
        onChange={setEmoji}
      />
    </FormDialog>
  )
}
