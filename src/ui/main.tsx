import { render } from "preact"
import type { ClientInfo } from "../client/wire.ts"
import { createApp } from "./app.ts"
import { Connection } from "./connection.ts"
import { Credentials, takeToken } from "./credentials.ts"
import { loadIdentity } from "./device.ts"
import { createDrafts } from "./drafts.ts"
import { openVault } from "./vault.ts"
import { loadRenderer } from "./view/rich-text.tsx"
import { Shell } from "./view/shell.tsx"

const client: ClientInfo = {
  id: "fased-control-ui",
  version: "1",
  platform: "web",
  mode: "ui",
}

const startPage = async (root: HTMLElement) => {
  const linked = takeToken(window)
  const vault = await openVault()
  const credentials = new Credentials(vault, sessionStorage)
  if (linked) credentials.useToken(linked)

  const app = createApp({
    session: new URLSearchParams(location.search).get("session") ?? undefined,
    now: () => Date.now(),
    newId: () => crypto.randomUUID(),
    onSelect: (key) =>
      history.replaceState(
        null,
        "",
        `${location.pathname}?${new URLSearchParams({ session: key })}`,
      ),
  })
  // The page's own address is the only gateway it ever talks to.
  const connection = new Connection({
    url: location.origin.replace(/^http/, "ws") + location.pathname,
    origin: location.origin,
    client,
    identity: await loadIdentity(vault),
    credentials,
    onLink: (link) => app.linkChanged(link),
    onEvent: (name, payload) => app.heard(name, payload),
    onGap: () => void app.refresh(),
  })
  app.use(connection)

  const retry = () => connection.open()
  render(
    <Shell
      app={app}
      drafts={createDrafts(sessionStorage)}
      onRetry={retry}
      onSecret={({ kind, value }) => {
        if (kind === "token") credentials.useToken(value)
        else credentials.usePassword(value)
        retry()
      }}
    />,
    root,
  )
  connection.open()
  void loadRenderer()

  addEventListener("online", retry)
  // A dashboard link opened where the page already is.
  addEventListener("hashchange", () => {
    const token = takeToken(window)
    if (!token) return
    credentials.useToken(token)
    retry()
  })
}

const root = document.getElementById("app")
if (root) void startPage(root)
