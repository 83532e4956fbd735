/** Ten thousand messages in one conversation, and as many conversations. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import type { Browser, Page } from "playwright-core"
import { launchBrowser, noBrowser, openPage } from "../support/browser.ts"
import { startUiGateway } from "../support/ui-gateway.ts"

const key = "agent:main:main"
const count = 10_000

const row = (at: number) => ({
  role: at % 2 ? "assistant" : "user",
  content: [{ type: "text", text: `Message ${at}. ${"And so on. ".repeat(at % 17)}` }],
  timestamp: at,
  stopReason: "stop",
  __fased: { id: `m${at}`, seq: at, runId: `r${at - (at % 2)}` },
})

const shownRows = (page: Page) => page.locator("[data-row]").count()
const scrollTo = (page: Page, top: number) =>
  page.locator(".scroller").evaluate((box, top) => box.scrollTo({ top }), top)

const why = noBrowser ? ` (skipped: ${noBrowser})` : ""
describe.skipIf(noBrowser !== undefined)(`a long conversation${why}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test("is read page by page, and only what is in sight is there", async () => {
    await using gateway = await startUiGateway()
    gateway.transcripts.set(
      key,
      Array.from({ length: count }, (_, at) => row(at + 1)),
    )
    await using scene = await openPage(browser)
    const { page } = scene
    page.setDefaultTimeout(10_000)
    await page.goto(gateway.dashboardUrl)
    await page.getByText(`Message ${count}.`).waitFor()
    expect(await shownRows(page)).toBeLessThan(80)

    let oldest = count - 200
    while (oldest > 0) {
      const asked = gateway.received("chat.history", gateway.histories() + 1)
      await scrollTo(page, 0)
      await asked
      oldest -= 200
      expect(await shownRows(page)).toBeLessThan(120)
    }
    // The newest page of the past may come to stand above after a scroll to the top.
    const first = page.getByText("Message 1.", { exact: false }).first()
    while (!(await first.isVisible())) await scrollTo(page, 0)

    await page.getByRole("button", { name: "Jump to the newest message" }).click()
    await page.getByText(`Message ${count}.`).waitFor()
    expect(await shownRows(page)).toBeLessThan(120)
    expect(scene.complaints).toEqual([])
  }, 180_000)

  test("ten thousand conversations are listed a page at a time", async () => {
    await using gateway = await startUiGateway()
    for (let at = 1; at <= count; at++)
      gateway.transcripts.set(`agent:main:c${at}`, [{ role: "user", content: `Question ${at}` }])
    await using scene = await openPage(browser)
    const { page } = scene
    page.setDefaultTimeout(10_000)
    await page.goto(gateway.dashboardUrl)
    const list = page.getByRole("navigation", { name: "Conversations" })
    await list.getByText("Question 42", { exact: true }).waitFor()
    expect(await list.getByRole("listitem").count()).toBeLessThanOrEqual(101)
    await list.getByRole("button", { name: "Show more" }).click()
    await list.getByText("Question 142", { exact: true }).waitFor()
    await list.getByText("Question 142", { exact: true }).click()
    await page.getByRole("article", { name: "You" }).getByText("Question 142").waitFor()
    expect(scene.complaints).toEqual([])
  }, 40_000)

  test("what is read stays where it is when older messages arrive and an answer grows", async () => {
    await using gateway = await startUiGateway()
    gateway.transcripts.set(
      key,
      Array.from({ length: 600 }, (_, at) => row(at + 1)),
    )
    await using scene = await openPage(browser)
    const { page } = scene
    page.setDefaultTimeout(10_000)
    await page.goto(gateway.dashboardUrl)
    await page.getByText("Message 600.").waitFor()
    const asked = gateway.received("chat.history", 2)
    await scrollTo(page, 600)
    const place = () =>
      page.evaluate(() => {
        const box = document.querySelector(".scroller")!.getBoundingClientRect()
        const first = [...document.querySelectorAll<HTMLElement>("[data-row]")].find(
          (one) => one.getBoundingClientRect().bottom > box.top,
        )!
        return { row: first.dataset["row"]!, top: first.getBoundingClientRect().top }
      })
    await page.waitForFunction(() => document.querySelector(".to-end"))
    const before = await place()
    await asked
    const message = {
      role: "assistant",
      content: [{ type: "text", text: "Growing. ".repeat(200) }],
    }
    gateway.emit("chat", { runId: "new", sessionKey: key, seq: 1, state: "delta", message })
    await page.waitForFunction(() => document.querySelector(".scroller")!.scrollTop > 10_000)
    const top = await page
      .locator(`[data-row="${before.row}"]`)
      .evaluate((one) => one.getBoundingClientRect().top)
    expect(Math.abs(top - before.top)).toBeLessThan(3)
  }, 40_000)
})
