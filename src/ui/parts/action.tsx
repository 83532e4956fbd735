import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import { reason } from "../failure.ts"
import { problem } from "./toast.tsx"

interface Props {
  /** What it does, to be put behind "Could not": `remove the device`. */
  what: string
  act: () => Promise<unknown>
  class?: string
  disabled?: boolean
  label?: string
  children: ComponentChildren
}

/** A button whose work takes a moment: busy while it is done, and a failure is said in words. */
export const Action = ({ what, act, class: style = "plain", disabled, label, children }: Props) => {
  const [isBusy, setBusy] = useState(false)
  const run = async () => {
    setBusy(true)
    try {
      await act()
    } catch (thrown) {
      problem(`Could not ${what}: ${reason(thrown)}.`)
    } finally {
      setBusy(false)
    }
  }
  return (
    <button
      type="button"
      class={style}
      aria-busy={isBusy}
      aria-label={label}
      disabled={disabled || isBusy}
      onClick={() => void run()}
    >
      {children}
    </button>
  )
}
