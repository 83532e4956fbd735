import { useEffect, useRef, useState } from "preact/hooks"
import type { App } from "../app.ts"
import type { Drafts } from "../drafts.ts"
import { Composer } from "./composer.tsx"
import { Conversation } from "./conversation.tsx"
import { Header } from "./header.tsx"
import { Icon } from "./icon.tsx"
import { Sessions } from "./sessions.tsx"
import { TroubleLine, TroublePage } from "./trouble.tsx"
import type { Secret } from "./trouble.tsx"

export interface ShellProps {
  app: App
  drafts: Drafts
  onRetry: () => void
  onSecret: (secret: Secret) => void
  onSignOut: () => void
}

/** The time, again and again while `everyMs` passes. */
const useNow = (everyMs: number) => {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

export const Shell = ({ app, drafts, onRetry, onSecret, onSignOut }: ShellProps) => {
  const link = app.link.value
  const now = useNow(link.kind === "waiting" ? 1000 : 30_000)
  const [listOpen, setListOpen] = useState(false)
  const closeButton = useRef<HTMLButtonElement>(null)

  useEffect(() => {
    if (!listOpen) return
    const before = document.activeElement
    closeButton.current?.focus()
    const pressed = ({ key }: KeyboardEvent) => key === "Escape" && setListOpen(false)
    addEventListener("keydown", pressed)
    return () => {
      removeEventListener("keydown", pressed)
      if (before instanceof HTMLElement) before.focus()
    }
  }, [listOpen])

  const troubled = link.kind === "waiting" || link.kind === "stopped"
  const blocked = troubled && (link.kind === "stopped" || !app.everOpen.value)
  return (
    <div class="shell">
      <Header
        app={app}
        now={now}
        onMenu={blocked ? undefined : () => setListOpen(true)}
        onSignOut={onSignOut}
      />
      {blocked ? (
        <TroublePage link={link} now={now} onRetry={onRetry} onSecret={onSecret} />
      ) : (
        <>
          <aside class={listOpen ? "side open" : "side"}>
            <button
              type="button"
              class="quiet close"
              aria-label="Hide conversations"
              ref={closeButton}
              onClick={() => setListOpen(false)}
            >
              <Icon name="close" />
            </button>
            <Sessions app={app} now={now} onChoose={() => setListOpen(false)} />
          </aside>
          {listOpen && <div class="backdrop" onClick={() => setListOpen(false)} />}
          <main class="main">
            <Conversation app={app} />
            {troubled && <TroubleLine link={link} now={now} onRetry={onRetry} />}
            {app.notice.value && (
              <div class="line" role="status">
                <Icon name="alert" />
                <p>{app.notice}</p>
                <button type="button" class="link" onClick={() => void app.refresh()}>
                  Try again
                </button>
              </div>
            )}
            <Composer app={app} drafts={drafts} />
          </main>
        </>
      )}
      <div class="hidden" role="log" aria-live="polite">
        {app.announcement}
      </div>
    </div>
  )
}
