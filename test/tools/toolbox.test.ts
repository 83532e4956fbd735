import { describe, expect, test } from "bun:test"
import { z } from "zod"
import { agents } from "../../src/agents/config.ts"
import { Clock } from "../../src/kernel/clock.ts"
import { fault } from "../../src/kernel/fault.ts"
import { type Fields, Log } from "../../src/kernel/log.ts"
import { Services } from "../../src/kernel/service.ts"
import { tool } from "../../src/kernel/tool.ts"
import { toolContent } from "../../src/kernel/tool-content.ts"
import { tools as section } from "../../src/tools/config.ts"
import { Confined } from "../../src/tools/standing.ts"
import { createToolbox, type Toolbox } from "../../src/tools/toolbox.ts"

const trouble = fault<{ what: string }>("test.trouble", {
  status: 409,
  message: ({ what }) => `${what} is in trouble.`,
  hint: () => "Try the other one.",
})

const echo = tool({
  name: "echo",
  group: "fs",
  label: "Echo",
  description: "Says it back.",
  params: z.object({ text: z.string(), times: z.int().min(1).default(1) }),
  run: ({ text, times }, { agentId }) => `${agentId}: ${text.repeat(times)}`,
})
const make = (name: string, run: (signal: AbortSignal) => unknown, extra: object = {}) =>
  tool({
    name,
    group: "fs",
    label: name,
    description: name,
    params: z.object({}),
    run: (_, { signal }) => run(signal),
    ...extra,
  })

const setUp = (
  tools: Parameters<typeof createToolbox>[0],
  config: object = {},
  agentsConfig: object = {},
) => {
  const services = new Services()
  const errors: { message: string; fields?: Fields }[] = []
  const quiet = () => {}
  const log: Log = {
    trace: quiet,
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (message, fields) => errors.push({ message, fields }),
    for: () => log,
  }
  const timers: (() => void)[] = []
  services.provide(Log, log)
  services.provide(Clock, {
    now: () => 0,
    after: (_, work) => {
      timers.push(work)
      return () => timers.splice(timers.indexOf(work), 1)
    },
    every: () => quiet,
  })
  let current = section.schema.parse(config)
  services.provideLive(section, () => current)
  services.provide(Confined, () => undefined)
  services.provide(agents, agents.schema.parse(agentsConfig))
  return {
    toolbox: createToolbox(tools, services),
    services,
    errors,
    timers,
    configure: (next: object) => (current = section.schema.parse(next)),
  }
}
const call = (change: object = {}) => ({
  agentId: "main",
  sessionKey: "agent:main:main",
  workspace: "/nowhere",
  signal: new AbortController().signal,
  owner: true,
  surface: "chat" as const,
  ...change,
})

test("a tool is offered with its JSON Schema, made once", () => {
  const { toolbox } = setUp([echo])
  const [offer] = toolbox.offered(call())
  expect(offer).toEqual({
    name: "echo",
    label: "Echo",
    description: "Says it back.",
    parameters: {
      type: "object",
      properties: {
        text: { type: "string" },
        times: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER, default: 1 },
      },
      required: ["text"],
    },
  })
  expect(toolbox.offered(call())[0]).toBe(offer!)
})

test("a call gets its context and defaults, from an object or from JSON text", async () => {
  const { toolbox } = setUp([echo])
  const answer = { ok: true, text: "main: hi", value: "main: hi" }
  expect(await toolbox.run("echo", { text: "hi" }, call())).toEqual(answer as never)
  expect(await toolbox.run("echo", '{"text":"hi"}', call())).toEqual(answer as never)
})

test("a value becomes JSON, and nothing becomes a word", async () => {
  const { toolbox } = setUp([make("value", () => ({ a: 1 })), make("nothing", () => undefined)])
  expect((await toolbox.run("value", {}, call())).text).toBe('{"a":1}')
  expect((await toolbox.run("nothing", "", call())).text).toBe("Done.")
})

test("what a model gets wrong comes back as something it can act on", async () => {
  const { toolbox } = setUp([echo])
  const run = async (name: string, args: unknown) => {
    const result = await toolbox.run(name, args, call())
    return result.ok ? "ok" : `${result.code}: ${result.text}`
  }
  expect(await run("echo", "{text:")).toStartWith("tools.bad-arguments: ")
  expect(await run("echo", { text: 1, times: 0 })).toMatch(/text: .*; times: /)
  for (const args of [null, 7, [], "[]", true])
    expect(await run("echo", args)).toStartWith("tools.bad-arguments: ")
  expect(await run("ecko", {})).toBe(
    'tools.unknown: There is no tool named "ecko". Tools here: echo.',
  )
  expect(await run("__proto__", {})).toStartWith("tools.unknown: ")
  expect(await run("ECHO", { text: "" })).toStartWith("tools.unknown: ")
})

