import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import { Dialog } from "./dialog.tsx"

interface Props {
  title: string
  /** The word on the button that does it: `Rename`. */
  action: string
  /** The word on the one that does not. */
  leave?: string
  /** What is needed is filled in. */
  isReady?: boolean
  /** Does it, once at a time; failures are its own to show. */
  onSubmit: () => Promise<unknown>
  onClose: () => void
  /** The fields. */
  children: ComponentChildren
}

/** Fields over the page, and something that is done with what they hold. */
export const FormDialog = ({
  title,
  action,
  leave = "Cancel",
  isReady = true,
  onSubmit,
  onClose,
  children,
}: Props) => {
  const [isBusy, setBusy] = useState(false)
  const canSubmit = isReady && !isBusy
  const submit = async () => {
    setBusy(true)
    await onSubmit()
    setBusy(false)
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (canSubmit) void submit()
        }}
      >
        {children}
        <div class="dialog-actions">
          <button type="button" class="plain" onClick={onClose}>
            {leave}
          </button>
          <button type="submit" class="primary" disabled={!canSubmit}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
