import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { HookEvent } from "../../src/kernel/hook-event.ts"
import { createPluginHooks } from "../../src/plugins/hooks.ts"
import { hostCommand } from "../../src/plugins/host-command.ts"
import { startTasks } from "../cron/support.ts"
import { listen } from "../support/chat.ts"
import { appears } from "../hooks/support.ts"
import { commandLine } from "../support/command-line.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "fased-plugin-hooks-"))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const example = join(import.meta.dir, "../../src/plugins/example/fased.plugin.json")
/** A plugin that is told of everything, and does `body` with each event. */
const writePlugin = (state: string, body: string) => {
  const folder = join(state, "plugins", "teller")
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const manifest = {
    ...JSON.parse(readFileSync(example, "utf8")),
    id: "teller",
    description: "Tells a file.",
    hooks: ["message:received", "agent:bootstrap"],
  }
  writeFileSync(join(folder, "fased.plugin.json"), JSON.stringify(manifest), { mode: 0o600 })
  writeFileSync(
    join(folder, "index.ts"),
    `import { channel } from "fased/channel"
     import { appendFileSync } from "node:fs"
     export const plugin = channel({
       connect() { throw new Error("not now") },
       async told(event, signal) { ${body} },
     })`,
    { mode: 0o600 },
  )
  return { id: "teller", folder, stamp: 1 }
}
const noting = (file: string) =>
  `appendFileSync(${JSON.stringify(file)}, JSON.stringify({ ...event, pid: process.pid, secret: process.env.SOME_API_KEY }) + "\\n")`
const notesOf = (file: string) =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))

test("a plugin whose hook is switched on is told what happens, and says what a turn begins with", async () => {
  const file = join(home, "told")
  const state = join(home, ".fased")
  writePlugin(
    state,
    `${noting(file)}
     event.context.bootstrapFiles?.push({ name: "NOTES.md", text: "The plugin was here." })`,
  )
  const place = await startTasks(["Hello."], {
    home,
    config: { hooks: { internal: { entries: { teller: { enabled: true } } } } },
  })
  await listen(place.gateway.client).ask("Hi there")
  expect(JSON.stringify(place.model.calls[0])).toContain("The plugin was here.")
  await place.gateway.stop()
  const told = notesOf(file)
  expect(told.map(({ action }) => action).toSorted()).toEqual(["bootstrap", "received"])
  expect(told.find(({ action }) => action === "received").context.content).toBe("Hi there")
  expect(() => process.kill(told[0].pid, 0)).toThrow()
}, 20_000)

test("a plugin's hook is off until it is switched on, and shown as the plugin's", async () => {
  using line = commandLine({ gateway: { mode: "local" } })
  writePlugin(line.state, "")
  const state = async () => {
    const { out } = await line.fased(["hooks", "list", "--json"])
    const { hooks } = JSON.parse(out) as { hooks: { name: string }[] }
    return hooks.find(({ name }) => name === "teller")
  }
  expect(await state()).toMatchObject({ state: "off", source: "plugin" })
  await line.fased(["hooks", "enable", "teller"])
  expect(await state()).toMatchObject({ state: "on" })
  await line.fased(["plugins", "disable", "teller"])
  expect(await state()).toBeUndefined()
})

describe("the process of a plugin's hook", () => {
  const event = (): HookEvent => ({
    type: "message",
    action: "received",
    timestamp: 1,
    context: { content: "x" },
  })
  const open = () => {
    const clock = turnableClock()
    const env = { HOME: home, PATH: process.env.PATH, SOME_API_KEY: "xyzzy" }
    const hooks = createPluginHooks({
      host: () => hostCommand(undefined, env),
      clock,
      log: silentLog,
    })
    return { hooks, clock }
  }
  const { signal } = new AbortController()

  test("is one for many events, started anew for a plugin that was installed anew, and sees no secret", async () => {
    const file = join(home, "told")
    const plugin = writePlugin(home, noting(file))
    const { hooks } = open()
    await Promise.all([hooks.tell(plugin, event(), signal), hooks.tell(plugin, event(), signal)])
    await hooks.tell({ ...plugin, stamp: 2 }, event(), signal)
    await hooks.close()
    const told = notesOf(file)
    expect(new Set(told.map(({ pid }) => pid)).size).toBe(2)
    expect(told[0].pid).toBe(told[1].pid)
    expect(told[0]).not.toHaveProperty("secret")
  }, 20_000)

  test("is ended with a call that goes on past its deadline", async () => {
    const file = join(home, "told")
    const plugin = writePlugin(home, `${noting(file)}; for (;;) ;`)
    const { hooks } = open()
    const late = new AbortController()
    const begun = appears(file)
    const telling = hooks.tell(plugin, event(), late.signal)
    await begun
    late.abort(new Error("too late"))
    await expect(telling).rejects.toThrow("too late")
    expect(() => process.kill(notesOf(file)[0].pid, 0)).toThrow()
    await hooks.close()
  }, 20_000)

  test("that dies says so, and there is another for the next event", async () => {
    const file = join(home, "told")
    const plugin = writePlugin(
      home,
      `if (!(await Bun.file(${JSON.stringify(file)}).exists())) { ${noting(file)}; process.exit(3) }`,
    )
    const { hooks } = open()
    await expect(hooks.tell(plugin, event(), signal)).rejects.toThrow("ended with code 3")
    await hooks.tell(plugin, event(), signal)
    await hooks.close()
  }, 20_000)

  test("what it throws, and that it listens to nothing, is told", async () => {
    const { hooks } = open()
    const plugin = writePlugin(home, 'throw new Error("no luck")')
    await expect(hooks.tell(plugin, event(), signal)).rejects.toThrow("no luck")
    await hooks.close()
  }, 20_000)
})
