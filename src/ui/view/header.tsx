import type { ComponentChildren } from "preact"
import type { App } from "../app.ts"
import { duration } from "../words.ts"
import { Icon, Logo } from "../parts/icon.tsx"

const linkWords = {
  connecting: "Connecting",
  open: "Connected",
  waiting: "Reconnecting",
  stopped: "Not connected",
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

const Facts = ({ app, now }: { app: App; now: number }) => {
  const link = app.link.value
  if (link.kind !== "open") return null
  const { server, snapshot } = link.hello
  const up = snapshot?.uptimeMs
  const count = app.list.total.value
  return (
    <dl class="facts">
      {app.model.value && <Fact name="Model">{app.model}</Fact>}
      <Fact name="Sessions">{count}</Fact>
      {up !== undefined && <Fact name="Up">{duration(up + now - link.since)}</Fact>}
      {server?.version && <Fact name="Version">{server.version}</Fact>}
    </dl>
  )
}

interface Props {
  app: App
  now: number
  /** Absent while there are no pages to go to. */
  onMenu?: () => void
  onSignOut: () => void
}

export const Header = ({ app, now, onMenu, onSignOut }: Props) => {
  const { kind } = app.link.value
  return (
    <header class="top">
      {onMenu && (
        <button type="button" class="quiet menu" aria-label="Show the pages" onClick={onMenu}>
          <Icon name="menu" />
        </button>
      )}
      <div class="brand">
        <Logo />
        fased
      </div>
      <Facts app={app} now={now} />
      <details class="status">
        <summary class={kind}>
          <i aria-hidden="true" />
          <span role="status" aria-label={linkWords[kind]}>
            {linkWords[kind]}
          </span>
        </summary>
        <div class="status-body">
          <Facts app={app} now={now} />
          {kind === "open" && (
            <button type="button" class="sign-out" onClick={onSignOut}>
              Sign out
            </button>
          )}
        </div>
      </details>
    </header>
  )
}
