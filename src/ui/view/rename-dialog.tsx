import { useState } from "preact/hooks"
import { reason } from "../failure.ts"
import type { SessionRow } from "../frames.ts"
import type { Gateway } from "../gateway.ts"
import { TextField } from "../parts/field.tsx"
import { FormDialog } from "../parts/form-dialog.tsx"
import { sessionTitle } from "../words.ts"

interface Props {
  gateway: Gateway
  row: SessionRow
  onClose: () => void
}

export const RenameDialog = ({ gateway, row, onClose }: Props) => {
  const [label, setLabel] = useState(sessionTitle(row))
  const [problem, setProblem] = useState<string>()
  const rename = async () => {
    try {
      await gateway.call("sessions.patch", { key: row.key, label: label.trim() || null })
      onClose()
    } catch (thrown) {
      setProblem(`Could not rename it: ${reason(thrown)}.`)
    }
  }
  return (
    <FormDialog title="Rename the conversation" action="Rename" onSubmit={rename} onClose={onClose}>
      <TextField
        label="Name"
        hint="Left empty, it is called after its first words."
        problem={problem}
        maxLength={64}
        value={label}
        onChange={setLabel}
      />
    </FormDialog>
  )
}
