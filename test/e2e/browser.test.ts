/** Chromium drives the Control UI that the binary serves. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import type { Browser, Page } from "playwright-core"
import { answeredBy, freshHome } from "../support/binary.ts"
import { launchBrowser, noBrowser, openPage } from "../support/browser.ts"
import { fakeModel } from "../support/fake-model.ts"

const message = (page: Page) => page.getByLabel("Message", { exact: true })
const connected = (page: Page) => page.getByRole("status", { name: "Connected" })
const answers = (page: Page) => page.getByRole("article", { name: "Assistant" })

const why = noBrowser ? ` (skipped: ${noBrowser})` : ""
describe.skipIf(noBrowser !== undefined)(`the page the binary serves${why}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test("a newcomer opens the dashboard link, asks, reads, and comes back", async () => {
    await using home = freshHome()
    await using gateway = await home.start()
    await using scene = await openPage(browser)
    const { page } = scene
    page.setDefaultTimeout(10_000)

    await page.goto(gateway.dashboardUrl)
    await connected(page).waitFor()
    expect(page.url()).toBe(gateway.url)

    await page.getByRole("button", { name: /What can you do/ }).click()
    const answer = answers(page).last()
    await answer.getByText("not a language model").waitFor()
    await page.getByRole("button", { name: "Send" }).waitFor()
    await answer.locator(".prose strong, .prose li, .prose code").first().waitFor()
    expect(await answer.textContent()).not.toContain("**")

    await page.reload()
    await connected(page).waitFor()
    expect(page.url()).toBe(gateway.url)
    await answers(page).last().getByText("not a language model").waitFor()
    expect(await page.getByText("What can you do?").count()).toBeGreaterThan(0)

    await page.waitForLoadState("networkidle")
    expect(scene.complaints).toEqual([])
    expect([...scene.hosts]).toEqual([new URL(gateway.url).host])
  })

  test("an answer streams in and can be stopped; what was said stays, there and in the transcript", async () => {
    await using model = fakeModel({
      turns: [{ text: "Once upon a **time** there was a heron.", holdAfter: 4 }],
    })
    await using home = freshHome()
    home.configure(answeredBy(model))
    await using gateway = await home.start()
    await using scene = await openPage(browser)
    const { page } = scene
    page.setDefaultTimeout(10_000)

    await page.goto(gateway.dashboardUrl)
    await message(page).fill("Tell me a story")
    await connected(page).waitFor()
    await message(page).press("Enter")
    await answers(page).locator("strong", { hasText: "time" }).waitFor()
    await page.getByRole("button", { name: "Stop the answer" }).click()
    await model.hungUp()
    await page.getByText("Stopped here.").waitFor()
    await page.getByRole("button", { name: "Send" }).waitFor()
    expect(await answers(page).textContent()).not.toContain("heron")

    await page.reload()
    await answers(page).getByText("Once upon a").waitFor()
    expect(scene.complaints).toEqual([])
  })

  test("the page comes back by itself when the gateway was restarted", async () => {
    await using home = freshHome()
    const first = await home.start()
    await using scene = await openPage(browser)
    const { page } = scene
    page.setDefaultTimeout(15_000)
    await page.goto(first.dashboardUrl)
    await connected(page).waitFor()
    await message(page).fill("half a thought")
    await first.end()
    await connected(page).waitFor({ state: "detached" })
    await using _second = await home.start({ port: first.port })
    await connected(page).waitFor()
    expect(await message(page).inputValue()).toBe("half a thought")
    // The browser itself reports the sockets that were refused in between; nothing else complains.
    const complaints = scene.complaints.filter((text) => !text.includes("WebSocket connection to"))
    expect(complaints).toEqual([])
  })

  test("a gateway that dies in the middle of an answer finishes it once it is back", async () => {
    await using model = fakeModel({
      turns: [
        { text: "Once upon a time there was a heron.", holdAfter: 3 },
        "Once upon a time there was a heron, and it flew.",
      ],
    })
    await using home = freshHome()
    home.configure(answeredBy(model))
    const first = await home.start()
    await using scene = await openPage(browser)
    const { page } = scene
    page.setDefaultTimeout(20_000)
    await page.goto(first.dashboardUrl)
    await connected(page).waitFor()
    await message(page).fill("Tell me a story")
    await message(page).press("Enter")
    await answers(page).getByText("Once upon").waitFor()
    await message(page).fill("and then?")
    await first.end("SIGKILL")
    await connected(page).waitFor({ state: "detached" })
    expect(await answers(page).getByText("Once upon").isVisible()).toBe(true)
    await using _second = await home.start({ port: first.port })
    await answers(page).last().getByText("and it flew.").waitFor()
    await page.getByRole("button", { name: "Stop the answer" }).waitFor({ state: "detached" })
    expect(await answers(page).count()).toBe(1)
    expect(await message(page).inputValue()).toBe("and then?")
  }, 60_000)

  test("without the link the page asks for the token", async () => {
    await using home = freshHome()
    await using gateway = await home.start()
    await using scene = await openPage(browser)
    const { page } = scene
    await page.goto(gateway.url)
    await page.getByText("fased dashboard").waitFor()
    await page.getByLabel("Token", { exact: true }).fill(gateway.token)
    await page.getByRole("button", { name: "Connect" }).click()
    await connected(page).waitFor()
    expect(scene.complaints).toEqual([])
  })
})
