import { useState } from "preact/hooks"
import { reason } from "../failure.ts"
import type { SessionRow } from "../frames.ts"
import type { Gateway } from "../gateway.ts"
import { Dialog } from "../parts/dialog.tsx"
import { TextField } from "../parts/field.tsx"
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
    <Dialog title="Rename the conversation" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void rename()
        }}
      >
        <TextField
          label="Name"
          hint="Left empty, it is called after its first words."
          problem={problem}
          maxLength={64}
          value={label}
          onChange={setLabel}
        />
        <div class="dialog-actions">
          <button type="button" class="plain" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Rename
          </button>
        </div>
      </form>
    </Dialog>
  )
}
