import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { agents } from "../../src/agents/config.ts"
import { Environment, Paths, resolvePaths } from "../../src/config/paths.ts"
import { discoverHooks } from "../../src/hooks/discover.ts"
import { createRunner } from "../../src/hooks/runner.ts"
import { Clock } from "../../src/kernel/clock.ts"
import type { HookEvent } from "../../src/kernel/hook-event.ts"
import { Log } from "../../src/kernel/log.ts"
import { Services } from "../../src/kernel/service.ts"
import { plugins } from "../../src/plugins/config.ts"
import { PluginHooks } from "../../src/plugins/service.ts"
import { hooks as section } from "../../src/webhooks/config.ts"
import { InternalHooks } from "../../src/webhooks/internal.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"
import { appears, noting, writeHook } from "./support.ts"

let home: string
let state: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "fased-hooks-"))
  state = join(home, ".fased")
  mkdirSync(join(state, "hooks"), { recursive: true })
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const event: HookEvent = { type: "session", action: "reset", timestamp: 1, context: { a: 1 } }

const begin = (on: string[]) => {
  const errors: Record<string, unknown>[] = []
  const clock = turnableClock()
  const env = { HOME: home, PATH: process.env.PATH, SOME_API_KEY: "xyzzy" }
  const services = new Services()
  services.provide(Clock, clock)
  const note = (_: string, facts?: object) => void errors.push({ ...facts })
  const log = { ...silentLog, error: note, warn: note }
  services.provide(Log, { ...log, for: () => ({ ...log, for: () => log }) } as unknown as Log)
  services.provide(Environment, env)
  services.provide(Paths, resolvePaths(env))
  services.provide(agents, agents.schema.parse({}))
  const entries = Object.fromEntries(on.map((name) => [name, { enabled: true }]))
  const { internal } = section.schema.parse({ internal: { entries } })
  services.provide(InternalHooks, internal)
  services.provide(plugins, plugins.schema.parse({}))
  services.provide(PluginHooks, { tell: async () => undefined, close: async () => undefined })
  return { runner: createRunner(services), clock, errors }
}

describe("a hook on disk", () => {
  test("is told what it asked for, in order, and nothing else", async () => {
    const file = join(home, "told")
    writeHook(join(state, "hooks"), "notes", { events: ["session"], handler: noting(file) })
    const { runner, errors } = begin(["notes"])
    await runner.tell(event)
    await runner.tell({ ...event, type: "agent" })
    await runner.tell({ ...event, action: "delete" })
    await runner.close(2000)
    const told = readFileSync(file, "utf8").trim().split("\n")
    expect(told.map((line) => JSON.parse(line))).toEqual([event, { ...event, action: "delete" }])
    expect(errors).toEqual([])
  })

  test("that is not switched on is not run", async () => {
    const file = join(home, "told")
    writeHook(join(state, "hooks"), "notes", { events: ["session"], handler: noting(file) })
    const { runner } = begin([])
    await runner.tell(event)
    await runner.close(2000)
    expect(existsSync(file)).toBe(false)
  })

  test("that throws is reported, and the next event is told all the same", async () => {
    const file = join(home, "told")
    const handler = `${noting(file)}\n`.replace(
      "{\n  append",
      "{\n  if (event.action === 'reset') throw new Error('no luck')\n  append",
    )
    writeHook(join(state, "hooks"), "fails", { events: ["session"], handler })
    const { runner, errors } = begin(["fails"])
    await runner.tell(event)
    await runner.tell({ ...event, action: "create" })
    await runner.close(2000)
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatchObject({ hook: "fails", event: "session:reset" })
    expect(String(errors[0]!.error)).toContain("no luck")
    expect(readFileSync(file, "utf8")).toContain("create")
  })

  test("that never returns is ended at its deadline, and holds up nobody until then", async () => {
    const file = join(home, "spinning")
    const handler = `import { writeFileSync } from "node:fs"
      export default () => { writeFileSync(${JSON.stringify(file)}, ""); for (;;) ; }`
    writeHook(join(state, "hooks"), "spins", { events: ["session"], handler })
    const { runner, clock, errors } = begin(["spins"])
    const spinning = appears(file)
    await runner.tell(event)
    await spinning
    clock.turn(30_000)
    await runner.close(2000)
    expect(String(errors[0]?.error)).toContain("longer than 30 seconds")
  })

  test("that ends its process ends its own thread alone", async () => {
    const handler = "export default () => process.exit(3)"
    writeHook(join(state, "hooks"), "quits", { events: ["session"], handler })
    const { runner, errors } = begin(["quits"])
    await runner.tell(event)
    await runner.close(2000)
    expect(errors[0]).toMatchObject({ hook: "quits" })
  })

  test("sees none of the secrets around fased", async () => {
    const file = join(home, "told")
    const handler = `import { writeFileSync } from "node:fs"
      export default () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.env))`
    writeHook(join(state, "hooks"), "looks", { events: ["session"], handler })
    const { runner } = begin(["looks"])
    await runner.tell(event)
    await runner.close(2000)
    const seen = readFileSync(file, "utf8")
    expect(seen).toContain("PATH")
    expect(seen).not.toContain("xyzzy")
  })

  test("that lacks something is left out with a word about it", async () => {
    const requires = { bins: ["no-such-program-anywhere"] }
    writeHook(join(state, "hooks"), "lacks", { events: ["session"], handler: "", requires })
    const { runner, errors } = begin(["lacks"])
    await runner.tell(event)
    await runner.close(2000)
    expect(errors).toEqual([{ hook: "lacks", missing: ["the program no-such-program-anywhere"] }])
  })
})

