import { useState } from "preact/hooks"
import { reason } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import type { AgentRow } from "../../pages/agent/tabs.ts"
import { Dialog } from "../../parts/dialog.tsx"
import { TextField } from "../../parts/field.tsx"
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

const labelOf = ({ id, name, identity }: AgentRow) =>
  [identity?.["emoji"], identity?.["name"] ?? name ?? id].filter(Boolean).join(" ")

/** Which agent it is about; others are made and taken away here. */
export const AgentChoice = ({ gateway, agents: { agents, defaultId }, agent, onChoose }: Props) => {
  const [isMaking, setMaking] = useState(false)

  const remove = async () => {
    const isMeant = await confirmed({
      title: `Delete the agent ${labelOf(agent)}?`,
      text: "It answers nobody from then on, and its conversations are archived. Its folder with its files and its memory stays on the disk.",
      action: "Delete",
      isDestructive: true,
    })
    if (!isMeant) return
    try {
      await gateway.call("agents.delete", { agentId: agent.id })
      toast(`${labelOf(agent)} is deleted.`)
      onChoose(defaultId)
    } catch (thrown) {
      problem(`Could not delete ${labelOf(agent)}: ${reason(thrown)}.`)
    }
  }
  return (
    <>
      <Select
        label="Agent"
        value={agent.id}
        options={agents.map((one) => ({ value: one.id, label: labelOf(one) }))}
        onChange={onChoose}
      />
      {gateway.may("admin") && (
        <Menu label={`More for ${labelOf(agent)}`}>
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
    <Dialog title="New agent" onClose={onClose}>
      <p>It gets a folder, conversations and a memory of its own.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void make()
        }}
      >
        <TextField label="Name" maxLength={80} value={name} problem={trouble} onChange={setName} />
        <TextField
          label="Emoji"
          hint="Shown beside its name; may be left empty."
          maxLength={16}
          value={emoji}
          onChange={setEmoji}
        />
        <div class="dialog-actions">
          <button type="button" class="plain" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Make it
          </button>
        </div>
      </form>
    </Dialog>
  )
}
