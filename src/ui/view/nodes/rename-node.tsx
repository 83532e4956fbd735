import { useState } from "preact/hooks"
import { reason } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import { TextField } from "../../parts/field.tsx"
import { FormDialog } from "../../parts/form-dialog.tsx"
import { nodeName } from "./node-deeds.ts"
import type { Node } from "./node-deeds.ts"

interface Props {
  gateway: Gateway
  node: Node
  /** Told whether it has another name now. */
  onClose: (isRenamed: boolean) => void
}

export const RenameNode = ({ gateway, node, onClose }: Props) => {
  const [name, setName] = useState(nodeName(node))
  const [problem, setProblem] = useState<string>()
  const rename = async () => {
    try {
      await gateway.call("node.rename", { nodeId: node.nodeId, displayName: name.trim() })
      onClose(true)
    } catch (thrown) {
      setProblem(`Could not rename it: ${reason(thrown)}.`)
    }
  }
  return (
    <FormDialog
      title="Rename the node"
      action="Rename"
      isReady={name.trim() !== ""}
      onSubmit={rename}
      onClose={() => onClose(false)}
    >
      <TextField
        label="Name"
        hint="Agents and commands find it by this name."
        problem={problem}
        maxLength={128}
        value={name}
        onChange={setName}
      />
    </FormDialog>
  )
}
