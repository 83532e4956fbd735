import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import type { Browser, Page } from "playwright-core"
import { launchBrowser, noBrowser, openPage } from "../support/browser.ts"
import { hostile } from "../support/hostile-markdown.ts"
import { startUiGateway } from "../support/ui-gateway.ts"
import type { UiGateway } from "../support/ui-gateway.ts"

const assistant = (text: string) => ({ role: "assistant", content: [{ type: "text", text }] })

/** Streams an answer word by word, with a tool in between, and finishes it. */
const answerFully = (gateway: UiGateway, question: string) =>
  gateway.answer(question, (runId, sessionKey) => {
    const chat = (seq: number, rest: object) =>
      gateway.emit("chat", { runId, sessionKey, seq, state: "delta", ...rest })
    const tool = (data: object) =>
      gateway.emit("agent", {
        runId,
        sessionKey,
        stream: "tool",
        data: { toolCallId: "t1", name: "exec", ...data },
      })
    tool({ phase: "start", args: { command: "fased doctor" } })
    tool({ phase: "result", result: "All is well." })
    chat(1, { deltaText: "I can **help**", message: assistant("I can **help**") })
    const whole = "I can **help**.\n\n```sh\nfased status\n```"
    chat(2, { state: "final", message: assistant(whole) })
  })

const message = (page: Page) => page.getByLabel("Message", { exact: true })
const answers = (page: Page) => page.getByRole("article", { name: "Assistant" })

