import { useState } from "preact/hooks"
import { reason } from "../failure.ts"
import type { Gateway } from "../gateway.ts"
import type { Params, Result } from "../methods.ts"
import { useNow } from "../now.ts"
import { CopyButton } from "../parts/copy-button.tsx"
import { Dialog } from "../parts/dialog.tsx"
import { CheckField, ChoiceField, TextField } from "../parts/field.tsx"
import { FormDialog } from "../parts/form-dialog.tsx"
import { Progress } from "../parts/progress.tsx"
import { duration } from "../words.ts"

type Role = NonNullable<Params<"device.setup.create">["role"]>
type Code = Result<"device.setup.create">

const usual = ["operator.read", "operator.write", "operator.approvals"] as const

interface Props {
  gateway: Gateway
  /** What it comes as, where that is settled. */
  as?: Role
  onClose: () => void
}

/** Makes a code that lets one device in, once. */
export const SetupDialog = ({ gateway, as, onClose }: Props) => {
  const [role, setRole] = useState<Role>(as ?? "operator")
  const [url, setUrl] = useState("")
  const [isReader, setReader] = useState(false)
  const [code, setCode] = useState<Code>()
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  const make = async () => {
    setBusy(true)
    setProblem(undefined)
    try {
      const scopes = isReader ? ["operator.read" as const] : [...usual]
      setCode(
        await gateway.call("device.setup.create", {
          role,
          ...(url.trim() && { url: url.trim() }),
          ...(role === "operator" && { scopes }),
        }),
      )
    } catch (thrown) {
      setProblem(`Could not make a code: ${reason(thrown)}.`)
    } finally {
      setBusy(false)
    }
  }

  if (code)
    return (
      <Dialog
        title={role === "node" ? "Let the node in" : "Enter this code on the device"}
        onClose={onClose}
      >
        {role === "node" && <NodeCommand code={code} />}
        <SetupCode code={code} />
        <div class="dialog-actions">
          <button type="button" class="primary" onClick={onClose}>
            Done
          </button>
        </div>
      </Dialog>
    )
  return (
    <FormDialog
      title={as === "node" ? "Add a node" : "Add a device"}
      action="Make a code"
      onSubmit={make}
      onClose={onClose}
    >
      {!as && (
        <ChoiceField
          label="It comes as"
          value={role}
          onChange={(value) => setRole(value === "node" ? "node" : "operator")}
          options={[
            { value: "operator", label: "An operator: chats and answers questions" },
            { value: "node", label: "A node: agents use its camera, screen or commands" },
          ]}
        />
      )}
      {role === "operator" && (
        <CheckField
          label="It may only look"
          hint="It reads along, and neither writes nor allows commands."
          checked={isReader}
          onChange={setReader}
        />
      )}
      <TextField
        label="Address it reaches this gateway by"
        hint="Left empty, where the gateway listens."
        placeholder="wss://gateway.example.com"
        problem={problem}
        value={url}
        onChange={setUrl}
      />
      {isBusy && <Progress text="Making the code" onCancel={onClose} />}
    </FormDialog>
  )
}

const NodeCommand = ({ code: { setupCode } }: { code: Code }) => {
  const command = `fased node run --setup-code ${setupCode}`
  return (
    <>
      <p>On a computer, run this there; on a phone, enter the code below in its app:</p>
      <div class="command">
        <code>{command}</code>
        <CopyButton text={command} what="the command" />
      </div>
    </>
  )
}

const SetupCode = ({ code: { setupCode, gatewayUrl, expiresAtMs } }: { code: Code }) => {
  const left = expiresAtMs - useNow(1000)
  return (
    <>
      <p>
        It lets one device in, once, at <code>{gatewayUrl}</code>.{" "}
        {left > 0 ? `It is good for ${duration(left)}.` : "Its time is over: make another one."}
      </p>
      <div class="command">
        <code>{setupCode}</code>
        <CopyButton text={setupCode} what="code" />
      </div>
      <p class="faint">Whoever has this code can come in: show it to nobody else.</p>
    </>
  )
}
