import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { launchBrowser, noBrowser, openPage } from "../support/browser.ts"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"

const name = "fased.example"
const elsewhere = "mail.example"

/** A port that was free a moment ago: the origins on the list name it, so it must be known first. */
const freePort = () => {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } })
  const { port } = server
  server.stop(true)
  return port
}

/** A gateway that browsers reach as `https://fased.example:<port>`, or without the s. */
const startRemote = async ({ tls = true, basePath = "/" } = {}) => {
  const port = freePort()
  const origin = `${tls ? "https" : "http"}://${name}:${port}`
  const controlUi = { allowedOrigins: [origin], basePath }
  const gateway = await startGateway({
    config: { gateway: { controlUi, tls: { enabled: tls } } },
    start: { port },
  })
  return Object.assign(gateway, { origin })
}
type Remote = Awaited<ReturnType<typeof startRemote>>

const field = (page: Page) => page.getByLabel("Token", { exact: true })
const submit = (page: Page) => page.getByRole("button", { name: "Sign in" }).click()

/** Approves the one browser that waits for it. */
const approve = async ({ client }: TestGateway, page: Page) => {
  await page.getByText("Approve this browser").waitFor()
  const { pending } = (await client.request("device.pair.list")) as {
    pending: { requestId: string }[]
  }
  for (const { requestId } of pending) await client.request("device.pair.approve", { requestId })
}