const why = noBrowser ? ` (skipped: ${noBrowser})` : ""
describe.skipIf(noBrowser !== undefined)(`the page in a browser${why}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  const inBrowser = (
    name: string,
    steps: (scene: { gateway: UiGateway; page: Page }) => Promise<void>,
    { dropped = false, refused = false } = {},
  ) =>
    test(
      name,
      async () => {
        await using gateway = await startUiGateway()
        await using scene = await openPage(browser)
        scene.page.setDefaultTimeout(8000)
        await steps({ gateway, page: scene.page })
        // The browser itself reports what the gateway refused; nothing else may complain.
        const complaints = scene.complaints.filter(
          (text) =>
            !(dropped && text.includes("WebSocket connection to")) &&
            !(refused && text.includes("status of 401")),
        )
        expect(complaints).toEqual([])
        expect([...scene.hosts]).toEqual([`127.0.0.1:${gateway.port}`])
      },
      20_000,
    )

  inBrowser(
    "a dashboard link connects, and its token leaves the address",
    async ({ gateway, page }) => {
      await page.goto(gateway.dashboardUrl)
      await page.getByText("Connected").waitFor()
      expect(page.url()).toBe(gateway.url)
      const kept = () => JSON.stringify([localStorage, sessionStorage, document.cookie])
      expect(await page.evaluate(kept)).not.toContain(gateway.token)
      expect(gateway.connects[0]!.auth).toBeUndefined()
      await page.getByText("fased/guide").first().waitFor()
      await page.getByText("Is everything ok?").waitFor()
    },
  )

  inBrowser(
    "on a phone, what asks for the token fits, and the first question is read from its beginning",
    async ({ gateway, page }) => {
      await page.setViewportSize({ width: 360, height: 640 })
      await page.goto(gateway.url)
      const { x, width } = (await page.getByRole("button", { name: "Connect" }).boundingBox())!
      expect(x + width).toBeLessThanOrEqual(345)
      await page.goto(gateway.dashboardUrl)
      const question = page.getByRole("heading", { name: "What would you like to know?" })
      await page.getByText("and answers with").waitFor()
      const { y } = (await question.boundingBox())!
      expect(y).toBeGreaterThan(80)
    },
    { refused: true },
  )

  inBrowser(
    "a reload without the link still connects, with this browser's own token",
    async ({ gateway, page }) => {
      await page.goto(gateway.dashboardUrl)
      await page.getByText("Connected").waitFor()
      await page.evaluate(() => sessionStorage.clear())
      await page.reload()
      await page.getByText("Connected").waitFor()
      const [first, second] = gateway.connects
      expect(second!.auth).toEqual({ deviceToken: [...gateway.deviceTokens][0]! })
      expect(second!.device!.id).toBe(first!.device!.id)
    },
  )

  inBrowser(
    "a question is asked and the answer streams in, tools and code with it",
    async ({ gateway, page }) => {
      answerFully(gateway, "What can you do?")
      await page.goto(gateway.dashboardUrl)
      await page.getByRole("button", { name: /What can you do/ }).click()
      await page.getByRole("button", { name: "Copy code" }).waitFor()
      const answer = answers(page)
      expect(await answer.locator("strong").textContent()).toBe("help")
      expect(await answer.locator("pre code").textContent()).toBe("fased status")
      await answer.getByText("exec", { exact: true }).click()
      await answer.getByText("All is well.").waitFor()
      expect(await gateway.received("chat.send")).toMatchObject({
        sessionKey: "agent:main:main",
        message: "What can you do?",
      })
    },
  )

  inBrowser("Enter sends, Shift+Enter makes a new line", async ({ gateway, page }) => {
    await page.goto(gateway.dashboardUrl)
    await page.getByText("Connected").waitFor()
    await message(page).fill("first")
    await message(page).press("Shift+Enter")
    await message(page).pressSequentially("second")
    await message(page).press("Enter")
    expect(await gateway.received("chat.send")).toMatchObject({ message: "first\nsecond" })
    expect(await message(page).inputValue()).toBe("")
  })

  inBrowser(
    "a running answer can be stopped and keeps what was said",
    async ({ gateway, page }) => {
      gateway.answer("Tell me a story", (runId, sessionKey) =>
        gateway.emit("chat", {
          runId,
          sessionKey,
          seq: 1,
          state: "delta",
          message: assistant("Once"),
        }),
      )
      await page.goto(gateway.dashboardUrl)
      await page.getByText("Connected").waitFor()
      await message(page).fill("Tell me a story")
      await message(page).press("Enter")
      await answers(page).getByText("Once").waitFor()
      await page.getByRole("button", { name: "Stop the answer" }).click()
      await page.getByText("Stopped here.").waitFor()
      expect(await answers(page).textContent()).toContain("Once")
      await page.getByRole("button", { name: "Send" }).waitFor()
    },
  )

  inBrowser(
    "a draft survives a restart of the gateway, and the page comes back by itself",
    async ({ gateway, page }) => {
      await page.goto(gateway.dashboardUrl)
      await page.getByText("Connected").waitFor()
      await message(page).fill("half a thought")
      gateway.drop({ reason: "update", restartExpectedMs: 300 })
      await page.getByText("The gateway is restarting.").waitFor()
      await page.getByText("Connected").waitFor()
      expect(await message(page).inputValue()).toBe("half a thought")
    },
  )

  inBrowser(
    "a gateway that is gone is named, with what to run",
    async ({ gateway, page }) => {
      await page.goto(gateway.dashboardUrl)
      await page.getByText("Connected").waitFor()
      await gateway.down()
      await page
        .getByText("The gateway is not answering")
        .or(page.getByText("The connection was lost"))
        .waitFor()
      gateway.up()
      await page.getByRole("button", { name: /Try now/ }).click()
      await page.getByText("Connected").waitFor()
    },
    { dropped: true },
  )

  inBrowser(
    "without a token the page asks for one, and takes it",
    async ({ gateway, page }) => {
      await page.goto(gateway.url)
      await page.getByText("fased dashboard").waitFor()
      await page.getByLabel("Token", { exact: true }).fill("not this")
      await page.getByRole("button", { name: "Connect" }).click()
      await page.getByText("That token was not accepted").waitFor()
      await page.getByLabel("Token", { exact: true }).fill(gateway.token)
      await page.getByRole("button", { name: "Connect" }).click()
      await page.getByText("Connected").waitFor()
    },
    { refused: true },
  )

  inBrowser(
    "signing out forgets this browser, and the next one has to sign in",
    async ({ gateway, page }) => {
      await page.goto(gateway.dashboardUrl)
      await page.getByText("Connected").click()
      await page.getByRole("button", { name: "Sign out" }).click()
      await page.getByText("This page needs the gateway's token once").waitFor()
      expect(gateway.connects.at(-1)!.auth).toBeUndefined()
      expect(await page.context().cookies()).toEqual([])
    },
  )

  inBrowser(
    "an address cannot send the token elsewhere, nor give one in its query",
    async ({ gateway, page }) => {
      await using evil = await startUiGateway()
      const ws = evil.url.replace("http", "ws")
      for (const address of [
        `?gatewayUrl=${ws}&token=${gateway.token}`,
        `#gatewayUrl=${ws}`,
        `?url=${ws}`,
      ]) {
        await page.goto(gateway.url + address)
        await page.getByText("fased dashboard").waitFor()
        expect(page.url()).not.toContain("gatewayUrl")
      }
      expect(evil.connects).toEqual([])
      expect(gateway.connects.every(({ auth }) => auth === undefined)).toBe(true)
    },
  )

  inBrowser("hostile messages stay words", async ({ gateway, page }) => {
    // High enough for all of them: turns out of sight are not there.
    await page.setViewportSize({ width: 1280, height: 20_000 })
    gateway.transcripts.set(
      "agent:main:main",
      hostile.flatMap((text, index) => [
        { role: "user", content: text, idempotencyKey: `k${index}:user` },
        { ...assistant(text), stopReason: "stop" },
      ]),
    )
    await page.goto(gateway.dashboardUrl)
    await answers(page).last().waitFor()
    await page.locator(".prose.plain").first().waitFor({ state: "detached" })
    expect(await answers(page).count()).toBe(hostile.length)
    expect(await page.evaluate(() => "pwned" in globalThis)).toBe(false)
    const markup = answers(page).locator("script, iframe, style, form, base, meta, img")
    expect(await markup.count()).toBe(0)
    const hrefs = await answers(page)
      .locator("a")
      .evaluateAll((all) => all.map((a) => a.getAttribute("href")!))
    for (const href of hrefs) expect(href).toMatch(/^(?:https?|mailto):/)
  })

  inBrowser(
    "on a phone the conversations open over the chat and go away with Escape",
    async ({ gateway, page }) => {
      await page.setViewportSize({ width: 390, height: 844 })
      gateway.transcripts.set("agent:main:trip", [{ role: "user", content: "Plan the trip" }])
      await page.goto(gateway.dashboardUrl)
      await page.getByText("Connected").waitFor()
      const trip = page.getByRole("button", { name: /Plan the trip/ })
      expect(await trip.isVisible()).toBe(false)
      await page.getByRole("button", { name: "Show conversations" }).click()
      await trip.waitFor()
      await page.keyboard.press("Escape")
      await trip.waitFor({ state: "hidden" })
      await page.getByRole("button", { name: "Show conversations" }).click()
      await trip.click()
      await trip.waitFor({ state: "hidden" })
      await page.getByRole("article", { name: "You" }).getByText("Plan the trip").waitFor()
      expect(page.url()).toBe(`${gateway.url}?session=agent%3Amain%3Atrip`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      expect(wide).toBe(390)
    },
  )
})
