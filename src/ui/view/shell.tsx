import { useRef, useState } from "preact/hooks"
import { useNow } from "../now.ts"
import { Drawer } from "../parts/drawer.tsx"
import { OpenQuestion } from "../parts/question.tsx"
import { Toasts } from "../parts/toast.tsx"
import type { PageProps } from "../routes.ts"
import type { ThemeSwitch } from "../theme.ts"
import { Header } from "./header.tsx"
import { Navigation } from "./navigation.tsx"
import { Page } from "./page.tsx"
import { TroubleLine, TroublePage } from "./trouble.tsx"
import type { Secret } from "./trouble.tsx"

export interface ShellProps extends PageProps {
  theme: ThemeSwitch
  onSecret: (secret: Secret) => void
  onSignOut: () => void
}

/** What is around every page: the head, the navigation, and what keeps the page from its gateway. */
export const Shell = ({ theme, onSecret, onSignOut, ...page }: ShellProps) => {
  const { app, router, attention, onRetry } = page
  const link = app.link.value
  const now = useNow(link.kind === "waiting" ? 1000 : 30_000)
  const [isMenuOpen, setMenuOpen] = useState(false)
  const main = useRef<HTMLElement>(null)

  const troubled = link.kind === "waiting" || link.kind === "stopped"
  const blocked = troubled && (link.kind === "stopped" || !app.everOpen.value)
  const isChat = ["", "chat"].includes(router.place.value.page)
  return (
    <div class="shell">
      {!blocked && (
        <a
          class="skip"
          href="#content"
          onClick={(event) => {
            event.preventDefault()
            main.current?.focus()
          }}
        >
          Skip to the content
        </a>
      )}
      <Header
        app={app}
        now={now}
        onMenu={blocked ? undefined : () => setMenuOpen(true)}
        onSignOut={onSignOut}
      />
      {blocked ? (
        <TroublePage link={link} now={now} onRetry={onRetry} onSecret={onSecret} />
      ) : (
        <>
          <Drawer
            class="nav"
            isOpen={isMenuOpen}
            closeLabel="Hide the pages"
            onClose={() => setMenuOpen(false)}
          >
            <Navigation
              router={router}
              attention={attention}
              theme={theme}
              onGo={() => setMenuOpen(false)}
            />
          </Drawer>
          <main class="main" id="content" ref={main} tabIndex={-1} inert={isMenuOpen}>
            {troubled && !isChat && <TroubleLine link={link} now={now} onRetry={onRetry} />}
            <Page {...page} />
          </main>
        </>
      )}
      <OpenQuestion />
      <Toasts />
      <div class="hidden" role="log" aria-live="polite">
        {app.announcement}
      </div>
    </div>
  )
}
