import type { ComponentChildren } from "preact"
import { useEffect, useRef } from "preact/hooks"
import { Icon } from "./icon.tsx"

interface Props {
  class: string
  isOpen: boolean
  /** `Hide conversations`. */
  closeLabel: string
  onClose: () => void
  children: ComponentChildren
}

/** A column of the page; on a phone it comes in from the side and goes away again. */
export const Drawer = ({ class: style, isOpen, closeLabel, onClose, children }: Props) => {
  const closeButton = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!isOpen) return
    const before = document.activeElement
    closeButton.current?.focus()
    const pressed = ({ key }: KeyboardEvent) => key === "Escape" && onClose()
    addEventListener("keydown", pressed)
    return () => {
      removeEventListener("keydown", pressed)
      if (before instanceof HTMLElement) before.focus()
    }
  }, [isOpen])
  return (
    <>
      <div class={isOpen ? `drawer ${style} open` : `drawer ${style}`}>
        <button
          type="button"
          class="quiet close"
          aria-label={closeLabel}
          ref={closeButton}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
        {children}
      </div>
      {isOpen && <div class="backdrop" onClick={onClose} />}
    </>
  )
}
