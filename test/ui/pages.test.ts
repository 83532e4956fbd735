/** What is done on the pages, in Chromium against a real gateway. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { chmodSync, statSync } from "node:fs"
import type { Browser, Page } from "playwright-core"
import { launchBrowser, noBrowser, openPage } from "../support/browser.ts"
import { startGateway, testToken } from "../support/gateway.ts"
import { livelyGateway, type LivelyGateway } from "../support/lively-gateway.ts"

const message = (page: Page) => page.getByLabel("Message", { exact: true })
const answers = (page: Page) => page.getByRole("article", { name: "Assistant" })
const connected = (page: Page) => page.getByRole("status", { name: "Connected" }).waitFor()

const why = noBrowser ? ` (skipped: ${noBrowser})` : ""
describe.skipIf(noBrowser !== undefined)(`the pages at work${why}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  const inBrowser = (
    name: string,
    steps: (scene: { gateway: LivelyGateway; page: Page }) => Promise<void>,
  ) =>
    test(
      name,
      async () => {
        await using gateway = await livelyGateway()
        await using scene = await openPage(browser)
        scene.page.setDefaultTimeout(10_000)
        await scene.page.goto(gateway.dashboardUrl)
        await connected(scene.page)
        await steps({ gateway, page: scene.page })
        expect(scene.complaints).toEqual([])
      },
      45_000,
    )

  inBrowser("a command is asked about in its chat, and runs once it is allowed", async (scene) => {
    const { gateway, page } = scene
    gateway.will(
      { text: "Looking.", tools: [{ name: "exec", input: { command: "echo heron > seen.txt" } }] },
      "It is done.",
    )
    await message(page).fill("Write it down")
    await message(page).press("Enter")
    const card = page.getByRole("region", { name: /echo heron/ })
    await card.getByText("echo heron > seen.txt").waitFor()
    expect(await page.getByRole("link", { name: /Approvals/ }).textContent()).toContain("1")
    await card.getByRole("button", { name: "Allow once" }).click()
    await answers(page).last().getByText("It is done.").waitFor()
    await card.waitFor({ state: "detached" })
    expect(await Bun.file(`${gateway.paths.state}/workspace/seen.txt`).text()).toBe("heron\n")
    await answers(page).last().getByText("exec", { exact: true }).click()
    await answers(page).last().getByText("Done", { exact: true }).waitFor()
  })

  inBrowser("a command can be denied on the page of approvals", async ({ gateway, page }) => {
    await gateway.askForApproval()
    await page.getByRole("link", { name: /Approvals/ }).click()
    const card = page.getByRole("region", { name: /certbot/ })
    await card.getByRole("button", { name: "Deny" }).click()
    await page.getByText("Nothing waits for you.").waitFor()
  })

  inBrowser("of a long list only the rows in sight are there", async ({ gateway, page }) => {
    const allowlist = Array.from({ length: 1500 }, (_, at) => ({
      pattern: `/opt/tools/tool-${at}`,
    }))
    await gateway.client.request("exec.approvals.set", {
      file: { version: 1, agents: { main: { allowlist } } },
    })
    await page.getByRole("link", { name: /Approvals/ }).click()
    const table = page.getByRole("region", { name: "Programs that are always allowed" })
    await table.getByText("/opt/tools/tool-0", { exact: true }).waitFor()
    expect(await table.getByRole("row").count()).toBeLessThan(60)
    await table.evaluate((box) => box.scrollTo({ top: box.scrollHeight }))
    await table.getByText("/opt/tools/tool-999", { exact: true }).waitFor()
    // The room for rows that are not there is as high as they would be.
    const height = await table.evaluate((box) => box.scrollHeight)
    expect(Math.abs(height - 1500 * 44)).toBeLessThan(60)
    expect(await table.getByRole("row").count()).toBeLessThan(60)
    await table.getByRole("button", { name: "Remove /opt/tools/tool-999" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click()
    await page.getByText("tool-999 asks again from now on.").waitFor()
    await table.getByText("/opt/tools/tool-998", { exact: true }).waitFor()
  })

  inBrowser(
    "what is said while an answer goes on waits, and is answered after it",
    async (scene) => {
      const { gateway, page } = scene
      gateway.will({ text: "The first answer takes its time.", holdAfter: 2 }, "The second one.")
      await message(page).fill("First?")
      await message(page).press("Enter")
      await answers(page).last().getByText("The first").waitFor()
      await message(page).fill("Second?")
      await message(page).press("Enter")
      await page.getByText("Waits until the answer above is done.").waitFor()
      gateway.model.release()
      await answers(page).last().getByText("The second one.").waitFor()
      await page.getByText("The first answer takes its time.").waitFor()
    },
  )

  inBrowser("a slash lists commands, and Tab completes one", async ({ page }) => {
    await message(page).fill("/thi")
    await page.getByRole("option", { name: /\/think/ }).waitFor()
    await message(page).press("Tab")
    expect(await message(page).inputValue()).toBe("/think ")
    await page.getByRole("option", { name: "high", exact: true }).waitFor()
    await message(page).press("Escape")
    await page.getByRole("listbox").waitFor({ state: "detached" })
    await message(page).fill("/status")
    await message(page).press("Enter")
    await answers(page)
      .last()
      .getByText(/fake-1/)
      .waitFor()
  })

  inBrowser("a conversation is found, renamed and archived", async ({ gateway, page }) => {
    await page.getByRole("searchbox").fill("dentist")
    const hit = page.getByRole("navigation", { name: "Conversations" }).getByRole("button", {
      name: /dentist/,
    })
    await hit.first().click()
    await answers(page).getByText("next Tuesday at 9:00").waitFor()
    const menu = page.getByLabel("More for this conversation")
    await menu.click()
    await page.getByRole("button", { name: "Rename" }).click()
    await page.getByLabel("Name", { exact: true }).fill("Teeth")
    await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click()
    await page.getByRole("heading", { name: "Teeth" }).waitFor()
    await menu.click()
    await page.getByRole("button", { name: "Archive" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Archive" }).click()
    await page.getByText("Archived “Teeth”.").waitFor()
    const { session } = (await gateway.client.request("sessions.describe", {
      key: "agent:main:dentist",
    })) as { session: object | null }
    expect(session).toBeNull()
    const nav = page.getByRole("navigation", { name: "Pages" })
    await nav.getByRole("link", { name: "Sessions" }).click()
    await page.getByRole("button", { name: "Archived" }).click()
    const archived = page.getByRole("region", { name: "Archived conversations" })
    await archived.getByRole("row", { name: /Teeth/ }).getByText("by hand").waitFor()
    await archived.getByRole("button", { name: /^Bring back/ }).click()
    await page.getByText("Done: next Tuesday at 9:00.").first().waitFor()
  })

  inBrowser("a message elsewhere marks that conversation as unread", async ({ gateway, page }) => {
    gateway.will("Eleven.")
    await gateway.say("agent:main:invoices", "And how many last year?")
    const row = page.getByRole("button", { name: /Unread: Which invoices/ })
    await row.waitFor()
    await row.click()
    await answers(page).last().getByText("Eleven.").waitFor()
    await row.waitFor({ state: "detached" })
  })

  inBrowser("pictures and texts go along with a message", async ({ gateway, page }) => {
    const png =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    await page.locator("input[type=file]").setInputFiles([
      { name: "dot.png", mimeType: "image/png", buffer: Buffer.from(png, "base64") },
      { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("bring an umbrella\n") },
    ])
    await page.getByText("notes.txt").waitFor()
    gateway.will("A dot, and a note.")
    await message(page).fill("What are these?")
    await message(page).press("Enter")
    await answers(page).last().getByText("A dot, and a note.").waitFor()
    const asked = page.getByRole("article", { name: "You" }).last()
    expect(await asked.getByRole("img").count()).toBe(1)
    await page.reload()
    await connected(page)
    // From the gateway's keeping this time.
    await asked.getByRole("img", { name: "Picture you sent" }).waitFor()
    const call = gateway.model.calls.at(-1)!
    expect(JSON.stringify(call.body)).toContain("bring an umbrella")
  })

  inBrowser("the way back leads through the conversations and pages before", async (scene) => {
    const { gateway, page } = scene
    await gateway.askForApproval("agent:main:invoices")
    const title = (text: string | RegExp) =>
      page.getByRole("heading", { level: 1, name: text }).waitFor()
    await page.getByRole("button", { name: /Move the dentist/ }).click()
    await title(/Move the dentist/)
    await page.getByRole("link", { name: /Approvals/ }).click()
    await page.getByRole("button", { name: "Open the conversation" }).click()
    await title(/Which invoices/)
    await page.goBack()
    await title("Approvals")
    await page.goBack()
    await title(/Move the dentist/)
    await page.goBack()
    await title(/Is everything well/)
    expect(page.url()).toBe(gateway.url)
    await page.getByRole("button", { name: /Move the dentist/ }).click()
    await page.getByRole("link", { name: "Overview" }).click()
    await title("Overview")
    await page.getByRole("link", { name: "Chat" }).click()
    await title(/Move the dentist/)
    expect(page.url()).toContain("dentist")
  })

  inBrowser("what was said can be edited, and a question asked again", async (scene) => {
    const { gateway, page } = scene
    const asked = page.getByRole("article", { name: "You" })
    await answers(page).last().hover()
    gateway.will("Still well.")
    await page.getByRole("button", { name: "Ask again" }).click()
    await answers(page).last().getByText("Still well.").waitFor()
    expect(await asked.last().textContent()).toContain("Is everything well on the server?")
    await asked.last().hover()
    await asked.last().getByRole("button", { name: "Edit" }).click()
    await page.waitForFunction(
      (text) => document.querySelector("textarea")?.value === text,
      "Is everything well on the server?",
    )
  })

  inBrowser("names from outside are words, whatever they say", async ({ gateway, page }) => {
    const name = `"><img src=x onerror="pwned=1">`
    await gateway.client.request("sessions.patch", { key: "main", label: name })
    await page.getByRole("heading", { name }).waitFor()
    await page.getByLabel("More for this conversation").click()
    await page.getByRole("button", { name: "Archive" }).click()
    await page.getByRole("dialog").getByText(name).waitFor()
    expect(await page.evaluate(() => "pwned" in globalThis)).toBe(false)
    expect(await page.locator("img").count()).toBe(0)
    await page.keyboard.press("Escape")
  })

  inBrowser("a code for a device is made, and a device removed after asking", async (scene) => {
    const { page } = scene
    await page.getByRole("link", { name: "Devices" }).click()
    await page.getByRole("button", { name: "Add a device" }).click()
    await page.getByLabel("Address it reaches this gateway by").fill("wss://gateway.example.com")
    await page.getByRole("button", { name: "Make a code" }).click()
    await page.getByText("Enter this code on the device").waitFor()
    await page.getByRole("button", { name: "Done" }).click()
    await page.getByRole("button", { name: /Remove Browser/ }).click()
    await page.getByRole("dialog").getByText("the browser you are using now").waitFor()
    await page.getByRole("button", { name: "Cancel" }).click()
    await page.getByRole("rowheader", { name: /Browser/ }).waitFor()
  })

  inBrowser("the overview tells how the gateway is and what the doctor found", async (scene) => {
    const { page } = scene
    await page.getByRole("link", { name: "Overview" }).click()
    await page.getByText("0.0.0-test").last().waitFor()
    await page.getByText(/ms late/).waitFor()
    await page.getByRole("button", { name: "Check again" }).waitFor()
    await page.getByText(/(is|are) not under git/).waitFor()
    await page.getByText(/connected as @?fased_test_bot/).waitFor()
    await page.getByText(/its credentials are refused/).waitFor()
  })

  inBrowser("what the doctor can mend is mended from the overview", async ({ gateway, page }) => {
    chmodSync(gateway.paths.config, 0o644)
    await page.getByRole("link", { name: "Overview" }).click()
    await page.getByRole("button", { name: /Fix: Other users .* get at secrets/ }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Fix it" }).click()
    await page.getByText(/Done: chmod 600/).waitFor()
    expect(statSync(gateway.paths.config).mode & 0o777).toBe(0o600)
  })

  test("all of it works under a base path", async () => {
    await using gateway = await startGateway({
      config: { gateway: { controlUi: { basePath: "/over/there" } } },
    })
    await using scene = await openPage(browser)
    const { page } = scene
    page.setDefaultTimeout(10_000)
    const base = `${gateway.running.url.replace(/\/$/, "")}/over/there/`
    await page.goto(`${base}#token=${testToken}`)
    await connected(page)
    await page.getByRole("link", { name: "Overview" }).click()
    await page.getByRole("heading", { name: "The gateway" }).waitFor()
    expect(page.url()).toBe(`${base}overview`)
    await page.reload()
    await connected(page)
    await page.getByRole("link", { name: "Chat" }).click()
    await message(page).fill("What can you do?")
    await message(page).press("Enter")
    await answers(page).last().getByText("not a language model").waitFor()
    expect(scene.complaints).toEqual([])
  }, 30_000)
})
