import { signal } from "@preact/signals"
import { Icon } from "./icon.tsx"

interface Toast {
  id: number
  text: string
  isProblem: boolean
}

const shown = signal<Toast[]>([])
const shownMs = 6000
let last = 0

const dismiss = (id: number) => {
  shown.value = shown.value.filter((one) => one.id !== id)
}

const show = (text: string, isProblem: boolean) => {
  const id = ++last
  shown.value = [...shown.value.slice(-2), { id, text, isProblem }]
  // What went wrong stays until somebody has read it.
  if (!isProblem) setTimeout(() => dismiss(id), shownMs)
}

/** Says that something is done. */
export const toast = (text: string) => show(text, false)

/** Says that something the person asked for could not be done. */
export const problem = (text: string) => show(text, true)

/** Where `toast` and `problem` speak. */
export const Toasts = () => (
  <div class="toasts" role="status" aria-live="polite">
    {shown.value.map(({ id, text, isProblem }) => (
      <div key={id} class={isProblem ? "toast alarm" : "toast"}>
        <Icon name={isProblem ? "alert" : "check"} />
        <p>{text}</p>
        <button type="button" class="quiet square" aria-label="Dismiss" onClick={() => dismiss(id)}>
          <Icon name="close" />
        </button>
      </div>
    ))}
  </div>
)
