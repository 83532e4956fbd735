import { describe, expect, test } from "bun:test"
import { z } from "zod"
import { agents } from "../../src/agents/config.ts"
import { Paths } from "../../src/config/paths.ts"
import { Clock } from "../../src/kernel/clock.ts"
import { fault } from "../../src/kernel/fault.ts"
import { Log } from "../../src/kernel/log.ts"
import { Services } from "../../src/kernel/service.ts"
import { tool } from "../../src/kernel/tool.ts"
import { Models } from "../../src/models/service.ts"
import { tools as section } from "../../src/tools/config.ts"
import { httpDenied, InvokeTool } from "../../src/tools/invoke.ts"
import { provideTools } from "../../src/tools/provide.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const named = (name: string, run: (args: object) => unknown = () => name, more: object = {}) =>
  tool({
    name,
    group: "fs",
    label: name,
    description: name,
    params: z.object({ action: z.enum(["look", "touch"]).optional(), path: z.string().optional() }),
    run: (args) => run(args),
    ...more,
  })
const trouble = fault("test.trouble", { status: 409, message: () => "No." })

const setUp = (config: object = {}) => {
  const services = new Services()
  services.provide(Log, silentLog)
  services.provide(Clock, turnableClock())
  services.provide(section, section.schema.parse({ profile: "full", ...config }))
  services.provide(agents, agents.schema.parse({}))
  services.provide(Paths, { home: "/h", state: "/s", config: "/c", workspace: "/w" } as Paths)
  services.provide(Models, { choose: () => ({ refs: ["acme/one/two"] }) } as unknown as Models)
  provideTools(services, [
    ...httpDenied.map((name) => named(name)),
    named("echo", (args) => args),
    named("owners", () => "facts", { ownerOnly: true }),
    named("strict", (args) => args, { params: z.object({ path: z.string() }) }),
    named("faulty", () => {
      throw trouble()
    }),
    named("buggy", () => {
      throw new Error("/secret/path")
    }),
  ])
  return (name: string, args: object = {}, more: object = {}) =>
    services.get(InvokeTool)({
      tool: name,
      args: { ...args },
      standing: { agentId: "main", sessionKey: "agent:main:main", owner: true, surface: "http" },
      signal: new AbortController().signal,
      ...more,
    })
}

test("a tool is used outside a turn, through the policy", async () => {
  const invoke = setUp({ deny: ["faulty"] })
  expect(await invoke("echo", { path: "a" })).toMatchObject({ kind: "done", value: { path: "a" } })
  expect(await invoke("faulty")).toEqual({ kind: "not-found" })
  expect(await invoke("no_such")).toEqual({ kind: "not-found" })
})

describe("N073 what HTTP may not use looks as if it were not there", () => {
  test.each([...httpDenied])("%s", async (name) => {
    const invoke = setUp()
    expect(await invoke(name)).toEqual({ kind: "not-found" })
    const allowed = { lists: { allow: [name.toUpperCase()] } }
    expect(await invoke(name, {}, allowed)).toMatchObject({ kind: "done" })
    expect(await invoke(name, {}, { lists: { allow: [name], deny: [name] } })).toEqual({
      kind: "not-found",
    })
    expect(await setUp({ deny: [name] })(name, {}, allowed)).toEqual({ kind: "not-found" })
  })

  test("and the list can grow", async () => {
    expect(await setUp()("echo", {}, { lists: { deny: ["Echo"] } })).toEqual({ kind: "not-found" })
  })

  test("an owner's tool is nobody else's", async () => {
    const standing = { agentId: "main", sessionKey: "main", owner: false, surface: "http" }
    expect(await setUp()("owners", {}, { standing })).toEqual({ kind: "not-found" })
  })

  test("the limits of the model that would ask hold here too", async () => {
    const invoke = setUp({ byProvider: { "acme/one/two": { deny: ["echo"] } } })
    expect(await invoke("echo")).toEqual({ kind: "not-found" })
  })
})

test("an action goes into the arguments of a tool that takes one, and nowhere else", async () => {
  const invoke = setUp()
  const action = { action: "look" }
  expect(await invoke("echo", {}, action)).toMatchObject({ value: { action: "look" } })
  expect(await invoke("echo", { action: "touch" }, action)).toMatchObject({
    value: { action: "touch" },
  })
  expect(await invoke("strict", { path: "a" }, action)).toMatchObject({ value: { path: "a" } })
})

test("a refusal says why, a bug does not", async () => {
  const invoke = setUp()
  expect(await invoke("faulty")).toMatchObject({ kind: "refused", code: "test.trouble" })
  expect(await invoke("strict")).toMatchObject({ kind: "refused", code: "tools.bad-arguments" })
  expect(await invoke("buggy")).toEqual({ kind: "failed" })
})