test("a denied tool is neither offered nor run, and the config is read at each use", async () => {
  let ran = 0
  const { toolbox, configure } = setUp([make("touch", () => ran++)])
  expect((await toolbox.run("touch", {}, call())).ok).toBe(true)
  configure({ deny: ["touch"] })
  expect(toolbox.offered(call())).toEqual([])
  expect(await toolbox.run("touch", {}, call())).toMatchObject({ ok: false, code: "tools.denied" })
  expect(ran).toBe(1)
})

test("an owner's tool does not exist for anyone else's turn", async () => {
  const { toolbox } = setUp([make("gateway", () => "facts", { ownerOnly: true })], {
    profile: "full",
  })
  expect(toolbox.offered(call({ owner: false }))).toEqual([])
  expect((await toolbox.run("gateway", {}, call({ owner: false }))).ok).toBe(false)
  expect((await toolbox.run("gateway", {}, call())).ok).toBe(true)
})

test("a fault is told with its hint; a bug is logged and told without details", async () => {
  const { toolbox, errors } = setUp([
    make("faulty", () => {
      throw trouble({ what: "it" })
    }),
    make("buggy", async () => {
      throw new Error("token sk-secret leaked")
    }),
  ])
  expect(await toolbox.run("faulty", {}, call())).toEqual({
    ok: false,
    code: "test.trouble",
    text: "it is in trouble. Try the other one.",
  })
  expect(errors).toEqual([])
  const result = await toolbox.run("buggy", {}, call())
  expect(result).toMatchObject({ ok: false, code: "internal" })
  expect(result.text).not.toContain("sk-secret")
  expect(errors[0]).toMatchObject({ message: "tool failed", fields: { tool: "buggy" } })
})

test("a value that cannot become JSON is a bug, not a crash", async () => {
  const { toolbox, errors } = setUp([make("loop", () => ({ big: 1n }))])
  expect(await toolbox.run("loop", {}, call())).toMatchObject({ ok: false, code: "internal" })
  expect(errors).toHaveLength(1)
})

test("long output is cut and says so", async () => {
  const { toolbox } = setUp([make("long", () => "x".repeat(100_000))])
  const { text } = await toolbox.run("long", {}, call())
  expect(text.length).toBeLessThan(61_000)
  expect(text).toEndWith("[cut: 40000 more characters; ask for less at once]")
})

test("a tool that never answers is stopped at its deadline, and its signal fires", async () => {
  let seen: AbortSignal | undefined
  const { toolbox, timers } = setUp([
    make("hang", (signal) => {
      seen = signal
      return new Promise(() => {})
    }),
  ])
  const result = toolbox.run("hang", {}, call())
  await Promise.resolve()
  timers[0]!()
  expect(await result).toMatchObject({ ok: false, code: "tools.timeout" })
  expect(seen?.aborted).toBe(true)
})

test("a tool stops when its turn does, and does not start in one that has ended", async () => {
  let starts = 0
  const { toolbox, timers } = setUp([
    make("hang", () => {
      starts++
      return new Promise(() => {})
    }),
  ])
  const turn = new AbortController()
  const result = toolbox.run("hang", {}, call({ signal: turn.signal }))
  turn.abort("user")
  expect(await result).toMatchObject({ ok: false, code: "tools.stopped" })
  expect(await toolbox.run("hang", {}, call({ signal: turn.signal }))).toMatchObject({ ok: false })
  expect(starts).toBe(1)
  expect(timers).toEqual([])
})

test("a tool has its own deadline, or none where it keeps to one itself", async () => {
  const forever = () => new Promise(() => {})
  const { toolbox, timers } = setUp([
    make("short", forever, { deadlineMs: 5000 }),
    make("own", forever, { deadlineMs: "own" }),
  ])
  const short = toolbox.run("short", {}, call())
  await Promise.resolve()
  timers[0]!()
  expect((await short).text).toContain("after 5 s")
  const turn = new AbortController()
  const own = toolbox.run("own", {}, call({ signal: turn.signal }))
  await Promise.resolve()
  expect(timers).toEqual([])
  turn.abort()
  expect(await own).toMatchObject({ code: "tools.stopped" })
})

