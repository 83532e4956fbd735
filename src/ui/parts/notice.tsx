import type { ComponentChildren } from "preact"
import type { Failure } from "../failure.ts"
import { Icon } from "./icon.tsx"

interface FailureProps {
  /** What could not be done: `read the devices`. */
  what: string
  failure: Failure
  onRetry?: () => void
}

/** Something did not work: what, why, and what to do about it. */
export const FailureNotice = ({ what, failure, onRetry }: FailureProps) => (
  <div class="notice alarm" role="alert">
    <Icon name="alert" />
    <p>
      <b>Could not {what}.</b> {sentence(failure.message)} {failure.hint && sentence(failure.hint)}
    </p>
    {onRetry && (
      <button type="button" class="link" onClick={onRetry}>
        Try again
      </button>
    )}
  </div>
)

const sentence = (text: string) => {
  const begun = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(begun) ? begun : `${begun}.`
}

/** Nothing to list, and why that is fine or how it changes. */
export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <p>
      <b>{title}</b>
    </p>
    {children && <p>{children}</p>}
  </div>
)

/** Takes the place of what is being read for the first time. */
export const Loading = ({ what }: { what: string }) => (
  <p class="loading" role="status">
    Reading {what}…
  </p>
)