const why = noBrowser ? ` (skipped: ${noBrowser})` : ""
describe.skipIf(noBrowser !== undefined)(`signing in with a browser${why}`, () => {
  let browser: Browser
  let remote: Remote
  beforeAll(async () => {
    browser = await launchBrowser([name, elsewhere])
    remote = await startRemote()
  })
  afterAll(async () => {
    await browser?.close()
    await remote?.[Symbol.asyncDispose]()
  })

  const visit = async (options: BrowserContextOptions = {}) => {
    const scene = await openPage(browser, { ignoreHTTPSErrors: true, ...options })
    scene.page.setDefaultTimeout(8000)
    return scene
  }
  const inBrowser = (sentence: string, steps: () => Promise<void>) => test(sentence, steps, 30_000)

  inBrowser("the token opens the page that was asked for; nothing of it stays behind", async () => {
    await using scene = await visit()
    const { page, complaints, hosts } = scene
    await page.goto(`${remote.origin}/chat?session=agent%3Amain%3Amain`)
    await page.getByRole("heading", { name: "Sign in to your gateway" }).waitFor()
    expect(await page.getByText("not encrypted").count()).toBe(0)
    await field(page).fill(testToken)
    await submit(page)
    await approve(remote, page)
    await page.getByText("Connected").waitFor()
    expect(new URL(page.url()).pathname).toBe("/chat")
    const kept = () => JSON.stringify([localStorage, sessionStorage, document.cookie])
    expect(await page.evaluate(kept)).not.toContain(testToken)
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({
      name: "fased_ui_session",
      httpOnly: true,
      secure: true,
      sameSite: "Strict",
      path: "/",
    })
    await page.reload()
    await page.getByText("Connected").waitFor()
    expect(complaints).toEqual([])
    expect([...hosts]).toEqual([new URL(remote.origin).host])
  })

  inBrowser("a wrong token is said, and the right one still counts", async () => {
    await using scene = await visit()
    const { page } = scene
    await page.goto(remote.origin)
    await field(page).fill("not this one")
    await submit(page)
    await page.getByRole("alert").getByText("That token was not accepted").waitFor()
    expect(await field(page).getAttribute("aria-invalid")).toBe("true")
    await field(page).fill(testToken)
    await field(page).press("Enter")
    await page.getByText("Approve this browser").waitFor()
  })

  inBrowser("a dashboard link signs in by itself, and its token leaves the address", async () => {
    await using scene = await visit()
    const { page } = scene
    await page.goto(`${remote.origin}/#token=${testToken}`)
    await page.getByText("Approve this browser").waitFor()
    expect(page.url()).toBe(`${remote.origin}/`)
  })

  inBrowser("without scripts the form works all the same, over http too", async () => {
    await using plain = await startRemote({ tls: false })
    for (const { origin } of [remote, plain]) {
      await using scene = await visit({ javaScriptEnabled: false })
      const { page } = scene
      await page.goto(`${origin}/chat`)
      await field(page).fill("not this one")
      await submit(page)
      await page.getByText("That token was not accepted").waitFor()
      await field(page).fill(testToken)
      await submit(page)
      await page.locator("noscript p").waitFor()
      expect(page.url()).toBe(`${origin}/chat`)
    }
  })

  inBrowser("over plain http the page says what cannot work, and how it could", async () => {
    await using plain = await startRemote({ tls: false })
    await using scene = await visit()
    const { page } = scene
    await page.goto(plain.origin)
    await page.getByText("This address is not encrypted").waitFor()
    await field(page).fill(testToken)
    await submit(page)
    await page.getByText("This page needs a secure address").waitFor()
  })

  inBrowser("a link on another site leads to the page, not to its door", async () => {
    await using scene = await visit()
    const { page } = scene
    await page.goto(remote.origin)
    await field(page).fill(testToken)
    await submit(page)
    await page.getByText("Approve this browser").waitFor()
    await using mail = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () =>
        new Response(`<a href="${remote.origin}/chat?session=x">there</a>`, {
          headers: { "content-type": "text/html" },
        }),
    })
    await page.goto(`http://${elsewhere}:${mail.port}/`)
    await page.getByText("there").click()
    await page.getByText("Approve this browser").waitFor()
    expect(page.url()).toBe(`${remote.origin}/chat?session=x`)
  })

  inBrowser(
    "signing out leads back to the door, in every tab, and the cookie is gone",
    async () => {
      await using scene = await visit()
      const { page } = scene
      await page.goto(`${remote.origin}/#token=${testToken}`)
      await approve(remote, page)
      await page.getByText("Connected").waitFor()
      const other = await page.context().newPage()
      await other.goto(remote.origin)
      await other.getByText("Connected").waitFor()

      await page.getByText("Connected").click()
      await page.getByRole("button", { name: "Sign out" }).click()
      await page.getByRole("heading", { name: "Sign in to your gateway" }).waitFor()
      expect(await page.context().cookies()).toEqual([])
      await other.getByText("This page needs the gateway's token once").waitFor()
    },
  )

  inBrowser("another token ends the sign-in of an open page", async () => {
    await using turning = await startRemote()
    await using scene = await visit()
    const { page } = scene
    await page.goto(`${turning.origin}/#token=${testToken}`)
    await page.getByText("Approve this browser").waitFor()
    const written = JSON.parse(await Bun.file(turning.paths.config).text())
    written.gateway.auth.token = "another-token-0123456789abcdef0123456789abcdef"
    await Bun.write(turning.paths.config, JSON.stringify(written))
    await page.getByText("This page needs the gateway's token once").waitFor()
    await page.reload()
    await page.getByRole("heading", { name: "Sign in to your gateway" }).waitFor()
  })

  inBrowser("it works under a path as well", async () => {
    await using below = await startRemote({ basePath: "/fased" })
    await using scene = await visit()
    const { page, complaints } = scene
    await page.goto(`${below.origin}/fased/`)
    await field(page).fill(`${below.origin}/fased/#token=${testToken}`)
    await submit(page)
    await approve(below, page)
    await page.getByText("Connected").waitFor()
    await page.getByText("Connected").click()
    await page.getByRole("button", { name: "Sign out" }).click()
    await page.getByRole("heading", { name: "Sign in to your gateway" }).waitFor()
    expect(page.url()).toStartWith(`${below.origin}/fased/`)
    expect(complaints).toEqual([])
  })
})
