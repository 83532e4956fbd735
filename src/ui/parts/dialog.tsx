import type { ComponentChildren } from "preact"
import { useEffect, useId, useRef } from "preact/hooks"
import { Icon } from "./icon.tsx"

interface Props {
  title: string
  /** It holds more than a few fields. */
  isWide?: true
  onClose: () => void
  children: ComponentChildren
}

/** Over the page until it is closed: by its buttons, by Escape, or by a click beside it. */
export const Dialog = ({ title, isWide, onClose, children }: Props) => {
  const box = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    // Keeps the focus inside, and gives it back to where it was.
    const before = document.activeElement
    box.current?.showModal()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={box}
      class={isWide ? "dialog wide" : "dialog"}
      aria-labelledby={id}
      onClose={onClose}
      onClick={({ target }) => target === box.current && onClose()}
    >
      <div class="dialog-body">
        <header>
          <h2 id={id}>{title}</h2>
          <button type="button" class="quiet square" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
