import { expect, test } from "bun:test"
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { startTasks } from "../cron/support.ts"
import { listen } from "../support/chat.ts"
import { temporaryHome } from "../support/gateway.ts"
import { noting, writeHook } from "./support.ts"

const on = (...names: string[]) => ({
  hooks: {
    internal: { entries: Object.fromEntries(names.map((name) => [name, { enabled: true }])) },
  },
})

test("what was said before /new is kept in memory, and the command is written down", async () => {
  await using home = await temporaryHome()
  const place = await startTasks(["The cat is called Tom."], {
    home: home.path,
    config: on("session-memory", "command-logger", "notes"),
  })
  const { state, logs } = place.gateway.paths
  const file = join(home.path, "told")
  writeHook(join(state, "hooks"), "notes", {
    events: [
      "command:new",
      "session:patch",
      "session:reset",
      "session:compact:after",
      "agent:start",
      "agent:end",
      "message",
      "gateway:shutdown",
    ],
    handler: noting(file),
  })
  const chat = listen(place.gateway.client)
  await chat.ask("What is the cat called?")
  await place.gateway.client.request("sessions.patch", { key: "main", label: "cats" })
  await place.gateway.client.request("sessions.compact", { key: "main", maxLines: 1 })
  await chat.ask("/new")
  await place.gateway.stop()

  const memory = join(state, "workspace", "memory")
  const [name] = readdirSync(memory)
  expect(name).toMatch(/^2026-06-01-\d{4}\.md$/)
  const kept = readFileSync(join(memory, name!), "utf8")
  expect(kept).toContain("user: What is the cat called?\n\nassistant: The cat is called Tom.")
  expect(kept).not.toContain("/new")

  const line = JSON.parse(readFileSync(join(logs, "commands.log"), "utf8").trim())
  expect(line).toMatchObject({ action: "new", sessionKey: "agent:main:main", source: "webchat" })

  const told = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text))
  const actions = told.map(({ type, action }) => `${type}:${action}`).join(" ")
  expect(actions).toMatch(/message:received .*agent:end .*session:patch .*session:compact:after/)
  expect(actions).toMatch(/session:compact:after .*command:new .*session:reset.* gateway:shutdown$/)
  expect(told.find(({ action }) => action === "received")).toMatchObject({
    sessionKey: "agent:main:main",
    context: {
      from: "operator",
      content: "What is the cat called?",
      channelId: "webchat",
      agentId: "main",
    },
  })
  expect(told.find(({ action }) => action === "compact:after").context.reason).toBe("manual")
})

test("a group's words do not become its agent's memory", async () => {
  await using home = await temporaryHome()
  const place = await startTasks(["Hello, all."], {
    home: home.path,
    config: on("session-memory"),
  })
  const key = "agent:main:telegram:group:42"
  const chat = listen(place.gateway.client, key)
  await chat.ask("Hello, bot")
  await place.gateway.client.request("sessions.reset", { key })
  await place.gateway.stop()
  expect(readdirSync(join(place.gateway.paths.state, "workspace"))).not.toContain("memory")
})

test("an agent works through its BOOT.md once the gateway has started", async () => {
  await using home = await temporaryHome()
  const workspace = join(home.path, ".fased", "workspace")
  mkdirSync(workspace, { recursive: true })
  writeFileSync(join(workspace, "BOOT.md"), "- look at the mail")
  const place = await startTasks(["All done."], { home: home.path, config: on("boot-md") })
  const chat = listen(place.gateway.client)
  place.clock.turn(5000)
  const end = await chat.until(() => chat.events.find(({ state }) => state === "final"))
  expect(end.sessionKey).toContain(":boot:")
  expect(JSON.stringify(place.model.calls[0])).toContain("Read BOOT.md")
  await place.gateway.stop()
})

test("files of the workspace that the settings name are in the prompt, and a room sees none that are its owner's", async () => {
  await using home = await temporaryHome()
  const workspace = join(home.path, ".fased", "workspace")
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(workspace, path)), { recursive: true })
    writeFileSync(join(workspace, path), text)
  }
  write("packages/app/AGENTS.md", "The app is written in Bun.")
  write("packages/app/MEMORY.md", "The operator owes Ann ten.")
  write("packages/app/README.md", "Nothing of the prompt.")
  write("packages/app/SOUL.md", "x".repeat(200_000))
  const outside = join(home.path, "AGENTS.md")
  writeFileSync(outside, "From outside.")
  mkdirSync(join(workspace, "packages/linked"))
  symlinkSync(outside, join(workspace, "packages/linked/AGENTS.md"))
  const entry = { enabled: true, paths: ["packages/*/*.md", "../*.md", "/etc/*"] }
  const place = await startTasks(["One.", "Two."], {
    home: home.path,
    config: { hooks: { internal: { entries: { "bootstrap-extra-files": entry } } } },
  })
  const asked = async (key: string) => {
    await listen(place.gateway.client, key).ask("Hello")
    return JSON.stringify(place.model.calls.at(-1))
  }
  const own = await asked("agent:main:main")
  expect(own).toContain("packages/app/AGENTS.md")
  expect(own).toContain("The app is written in Bun.")
  expect(own).toContain("owes Ann ten")
  expect(own).not.toMatch(/Nothing of the prompt|From outside/)
  expect(own.length).toBeLessThan(150_000)
  const room = await asked("agent:main:telegram:group:42")
  expect(room).toContain("The app is written in Bun.")
  expect(room).not.toContain("owes Ann ten")
  await place.gateway.stop()
})
