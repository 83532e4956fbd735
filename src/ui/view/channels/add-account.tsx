import { useState } from "preact/hooks"
import type { Gateway } from "../../gateway.ts"
import { longCall } from "../../long-call.ts"
import type { Result } from "../../methods.ts"
import { Dialog } from "../../parts/dialog.tsx"
import { CheckField, ChoiceField, SecretField, TextField } from "../../parts/field.tsx"
import { FormDialog } from "../../parts/form-dialog.tsx"
import { FailureNotice } from "../../parts/notice.tsx"
import { Progress } from "../../parts/progress.tsx"
import { useUndertaking } from "../../undertaking.ts"

type Status = Result<"channels.status">
type Added = Result<"channels.add">

interface Props {
  gateway: Gateway
  status: Status
  /** The account has to be linked by a person now. */
  onLink: (account: { channel: string; accountId: string }) => void
  onClose: () => void
}

/** Sets up an account of a chat network, step by step. */
export const AddAccount = ({ gateway, status, onLink, onClose }: Props) => {
  const [channel, setChannel] = useState(status.channelOrder[0] ?? "")
  const [accountId, setAccountId] = useState("")
  const [given, setGiven] = useState<Record<string, string>>({})
  const [isChecked, setChecked] = useState(true)
  const meta = status.channelMeta.find(({ id }) => id === channel)
  const isFurther = (status.channelAccounts[channel] ?? []).length > 0

  const adding = useUndertaking(async (signal): Promise<Added> => {
    const params = {
      channel,
      ...(isFurther && { accountId: accountId.trim() }),
      credentials: given,
      check: isChecked,
    }
    const added = await longCall(gateway, "channels.add", params, { signal })
    if (meta?.login) onLink(added)
    return added
  })
  const { isBusy, failure, value } = adding
  const close = () => {
    adding.giveUp()
    onClose()
  }
  if (!meta) return null
  if (value && !meta.login) return <Done added={value} label={meta.label} onClose={onClose} />

  return (
    <FormDialog
      title="Add a channel"
      action={`Add ${meta.label}`}
      onSubmit={() => adding.start()}
      onClose={close}
    >
      <ChoiceField
        label="Network"
        value={channel}
        options={status.channelMeta.map(({ id, label }) => ({ value: id, label }))}
        onChange={(id) => {
          setChannel(id)
          setGiven({})
          setChecked(true)
        }}
      />
      <p class="step">{status.channelSetup[channel]}</p>
      {isFurther && (
        <TextField
          label="Name of this account"
          hint={`${meta.label} is set up already; this is a further account.`}
          placeholder="family"
          maxLength={64}
          value={accountId}
          onChange={setAccountId}
        />
      )}
      {meta.credentials.map(({ setting, prompt, optional, secret }) => {
        const Field = secret ? SecretField : TextField
        return (
          <Field
            key={`${channel} ${setting}`}
            label={prompt}
            hint={optional && "May be left empty."}
            value={given[setting] ?? ""}
            onChange={(text) => setGiven({ ...given, [setting]: text })}
          />
        )
      })}
      {failure && <FailureNotice what="add it" failure={failure} />}
      {failure && !meta.login && (
        <CheckField
          label="Try it out first"
          hint="Without this it is written down even if the network refuses it."
          checked={isChecked}
          onChange={setChecked}
        />
      )}
      {isBusy && <Progress text={`Trying it out with ${meta.label}`} onCancel={adding.giveUp} />}
    </FormDialog>
  )
}

const Done = ({
  added: { probe },
  label,
  onClose,
}: {
  added: Added
  label: string
  onClose: () => void
}) => (
  <Dialog title={`${label} is added`} onClose={onClose}>
    <p>
      {probe?.account ? `It answers as ${probe.account}.` : "It is being connected."} Write to it
      there: it shows you a code, and your request shows on this page to say yes to.
    </p>
    {probe && probe.findings.length > 0 && (
      <ul class="hints">
        {probe.findings.map(({ text, hint }) => (
          <li key={text}>{[text, hint].filter(Boolean).join(" ")}</li>
        ))}
      </ul>
    )}
    <div class="dialog-actions">
      <button type="button" class="primary" onClick={onClose}>
        Done
      </button>
    </div>
  </Dialog>
)