describe("a hook that says what a turn begins with", () => {
  const about = { agentId: "main", sessionKey: "agent:main:main", workspace: "/w", names: [] }
  const own = [{ name: "AGENTS.md", text: "Be brief." }]
  const hook = (name: string, body: string) =>
    writeHook(join(state, "hooks"), name, {
      events: ["agent:bootstrap"],
      handler: `export default async ({ context }) => { ${body} }`,
    })

  test("adds to what the one before it left, and changes nothing of what it was given", async () => {
    hook("a", `context.bootstrapFiles.push({ name: "A.md", text: "a" })`)
    hook(
      "b",
      `context.bootstrapFiles = context.bootstrapFiles.filter(({ name }) => name === "A.md")`,
    )
    const { runner, errors } = begin(["a", "b"])
    expect(await runner.bootstrap(about, own)).toEqual([{ name: "A.md", text: "a" }])
    expect(own).toHaveLength(1)
    expect(errors).toEqual([])
    await runner.close(2000)
  })

  test("changes nothing where it fails, leaves no list, or is not switched on", async () => {
    hook("fails", `context.bootstrapFiles = []; throw new Error("no luck")`)
    hook("odd", `context.bootstrapFiles = [{ name: 1 }]`)
    hook("off", `context.bootstrapFiles = []`)
    const { runner, errors } = begin(["fails", "odd"])
    expect(await runner.bootstrap(about, own)).toBeUndefined()
    expect(errors.map(({ hook }) => hook)).toEqual(["fails", "odd"])
    await runner.close(2000)
  })

  test("is waited for five seconds, and no longer", async () => {
    const file = join(home, "begun")
    hook("slow", `await Bun.write(${JSON.stringify(file)}, ""); await new Promise(() => {})`)
    const { runner, clock, errors } = begin(["slow"])
    const begun = appears(file)
    const left = runner.bootstrap(about, own)
    await begun
    clock.turn(5_000)
    expect(await left).toBeUndefined()
    expect(String(errors[0]?.error)).toContain("longer than 5 seconds")
    await runner.close(2000)
  })
})

describe("looking for hooks", () => {
  const look = (load: object = {}, workspaces: string[] = []) =>
    discoverHooks({
      paths: { home, state, config: join(state, "fased.json") },
      env: { PATH: process.env.PATH },
      plugins: plugins.schema.parse({}),
      load: section.schema.parse({ internal: { load } }).internal.load,
      workspaces,
    })

  test("a link out of its place is refused, for the folder as for its files", async () => {
    const outside = writeHook(home, "outside", { events: ["agent"], handler: "" })
    symlinkSync(outside, join(state, "hooks", "linked"))
    const half = writeHook(join(state, "hooks"), "half", { events: ["agent"] })
    symlinkSync(join(outside, "handler.ts"), join(half, "handler.ts"))
    const { hooks, broken } = await look()
    expect(hooks.every(({ source }) => source === "bundled")).toBe(true)
    expect(broken.map(({ why }) => why).join()).toMatch(/half.*leads out.*linked.*leads out/s)
  })

  test("a workspace's count only where that is allowed, and stand for no other", async () => {
    const workspace = join(home, "workspace")
    writeHook(join(workspace, "hooks"), "session-memory", { events: ["agent"], handler: "" })
    writeHook(join(workspace, "hooks"), "own", { events: ["agent"], handler: "" })
    expect((await look({}, [workspace])).hooks.map(({ name }) => name)).not.toContain("own")
    const { hooks } = await look({ workspaces: true }, [workspace])
    expect(hooks.find(({ name }) => name === "own")?.source).toBe("workspace")
    expect(hooks.find(({ name }) => name === "session-memory")?.source).toBe("bundled")
  })

  test("the operator's own stands for a bundled one, that for an extra one", async () => {
    const extra = join(home, "extra")
    writeHook(extra, "boot-md", { events: ["agent"], handler: "" })
    writeHook(extra, "more", { events: ["agent"], handler: "" })
    writeHook(join(state, "hooks"), "command-logger", { events: ["agent"], handler: "" })
    const { hooks } = await look({ extraDirs: [extra] })
    const sources = Object.fromEntries(hooks.map(({ name, source }) => [name, source]))
    expect(sources).toMatchObject({
      "boot-md": "bundled",
      "command-logger": "state",
      more: "extra",
    })
  })

  test.each([
    ["an event of no known form", { events: ["everything!"], handler: "" }, "no event"],
    ["no event at all", { events: [], handler: "" }, "metadata.fased.events"],
    ["no handler", { events: ["agent"] }, "no handler.ts"],
  ])("one with %s is told of as broken", async (_, hook, why) => {
    writeHook(join(state, "hooks"), "odd", hook)
    expect((await look()).broken).toMatchObject([{ why: expect.stringContaining(why) }])
  })
})
