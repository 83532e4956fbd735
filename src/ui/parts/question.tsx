import { signal } from "@preact/signals"
import { Dialog } from "./dialog.tsx"

export interface Question {
  title: string
  /** What exactly will be done, and whether it can be undone. */
  text: string
  /** The word on the button that does it: `Remove`. */
  action: string
  /** It takes something away. */
  isDestructive?: boolean
}

const open = signal<(Question & { answer: (yes: boolean) => void }) | null>(null)

/** Asks first. Resolves to false when the person thinks better of it. */
export const confirmed = (question: Question) =>
  new Promise<boolean>((resolve) => {
    open.value?.answer(false)
    open.value = { ...question, answer: resolve }
  })

/** Where `confirmed` asks. */
export const OpenQuestion = () => {
  const asked = open.value
  if (!asked) return null
  const answer = (yes: boolean) => {
    open.value = null
    asked.answer(yes)
  }
  return (
    <Dialog title={asked.title} onClose={() => answer(false)}>
      <p>{asked.text}</p>
      <div class="dialog-actions">
        <button type="button" class="plain" onClick={() => answer(false)}>
          Cancel
        </button>
        <button
          type="button"
          class={asked.isDestructive ? "primary danger" : "primary"}
          onClick={() => answer(true)}
        >
          {asked.action}
        </button>
      </div>
    </Dialog>
  )
}
