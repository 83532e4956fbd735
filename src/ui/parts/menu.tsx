import type { ComponentChildren } from "preact"
import { useEffect, useRef } from "preact/hooks"
import { Icon } from "./icon.tsx"

/** Things to do with what it stands beside. Closes after a choice, by Escape, and by a click elsewhere. */
export const Menu = ({ label, children }: { label: string; children: ComponentChildren }) => {
  const box = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const close = (focus: boolean) => {
      if (!box.current?.open) return
      box.current.open = false
      if (focus) box.current.querySelector("summary")?.focus()
    }
    const clicked = ({ target }: Event) => {
      if (!(target instanceof Node && box.current?.contains(target))) close(false)
    }
    const pressed = ({ key }: KeyboardEvent) => key === "Escape" && close(true)
    addEventListener("click", clicked)
    addEventListener("keydown", pressed)
    return () => {
      removeEventListener("click", clicked)
      removeEventListener("keydown", pressed)
    }
  }, [])
  return (
    <details class="menu-box" ref={box}>
      <summary class="quiet square" aria-label={label} title={label}>
        <Icon name="more" />
      </summary>
      <div
        class="menu-items"
        onClick={() => {
          if (box.current) box.current.open = false
        }}
      >
        {children}
      </div>
    </details>
  )
}
