/** The workbench of one agent, in Chromium against a real gateway: an edit on every tab. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Browser, Page } from "playwright-core"
import { launchBrowser, noBrowser, openPage } from "../support/browser.ts"
import { livelyGateway, type LivelyGateway } from "../support/lively-gateway.ts"

interface Scene {
  gateway: LivelyGateway
  page: Page
  /** The config file as it is now. */
  config: () => {
    channels?: { telegram?: { accounts: Record<string, Record<string, unknown>> } }
    agents: { list: Record<string, unknown>[] }
    tools: { web?: { search?: Record<string, unknown> } }
    mcp?: { servers: Record<string, unknown> }
    services?: Record<string, unknown>
    skills?: { entries: Record<string, unknown> }
  }
}

const why = noBrowser ? ` (skipped: ${noBrowser})` : ""
describe.skipIf(noBrowser !== undefined)(`the workbench${why}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  const on = (tab: string, name: string, steps: (scene: Scene) => Promise<void>) =>
    test(
      name,
      async () => {
        await using gateway = await livelyGateway()
        await using scene = await openPage(browser)
        const { page, complaints } = scene
        page.setDefaultTimeout(10_000)
        await page.goto(gateway.dashboardUrl)
        await page.getByRole("status", { name: "Connected" }).waitFor()
        await page.getByRole("link", { name: "Agents" }).click()
        const tabs = page.getByRole("navigation", { name: "Of this agent" })
        await tabs.getByRole("link", { name: tab, exact: true }).click()
        await page.waitForURL(`**/agents/main/${tab.toLowerCase()}`)
        const config = () => JSON.parse(readFileSync(gateway.paths.config, "utf8"))
        await steps({ gateway, page, config })
        expect(complaints).toEqual([])
      },
      45_000,
    )
  const said = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()
  const dialog = (page: Page) => page.getByRole("dialog").last()

  on("Channels", "a Telegram account is added: refused first, then tried out", async (scene) => {
    const { gateway, page, config } = scene
    // Only one may listen for a bot.
    const first = page.getByRole("region", { name: "Telegram", exact: true })
    await first.getByRole("button", { name: "Stop" }).click()
    await first.getByText("stopped by hand", { exact: true }).waitFor()
    await page.getByRole("button", { name: "Add a channel" }).click()
    const add = dialog(page)
    await add.getByLabel("Network").selectOption({ label: "Telegram" })
    await add.getByText("@BotFather").first().waitFor()
    await add.getByLabel("Name of this account").fill("office")
    const token = add.getByLabel("Bot token from @BotFather")
    await token.fill("123456789:not-the-token-of-any-bot")
    await add.getByRole("button", { name: "Add Telegram" }).click()
    await add.getByText(/Nothing was written/).waitFor()
    expect(config().channels!.telegram!.accounts.office).toBeUndefined()
    await token.fill(gateway.telegram.token)
    await add.getByRole("button", { name: "Add Telegram" }).click()
    await said(page, "Telegram is added")
    await page.getByRole("button", { name: "Done" }).click()
    const card = page.getByRole("region", { name: "Telegram (office)" })
    await card.getByText(/connected as/).waitFor()
    expect(readFileSync(gateway.paths.config, "utf8").split(gateway.telegram.token).length).toBe(2)
    expect(config().channels!.telegram!.accounts.office).toMatchObject({ enabled: true })

    await card.getByRole("button", { name: "Remove" }).click()
    await dialog(page).getByText("Its conversations stay.").waitFor()
    await dialog(page).getByRole("button", { name: "Remove" }).click()
    await card.waitFor({ state: "detached" })
    expect(config().channels!.telegram!.accounts.office).toBeUndefined()
  })

  on("Channels", "who writes for the first time is let in, and heard no longer", async (scene) => {
    const { gateway, page } = scene
    const { telegram } = gateway
    await page.getByText(/connected as @?fased_test_bot/).waitFor()
    await telegram.say(telegram.ada, telegram.direct(telegram.ada), "Hello?")
    const card = page.getByRole("region", { name: /^Request of/ })
    await card.getByRole("button", { name: "Let them in" }).click()
    await card.waitFor({ state: "detached" })
    const table = page.getByRole("region", { name: "People who were let in" })
    await table.getByRole("button", { name: /^Remove/ }).click()
    await dialog(page).getByRole("button", { name: "Remove" }).click()
    await table.waitFor({ state: "detached" })
  })

  on(
    "Channels",
    "a network that dropped nothing is told apart from a failure",
    async ({ page }) => {
      await page.getByRole("button", { name: "The last ones on Telegram" }).click()
      await said(page, /Nothing was turned away lately/)
      expect(await page.getByText("Could not say why").count()).toBe(0)
    },
  )

  on("Models", "fallbacks and roles are chosen, and models tested", async ({ page, config }) => {
    await page.getByLabel("Another model to try").selectOption("fased/guide")
    await said(page, "What comes after it is changed.")
    await page.getByLabel("Model for: Summaries").selectOption("fased/guide")
    await said(page, "Summaries is changed.")
    expect(config().agents.list[0]).toMatchObject({
      model: { fallbacks: ["fased/guide"] },
      taskModels: { summarizer: "fased/guide" },
    })
    await page.getByLabel("Model for: Summaries").selectOption("")
    await page.waitForFunction(() => document.body.innerText.includes("the one that answers"))
    await page.getByRole("button", { name: "Test them" }).click()
    await page
      .getByText(/answered in \d+ ms/)
      .first()
      .waitFor()
    await page.getByRole("button", { name: "Try fased/guide no longer" }).click()
    await page.getByRole("button", { name: "Try fased/guide no longer" }).waitFor({
      state: "detached",
    })
  })

  on("Models", "a provider's key is kept and forgotten", async ({ page }) => {
    await page.getByRole("button", { name: "Connect a provider" }).click()
    await dialog(page).getByLabel("Provider").selectOption("fake")
    await dialog(page).getByLabel("Key", { exact: true }).fill("fake-key-0123456789")
    await dialog(page).getByRole("button", { name: "Keep the key" }).click()
    await page.getByRole("button", { name: "Forget fake:default" }).click()
    await dialog(page).getByRole("button", { name: "Forget", exact: true }).click()
    await said(page, "fake:default is forgotten.")
  })

  on("Services", "a search key, a service and a server are set up", async ({ page, config }) => {
    await page.getByLabel("Service that searches").selectOption("brave")
    await page.getByLabel("Key for Brave").fill("brave-key-0123456789")
    await page.getByRole("button", { name: "Keep", exact: true }).click()
    await said(page, "The key for Brave is kept.")
    expect(config().tools.web!.search).toMatchObject({
      provider: "brave",
      brave: { apiKey: { source: "file" } },
    })

    const github = page.getByRole("region", { name: "GitHub" })
    await github.getByRole("button", { name: "Set up" }).click()
    await dialog(page).getByLabel("Access token").fill("github_pat_0123456789")
    await dialog(page).getByRole("button", { name: "Set up" }).click()
    await github.getByLabel("main may use it").check()
    await said(page, "main may use GitHub.")
    expect(config().services!.github).toMatchObject({ agents: ["main"] })

    await page.getByRole("button", { name: "Add a server" }).click()
    await dialog(page).getByLabel("Name", { exact: true }).fill("calendar")
    await dialog(page).getByLabel("Address").fill("http://127.0.0.1:1/mcp")
    await dialog(page).getByRole("button", { name: "Add it" }).click()
    const server = page.getByRole("region", { name: "calendar", exact: true })
    await server.getByRole("button", { name: "Remove" }).click()
    await dialog(page).getByRole("button", { name: "Remove" }).click()
    await server.waitFor({ state: "detached" })
    expect(config().mcp?.servers ?? {}).toEqual({})
  })

  on("Skills", "a skill is made, written, and switched off", async ({ gateway, page, config }) => {
    await page.getByRole("button", { name: "New skill" }).click()
    await dialog(page).getByLabel("Name", { exact: true }).fill("release-notes")
    await dialog(page).getByLabel("When to use it").fill("When a version is ready.")
    await dialog(page).getByRole("button", { name: "Make it" }).click()
    const text = dialog(page).getByLabel("Text of SKILL.md")
    await text.fill(`${await text.inputValue()}\nThank everybody.\n`)
    await dialog(page).getByRole("button", { name: "Save", exact: true }).click()
    await said(page, "SKILL.md is saved.")
    const file = join(gateway.paths.workspace, "skills/release-notes/SKILL.md")
    expect(readFileSync(file, "utf8")).toContain("Thank everybody.")
    await dialog(page).getByRole("button", { name: "Switch off" }).click()
    await said(page, "release-notes is switched off for every agent.")
    expect(config().skills!.entries["release-notes"]).toEqual({ enabled: false })
  })

  on("Memory", "something remembered is found and corrected", async ({ gateway, page }) => {
    await page.getByRole("searchbox", { name: "Search the memory" }).fill("certificate")
    await page.getByRole("button", { name: "Search", exact: true }).click()
    await page.getByRole("button", { name: /memory\/2026-05-03.md, lines/ }).click()
    const text = page.getByLabel("Text of memory/2026-05-03.md")
    await text.fill("Renewed it, good for 47 days.\n")
    await page.getByText("Not saved yet").waitFor()
    // What is not saved survives a look elsewhere.
    await page.getByRole("link", { name: "Files" }).click()
    await page.getByRole("link", { name: "Memory" }).click()
    await page.getByRole("button", { name: /^memory\/2026-05-03.md/ }).click()
    expect(await text.inputValue()).toBe("Renewed it, good for 47 days.\n")
    await text.press("Control+s")
    await said(page, "memory/2026-05-03.md is saved.")
    const file = join(gateway.paths.workspace, "memory/2026-05-03.md")
    expect(readFileSync(file, "utf8")).toBe("Renewed it, good for 47 days.\n")
  })

  on("Tasks", "a task is planned, run, switched off and removed", async ({ gateway, page }) => {
    await page.getByRole("button", { name: "New task" }).click()
    await dialog(page).getByLabel("Name", { exact: true }).fill("Morning")
    await dialog(page).getByLabel("What is to be done").fill("What is on today?")
    await dialog(page).getByLabel("Cron expression").fill("0 25 * * *")
    await dialog(page).getByRole("button", { name: "Plan it" }).click()
    await dialog(page)
      .getByText(/Could not save it/)
      .waitFor()
    await dialog(page).getByLabel("Cron expression").fill("0 9 1 1 *")
    await dialog(page).getByRole("button", { name: "Plan it" }).click()
    gateway.will("Nothing is on today.")
    await page.getByRole("button", { name: "Run now: Morning" }).click()
    const runs = page.getByRole("region", { name: "Runs of Morning" }).last()
    await runs.getByText("Nothing is on today.").waitFor()
    await page.getByRole("button", { name: "Switch off" }).click()
    await page.getByRole("button", { name: "Switch on" }).waitFor()
    await page.getByRole("button", { name: "Remove" }).click()
    await dialog(page).getByText("It never runs again").waitFor()
    await dialog(page).getByRole("button", { name: "Remove" }).click()
    await page.getByRole("button", { name: "Run now: Morning" }).waitFor({ state: "detached" })
  })

  on("Sessions", "only the agent's own conversations are listed, and opened", async ({ page }) => {
    const table = page.getByRole("region", { name: "Conversations of this agent" })
    await table.getByText("Move the dentist to next week").waitFor()
    expect(await table.getByText("heat pumps").count()).toBe(0)
    await table.getByRole("button", { name: /^Open Move the dentist/ }).click()
    await page.getByRole("heading", { name: /Move the dentist/ }).waitFor()
  })

  on("Files", "who the agent is can be written down", async ({ gateway, page }) => {
    await page.getByRole("button", { name: /^SOUL.md/ }).click()
    await page.getByLabel("Text of SOUL.md").fill("Friendly, and brief.\n")
    await page.getByRole("button", { name: "Save" }).click()
    await said(page, "SOUL.md is saved.")
    const file = join(gateway.paths.workspace, "SOUL.md")
    expect(readFileSync(file, "utf8")).toBe("Friendly, and brief.\n")
  })

  on("Tools", "what is kept from others says why", async ({ page }) => {
    await page.getByRole("region", { name: "Tools the agent may use" }).waitFor()
    await page.getByRole("button", { name: "For others" }).click()
    const kept = page.getByRole("region", { name: "Tools that are kept from the agent" })
    await kept.getByRole("row").nth(1).waitFor()
    await page.getByRole("searchbox", { name: "Search tools" }).fill("no such tool")
    await said(page, "None of that kind.")
  })

  on("Files", "an agent is made and deleted, its folder left where it is", async ({ page }) => {
    await page.getByLabel("More for main").click()
    await page.getByRole("button", { name: "New agent" }).click()
    await dialog(page).getByLabel("Name", { exact: true }).fill("Garden")
    await dialog(page).getByRole("button", { name: "Make it" }).click()
    await page.waitForURL("**/agents/garden/files")
    await page.getByLabel("More for Garden").click()
    await page.getByRole("button", { name: "Delete this agent" }).click()
    await dialog(page).getByText("stays on the disk").waitFor()
    await dialog(page).getByRole("button", { name: "Delete" }).click()
    await page.waitForURL("**/agents/main/files")
  })
})
