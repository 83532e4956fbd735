import { useState } from "preact/hooks"
import { reason } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import { TextField } from "../../parts/field.tsx"
import { FormDialog } from "../../parts/form-dialog.tsx"

interface Props {
  gateway: Gateway
  agentId: string
  onMade: (key: string) => void
  onClose: () => void
}

export const NewSkill = ({ gateway, agentId, onMade, onClose }: Props) => {
  const [name, setName] = useState("")
  const [description, setDescription] = useState("")
  const [trouble, setTrouble] = useState<string>()
  const make = async () => {
    if (!name.trim()) return setTrouble("Give it a name.")
    try {
      const made = await gateway.call("skills.create", {
        agentId,
        name: name.trim(),
        ...(description.trim() && { description }),
      })
      onMade(made.skillKey)
    } catch (thrown) {
      setTrouble(`Could not make it: ${reason(thrown)}.`)
    }
  }
  return (
    <FormDialog title="New skill" action="Make it" onSubmit={make} onClose={onClose}>
      <TextField
        label="Name"
        hint="Small letters, digits and dashes."
        placeholder="release-notes"
        maxLength={64}
        problem={trouble}
        value={name}
        onChange={setName}
      />
      <TextField
        label="When to use it"
        hint="The agent reads this sentence to know when to open the skill."
        maxLength={1024}
        value={description}
        onChange={setDescription}
      />
    </FormDialog>
  )
}
