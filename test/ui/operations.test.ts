/** The pages about the gateway itself, in Chromium against a real one. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { Database } from "bun:sqlite"
import { readFileSync, writeFileSync } from "node:fs"
import type { Browser, Page } from "playwright-core"
import { launchBrowser, noBrowser, openPage } from "../support/browser.ts"
import { livelyGateway, type LivelyGateway } from "../support/lively-gateway.ts"

const connected = (page: Page) => page.getByRole("status", { name: "Connected" }).waitFor()
const open = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click()
const inDialog = (page: Page, name: string) =>
  page.getByRole("dialog").getByRole("button", { name, exact: true })

const why = noBrowser ? ` (skipped: ${noBrowser})` : ""
describe.skipIf(noBrowser !== undefined)(`the pages about the gateway${why}`, () => {
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
      60_000,
    )

  inBrowser(
    "a setting is found, changed, looked at and saved, and counts at once",
    async (scene) => {
      const { gateway, page } = scene
      await open(page, "Config")
      await page.getByLabel("Search every setting").fill("least serious written")
      const level = page.getByRole("combobox", { name: "logging.level" })
      await level.selectOption("debug")
      await page.getByText("1 change not saved").waitFor()
      // It waits while other pages are looked at.
      await open(page, "Logs")
      await page.getByRole("heading", { name: "Logs" }).waitFor()
      await open(page, "Config")
      await page.getByText("1 change not saved").waitFor()
      await page.getByLabel("Search every setting").fill("least serious written")
      await page.getByRole("button", { name: "Review and save" }).click()
      const review = page.getByRole("dialog", { name: "Save these changes?" })
      await review.getByText("logging.level").waitFor()
      await review.getByText("counts at once").waitFor()
      await inDialog(page, "Save").click()
      await page.getByText("Saved, and in use: logging.level.").waitFor()
      expect(readFileSync(gateway.paths.config, "utf8")).toContain('"debug"')
      expect(await level.inputValue()).toBe("debug")

      // What somebody else writes shows by itself.
      const text = readFileSync(gateway.paths.config, "utf8")
      writeFileSync(gateway.paths.config, text.replace('"debug"', '"warn"'))
      await page.waitForFunction(
        () =>
          [...document.querySelectorAll("select")].find(({ value }) => value === "warn") !==
          undefined,
      )
      await page.getByRole("button", { name: "Use the default of logging.level" }).click()
      await page.getByRole("button", { name: "Discard" }).click()
      expect(await level.inputValue()).toBe("warn")
    },
  )

  inBrowser(
    "settings of lists and names are changed, and secrets never come back",
    async (scene) => {
      const { gateway, page } = scene
      await open(page, "Config")
      const sections = page.getByRole("navigation", { name: "Sections" })
      await sections.getByRole("button", { name: "agents" }).click()
      await page.locator("summary", { hasText: /^list/ }).click()
      await page.locator("summary", { hasText: /^research/ }).click()
      await page.getByRole("textbox", { name: "name", exact: true }).fill("Library")
      await page
        .getByLabel("Search every setting")
        .fill("channels.telegram.accounts.default.botToken")
      const token = page.getByLabel("channels.telegram.accounts.default.botToken", { exact: true })
      expect(await token.inputValue()).toBe("")
      expect(await token.getAttribute("type")).toBe("password")
      await page.getByRole("button", { name: "Review and save" }).click()
      await inDialog(page, "Save").click()
      await page.getByText(/^Saved/).waitFor()
      const { agents, channels } = JSON.parse(readFileSync(gateway.paths.config, "utf8"))
      expect(agents.list[1]).toEqual({ id: "research", name: "Library" })
      expect(channels.telegram.accounts.default.botToken).not.toContain("REDACTED")
    },
  )

  inBrowser(
    "the file is edited as text: checked, compared, and kept from undoing others",
    async (scene) => {
      const { gateway, page } = scene
      await open(page, "Config")
      await page.getByRole("button", { name: "File", exact: true }).click()
      const editor = page.getByRole("textbox", { name: /^Text of / })
      const before = await editor.inputValue()
      const save = page.getByRole("button", { name: "Review and save" })
      await editor.fill(before.replace('"coding"', '"everything"'))
      await page.getByText(/not "everything"/).waitFor()
      expect(await save.isDisabled()).toBe(true)
      await editor.fill(before.replace('"coding"', '"full"'))
      await page.getByText("This can be used; 1 setting differs.").waitFor()

      const text = readFileSync(gateway.paths.config, "utf8")
      writeFileSync(gateway.paths.config, text.replace('"always"', '"off"'))
      await page.getByText("The file was changed meanwhile.").waitFor()
      expect(await save.isDisabled()).toBe(true)
      await page.getByRole("button", { name: "Discard mine" }).click()
      await editor.fill((await editor.inputValue()).replace('"coding"', '"full"'))
      await page.getByText("This can be used; 1 setting differs.").waitFor()
      await save.click()
      await page.getByText("Lines that differ").click()
      await page.getByRole("dialog").locator(".added", { hasText: "full" }).waitFor()
      await inDialog(page, "Save").click()
      await page.getByText(/^Saved, and in use/).waitFor()
      const after = JSON.parse(readFileSync(gateway.paths.config, "utf8"))
      expect(after.tools).toMatchObject({ profile: "full", exec: { ask: "off" } })
    },
  )

  inBrowser(
    "of ten thousand sessions those in sight are there, and any is found",
    async (scene) => {
      const { gateway, page } = scene
      const db = new Database(gateway.paths.database)
      const insert = db.prepare(
        "INSERT INTO sessions (key, session_id, agent_id, created_at, updated_at, title) VALUES (?, ?, 'main', ?, ?, ?)",
      )
      db.transaction(() => {
        for (let at = 1; at <= 10_000; at++)
          insert.run(`agent:main:n${at}`, crypto.randomUUID(), at, at, `Question ${at}`)
      })()
      db.close()
      await gateway.client.request("sessions.patch", { key: "main", label: "Watch" })
      await open(page, "Sessions")
      await page.getByText("10,004 conversations").waitFor()
      const table = page.getByRole("region", { name: "Conversations" })
      expect(await table.getByRole("table").getAttribute("aria-rowcount")).toBe("10005")
      for (let at = 0; at < 8; at++) {
        const height = await table.evaluate((box) => {
          box.scrollTo({ top: box.scrollHeight })
          return box.scrollHeight
        })
        await page.waitForFunction(
          (height) => document.querySelector(".table-box")!.scrollHeight > height,
          height,
        )
        expect(await table.getByRole("row").count()).toBeLessThan(80)
      }
      await page.getByLabel("Search conversations").fill("Question 4321")
      await table.getByText("Question 4321").waitFor()
      await page.getByText("1 conversation", { exact: true }).waitFor()
      await table.getByRole("button", { name: /^Question 4321/ }).click()
      await inDialog(page, "Archive").click()
      await page
        .getByRole("dialog", { name: /Archive/ })
        .getByText("“Question 4321”")
        .waitFor()
      await page
        .getByRole("dialog", { name: /Archive/ })
        .getByRole("button", { name: "Archive" })
        .click()
      await page.getByText("Archived “Question 4321”.").waitFor()
      await page.getByText("No conversation is called that.").waitFor()
    },
  )

  inBrowser(
    "a session is renamed, exported and deleted for good after naming what goes",
    async (scene) => {
      const { gateway, page } = scene
      await open(page, "Sessions")
      const row = page.getByRole("button", { name: /^Move the dentist/ })
      await row.click()
      const download = page.waitForEvent("download")
      await inDialog(page, "Export").click()
      expect(readFileSync(await (await download).path(), "utf8")).toContain("next Tuesday")
      await inDialog(page, "Rename").click()
      await page.getByLabel("Name", { exact: true }).fill("Teeth")
      await inDialog(page, "Rename").click()
      await page.getByRole("dialog", { name: "Teeth" }).waitFor()
      await inDialog(page, "Delete for good").click()
      await page.getByText("“Teeth” (agent:main:dentist) goes").waitFor()
      await page
        .getByRole("dialog", { name: "Delete this conversation for good?" })
        .getByRole("button", { name: "Delete for good" })
        .click()
      await page.getByText("Deleted “Teeth”.").waitFor()
      const found = await gateway.client.request("sessions.describe", { key: "agent:main:dentist" })
      expect(found).toEqual({ session: null })
    },
  )

  inBrowser(
    "the log is followed, narrowed down, and inert whatever it says",
    async ({ gateway, page }) => {
      await open(page, "Logs")
      const log = page.getByRole("region", { name: "Lines of the log" })
      await log.getByText("listening").waitFor()
      const hostile = `"><img src=x onerror="pwned=1"><script>pwned=1</script> [x](javascript:pwned=1)`
      gateway.running.note(new Error(hostile))
      await log.locator(".log-line.error", { hasText: "<script>" }).waitFor()
      await log.locator(".log-line.error", { hasText: "<script>" }).locator("summary").click()
      await log.locator("pre", { hasText: "onerror" }).waitFor()
      expect(await log.locator("img, script, a").count()).toBe(0)
      expect(await page.evaluate(() => "pwned" in globalThis)).toBe(false)

      await page.getByRole("button", { name: "Errors" }).click()
      await log.getByText("listening").waitFor({ state: "detached" })
      await page.getByLabel("Only lines with these words").fill("no such words")
      await page.getByText("No line is like that.").waitFor()
      await page.getByLabel("Only lines with these words").fill("onerror")
      await log.locator(".log-line.error").waitFor()
      const download = page.waitForEvent("download")
      await page.getByRole("button", { name: "Save what is shown" }).click()
      expect(
        readFileSync(await (await download).path(), "utf8")
          .trim()
          .split("\n"),
      ).toHaveLength(1)
    },
  )

  inBrowser(
    "thousands of lines scroll, and are followed only while the end is in sight",
    async (scene) => {
      const { gateway, page } = scene
      for (let at = 0; at < 3000; at++) gateway.running.note(new Error(`mishap ${at}`))
      await open(page, "Logs")
      const log = page.getByRole("region", { name: "Lines of the log" })
      await log
        .getByText(/mishap 2999\b/)
        .first()
        .waitFor()
      expect(await log.getByRole("listitem").count()).toBeLessThan(200)
      await log.evaluate((box) => box.scrollTo({ top: 0 }))
      await page.getByRole("button", { name: "Follow the newest" }).waitFor()
      gateway.running.note(new Error("mishap 3000"))
      await page.getByRole("button", { name: "Follow the newest" }).click()
      await log
        .getByText(/mishap 3000\b/)
        .first()
        .waitFor()
    },
  )

  inBrowser(
    "usage is drawn, told in words and in a table, and grows with an answer",
    async (scene) => {
      const { gateway, page } = scene
      await open(page, "Usage")
      await page
        .getByRole("img", { name: /Bars of the tokens of each day, the most on .* with 75/ })
        .waitFor()
      await page.getByRole("img", { name: /By model: fake\/fake-1 75/ }).waitFor()
      await gateway.client.request("agent.wait", {
        runId: await gateway.say("agent:research:more", "And more?"),
        timeoutMs: 20_000,
      })
      await page.getByRole("img", { name: /By agent: main 60, research 30/ }).waitFor()
      await page.getByText("As a table").first().click()
      const days = page.getByRole("region", { name: "Usage of each day" })
      expect(await days.getByRole("row").nth(1).textContent()).toContain("90")
      await page.getByRole("button", { name: "Cost" }).click()
      await page.getByRole("button", { name: "7 days" }).click()
      await page.getByRole("img", { name: "No cost in these days." }).waitFor()
      await days.getByRole("row").nth(8).waitFor({ state: "detached" })
      expect(await days.getByRole("row").count()).toBe(8)
    },
  )

  inBrowser("what goes on shows as it happens, and can be stopped", async ({ gateway, page }) => {
    await open(page, "Activity")
    await page.getByText("No agent is at work.").waitFor()
    await page.getByText("“Move the dentist to next week” moved on").waitFor()
    gateway.will({ text: "This takes its time, a lot of it.", holdAfter: 2 })
    await gateway.say("agent:main:dentist", "Think it over")
    const underWay = page.getByRole("region", { name: "Under way" })
    await underWay.getByText("writing").waitFor()
    await underWay.getByRole("button", { name: /^Stop the answer in Move/ }).click()
    await page.getByText("An answer in “Move the dentist to next week” was stopped").waitFor()
    await page.getByText("No agent is at work.").waitFor()
    gateway.model.release()
    await page.getByRole("button", { name: "Channels" }).click()
    await gateway.client.request("channels.stop", { channel: "telegram", accountId: "default" })
    await page.getByText("telegram was stopped").waitFor()
  })

  inBrowser("an error shows on the overview as it happens", async ({ gateway, page }) => {
    await open(page, "Overview")
    const errors = page.getByRole("region", { name: "Last errors" })
    await errors.getByText(/connection refused/).waitFor()
    gateway.running.note(new Error("the flue is blocked"))
    await errors.getByText(/the flue is blocked/).waitFor()
  })

  inBrowser("a node is asked, renamed, and removed after saying what that ends", async (scene) => {
    const { gateway, page } = scene
    await open(page, "Nodes")
    await page.getByRole("heading", { name: "workshop connected" }).waitFor()
    await page.getByText("Offers, not allowed").waitFor()
    await page.getByRole("button", { name: "Ask it" }).click()
    await page.getByLabel("With", { exact: true }).fill('{ "bins": ["git"] }')
    await inDialog(page, "Ask").click()
    await page.getByText("/usr/bin/git").waitFor()
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click()
    await page.getByRole("button", { name: "Rename" }).click()
    await page.getByLabel("Name", { exact: true }).fill("garage")
    await inDialog(page, "Rename").click()
    await page.getByRole("heading", { name: "garage connected" }).waitFor()
    await page.getByRole("button", { name: "Remove garage" }).click()
    await page.getByText("agents can no longer run anything there").waitFor()
    await inDialog(page, "Remove").click()
    await page.getByText("No machine is a node of this gateway yet.").waitFor()
    await page.getByRole("button", { name: "Add a node" }).click()
    await page.getByLabel("Address it reaches this gateway by").fill("wss://gateway.example.com")
    await page.getByRole("button", { name: "Make a code" }).click()
    await page.getByText(/^fased node run --setup-code \S+/).waitFor()
    expect(await gateway.client.request("node.list", {})).toMatchObject({ nodes: [] })
  })

  inBrowser(
    "any method is called with what it takes, and events show as they come",
    async (scene) => {
      const { gateway, page } = scene
      await open(page, "Debug")
      const method = page.getByLabel("Method", { exact: true })
      await method.fill("sessions.search")
      await page.getByText("Find words in the transcripts of all sessions").waitFor()
      const params = page.getByRole("textbox", { name: "Parameters" })
      expect(JSON.parse(await params.inputValue())).toEqual({ query: "heron" })
      await page.getByText("What it takes").click()
      await page.locator(".schema", { hasText: "maxLength" }).waitFor()
      await params.fill('{ "query": ')
      await page.getByText(/This is not JSON yet/).waitFor()
      await params.fill('{ "query": "dentist", "limit": 1 }')
      await page.getByRole("button", { name: "Call", exact: true }).click()
      await page.locator(".answer", { hasText: "agent:main:dentist" }).waitFor()
      await params.fill('{ "query": "dentist", "nobody": 1 }')
      await page.getByRole("button", { name: "Call", exact: true }).click()
      await page
        .getByRole("alert")
        .getByText(/invalid sessions.search params/i)
        .waitFor()

      await method.fill("sessions.patch")
      await page.getByText("Change what one session wants").waitFor()
      await params.fill('{ "key": "main", "label": "Renamed" }')
      await page.getByRole("button", { name: "Call", exact: true }).click()
      await inDialog(page, "Call it").click()
      const events = page.getByRole("region", { name: "Events that came" })
      await events.getByText("sessions.changed").first().waitFor()
      await page.getByLabel("Only events with these words").fill("nothing like it")
      await page.getByText("No event is like that.").waitFor()
      const { session } = (await gateway.client.request("sessions.describe", { key: "main" })) as {
        session: { label: string }
      }
      expect(session.label).toBe("Renamed")
    },
  )

  inBrowser("a task is given to an agent, run, and switched off", async (scene) => {
    const { gateway, page } = scene
    await open(page, "Tasks")
    await page.getByText("of 2 tasks").waitFor()
    await page.getByRole("button", { name: "New task" }).click()
    const plan = page.getByRole("dialog", { name: "New task" })
    await plan.getByLabel("Name", { exact: true }).fill("Heat pumps")
    await plan.getByLabel("What is to be done").fill("What do they cost today?")
    await plan.getByLabel("Who does it").selectOption({ label: "Research" })
    await plan.getByRole("button", { name: "Plan it" }).click()
    await page.getByText("Heat pumps is planned.").waitFor()
    await page.getByText("of 3 tasks").waitFor()

    const table = page.getByRole("region", { name: "Tasks", exact: true }).last()
    await page.getByRole("combobox", { name: "Agent" }).selectOption({ label: "Research" })
    await table.getByText("Certificates").waitFor({ state: "detached" })
    gateway.will("Less than yesterday.")
    await table.getByRole("button", { name: "Run now: Heat pumps" }).click()
    const runs = page.getByRole("region", { name: "Runs of Heat pumps" }).first()
    await runs.getByText("Less than yesterday.").waitFor()
    await runs.getByRole("button", { name: "Switch off" }).click()
    await table.getByText("off", { exact: true }).waitFor()
    const { jobs } = (await gateway.client.request("cron.list", { enabled: "disabled" })) as {
      jobs: { name: string; agentId?: string }[]
    }
    expect(jobs.find(({ name }) => name === "Heat pumps")).toMatchObject({ agentId: "research" })
  })

  inBrowser("a message that a network refused is sent again, another given up", async (scene) => {
    const { gateway, page } = scene
    const { telegram } = gateway
    await open(page, "Channels")
    await page.getByText(/connected as @?fased_test_bot/).waitFor()
    await page.getByText("Nothing waits, and nothing failed.").waitFor()
    const room = { channel: "telegram", accountId: "default", to: telegram.direct(telegram.ada).id }
    for (const message of ["The kettle boils", "The cake is done"]) {
      telegram.refuse("sendMessage", 400, "Bad Request: message is odd")
      const idempotencyKey = crypto.randomUUID()
      await gateway.client.request("send", { ...room, message, idempotencyKey }).catch(() => {})
    }
    const outbox = page.getByRole("region", { name: "Messages that did not arrive" })
    const kettle = outbox.getByRole("row", { name: /The kettle boils/ })
    await kettle.getByText("not sent").waitFor()
    await kettle.getByRole("button", { name: "Send again" }).click()
    await kettle.waitFor({ state: "detached" })
    await telegram.until(({ text }) => text === "The kettle boils")
    await outbox.getByRole("button", { name: "Give up" }).click()
    await inDialog(page, "Give up").click()
    await page.getByText("Nothing waits, and nothing failed.").waitFor()
  })

  inBrowser("a service is set up for one agent and tried for all", async ({ page, gateway }) => {
    await open(page, "Services")
    const github = page.getByRole("region", { name: "GitHub" })
    await github.getByRole("button", { name: "Set up" }).click()
    await page.getByRole("dialog").getByLabel("Access token").fill("github_pat_0123456789")
    await inDialog(page, "Set up").click()
    await github.getByLabel("Research may use it").check()
    await page.getByText("Research may use GitHub.").waitFor()
    expect(await github.getByLabel("main may use it").isChecked()).toBe(false)
    expect(JSON.parse(readFileSync(gateway.paths.config, "utf8"))).toMatchObject({
      services: { github: { agents: ["research"] } },
    })
  })
})