test("what is not set up is neither offered nor run, and is said to be so", async () => {
  let ready = false
  const { toolbox } = setUp([make("later", () => "ran", { available: () => ready })])
  expect(toolbox.offered(call())).toEqual([])
  expect(await toolbox.run("later", {}, call())).toMatchObject({ code: "tools.denied" })
  expect(toolbox.judged(call()).tools[0]!.hidden).toMatchObject({ stage: "unavailable" })
  ready = true
  expect((await toolbox.run("later", {}, call())).ok).toBe(true)
  expect(toolbox.judged(call()).tools[0]!.hidden).toBeNull()
})

test("pictures reach whoever runs the tool", async () => {
  const image = { type: "image" as const, mimeType: "image/png", data: new Uint8Array([1]) }
  const { toolbox } = setUp([
    make("look", () => toolContent({ type: "text", text: "a cat" }, image)),
  ])
  expect(await toolbox.run("look", {}, call())).toMatchObject({
    ok: true,
    text: "a cat",
    content: [{ type: "text", text: "a cat" }, image],
  })
})

test("a turn that goes round in circles is told, and then refused", async () => {
  let ran = 0
  const { toolbox } = setUp([make("again", () => `${++ran > 0}`)], {
    loopDetection: {
      enabled: true,
      warningThreshold: 2,
      criticalThreshold: 3,
      globalCircuitBreakerThreshold: 4,
    },
  })
  const texts: string[] = []
  for (let round = 0; round < 6; round++)
    texts.push((await toolbox.run("again", {}, call({ runId: "r" }))).text)
  expect(texts.slice(0, 2)).toEqual(["true", "true"])
  expect(texts[2]).toStartWith("true\n[you made that very call 2 times before")
  expect(texts[3]).toStartWith("Not done")
  expect(texts.at(-1)).toContain("no more tools")
  expect(ran).toBe(3)
  expect((await toolbox.run("again", {}, call({ runId: "other" }))).text).toBe("true")
})

describe("tools from elsewhere", () => {
  const plugin = { kind: "plugin", id: "helper" } as const
  const server = { kind: "mcp", id: "My Notes!" } as const
  const namesOf = (toolbox: Toolbox) => toolbox.all.map(({ name }) => name)

  test("get names that are theirs alone, in any spelling", () => {
    const { toolbox } = setUp([make("read", () => 0), make("exec", () => 0)])
    toolbox.adopt(server, [
      make("read", () => 0),
      make("search all/now", () => 0),
      make("search all now", () => 0),
    ])
    toolbox.adopt(plugin, [make("EXEC", () => 0), make("bash", () => 0), make("tidy", () => 0)])
    toolbox.adopt({ kind: "plugin", id: "other" }, [
      make("Tidy", () => 0),
      make("x".repeat(200), () => 0),
    ])
    expect(namesOf(toolbox)).toEqual([
      "read",
      "exec",
      "My_Notes___read",
      "My_Notes___search_all_now",
      "My_Notes___search_all_now_2",
      "helper__EXEC",
      "helper__bash",
      "tidy",
      "other__Tidy",
      "x".repeat(64),
    ])
    for (const name of namesOf(toolbox)) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
  })

  test("cannot pass for a tool of the binary by the name of their source", () => {
    const { toolbox, configure } = setUp([make("exec", () => 0)])
    toolbox.adopt({ kind: "plugin", id: "exec" }, [make("anything", () => 0)])
    configure({ profile: "full", allow: ["exec"] })
    expect(toolbox.offered(call()).map(({ name }) => name)).toEqual(["exec"])
    configure({ profile: "full", deny: ["group:plugins"] })
    expect(toolbox.offered(call()).map(({ name }) => name)).toEqual(["exec"])
  })

  test("are run, replaced and taken back; a schema of their own is passed on", async () => {
    const { toolbox } = setUp([echo])
    const parameters = { type: "object", properties: { q: { type: "string" } } }
    toolbox.adopt(server, [make("one", () => "1", { parameters })])
    expect(toolbox.offered(call())[1]).toMatchObject({ name: "My_Notes___one", parameters })
    expect((await toolbox.run("My_Notes___one", {}, call())).text).toBe("1")
    toolbox.adopt(server, [make("two", () => "2")])
    expect(namesOf(toolbox)).toEqual(["echo", "My_Notes___two"])
    toolbox.adopt(server, [])
    expect(namesOf(toolbox)).toEqual(["echo"])
  })

  test("are for the operator by default, and for nobody else", () => {
    const { toolbox } = setUp([])
    toolbox.adopt(server, [make("one", () => "1")])
    expect(toolbox.offered(call())).toHaveLength(1)
    expect(toolbox.offered(call({ owner: false }))).toHaveLength(0)
  })
})
