import { render } from "preact"
import type { ClientInfo } from "../client/wire.ts"
import { createApp } from "./app.ts"
import { createAttention } from "./attention.ts"
import { Connection } from "./connection.ts"
import { Credentials, takeToken } from "./credentials.ts"
import { loadIdentity } from "./device.ts"
import { createDrafts } from "./drafts.ts"
import { createGateway } from "./gateway.ts"
import { chatOf, createRouter } from "./router.ts"
import { endSession, exchange } from "./session.ts"
import { createTheme } from "./theme.ts"
import { wrongToken } from "./trouble.ts"
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
  const theme = createTheme(document.documentElement, localStorage)
  const linked = takeToken(window)
  // The page's files lie at the base path, whichever page the address names.
  const router = createRouter(window, new URL(".", import.meta.url).pathname)
  const vault = await openVault()
  const credentials = new Credentials(vault, sessionStorage, exchange)

  const app = createApp({
    session: router.place.value.query.get("session") ?? undefined,
    now: () => Date.now(),
    newId: () => crypto.randomUUID(),
    onSelect: (key) => router.go(chatOf(key)),
  })
  const identity = await loadIdentity(vault)
  const gateway = createGateway(app.link, identity?.id)
  // The page's own address is the only gateway it ever talks to.
  const connection = new Connection({
    url: location.origin.replace(/^http/, "ws") + router.base,
    origin: location.origin,
    client,
    identity,
    credentials,
    onLink(link) {
      app.linkChanged(link)
      if (link.kind === "open") gateway.freshen()
    },
    onEvent(name, payload) {
      app.heard(name, payload)
      gateway.heard(name, payload)
    },
    onGap() {
      void app.refresh()
      gateway.freshen()
    },
  })
  app.use(connection)
  gateway.use(connection)

  const retry = () => connection.open()
  const signIn = async (token?: string) => {
    const isRight = await credentials.useToken(token)
    if (isRight || (await credentials.any())) return retry()
    if (app.link.value.kind !== "open") app.linkChanged({ kind: "stopped", trouble: wrongToken })
  }
  const signOut = async () => {
    try {
      await endSession()
    } catch {
      app.notice.value = "Could not sign out: the gateway did not answer. Try again when it does."
      return
    }
    connection.close()
    await credentials.forget()
    location.reload()
  }
  render(
    <Shell
      app={app}
      gateway={gateway}
      attention={createAttention(gateway)}
      drafts={createDrafts(sessionStorage)}
      router={router}
      theme={theme}
      onRetry={retry}
      onSecret={({ kind, value }) => {
        if (kind === "token") return void signIn(value)
        credentials.usePassword(value)
        retry()
      }}
      onSignOut={() => void signOut()}
    />,
    root,
  )
  void signIn(linked)
  void loadRenderer()

  addEventListener("online", retry)
  // A dashboard link opened where the page already is.
  addEventListener("hashchange", () => {
    const token = takeToken(window)
    if (token) void signIn(token)
  })
}

const root = document.getElementById("app")
if (root) void startPage(root)
