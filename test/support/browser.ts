import { existsSync } from "node:fs"
import { chromium } from "playwright-core"
import type { Browser, BrowserContextOptions } from "playwright-core"

const executablePath = Bun.env.CHROMIUM ?? "/usr/bin/chromium"

/** Why browser tests cannot run here, if they cannot. CI must have a browser. */
export const noBrowser =
  existsSync(executablePath) || Bun.env.CI === "true" ? undefined : `${executablePath} is missing`

/** One Chromium with a fresh profile of its own; `names` are looked up as this machine. */
export const launchBrowser = (names: readonly string[] = []) =>
  chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...(names.length
        ? [`--host-resolver-rules=${names.map((name) => `MAP ${name} 127.0.0.1`).join(",")}`]
        : []),
    ],
  })

/** A page that has never been anywhere. It keeps what the browser complained about, and whom it called. */
export const openPage = async (browser: Browser, options?: BrowserContextOptions) => {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const complaints: string[] = []
  const hosts = new Set<string>()
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text())
  })
  page.on("pageerror", (error) => complaints.push(String(error)))
  page.on("request", (request) => hosts.add(new URL(request.url()).host))
  page.on("websocket", (socket) => hosts.add(new URL(socket.url()).host))
  return { page, complaints, hosts, [Symbol.asyncDispose]: () => context.close() }
}
