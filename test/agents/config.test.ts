import { describe, expect, test } from "bun:test"
import {
  agents,
  defaultAgentId,
  findAgent,
  listAgents,
  modelsOf,
  workspaceOf,
} from "../../src/agents/config.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import type { Fault } from "../../src/kernel/fault.ts"

const parse = (config: object) => agents.schema.parse(config)
const paths = resolvePaths({ HOME: "/home/ann" })

test("nothing configured is one agent named main", () => {
  const config = parse({})
  expect(listAgents(config)).toEqual([{ id: "main" }])
  expect(defaultAgentId(config)).toBe("main")
  expect(workspaceOf(findAgent(config), config, paths)).toBe("/home/ann/.fased/workspace")
})

test("the first agent marked default is it, else the first of the list", () => {
  const list = [{ id: "a" }, { id: "b", default: true }, { id: "c", default: true }]
  expect(defaultAgentId(parse({ list }))).toBe("b")
  expect(defaultAgentId(parse({ list: list.map(({ id }) => ({ id })) }))).toBe("a")
})

test("an agent is found in any case; another name is answered with those there are", () => {
  const config = parse({ list: [{ id: "main" }, { id: "work" }] })
  expect(findAgent(config, " Work ").id).toBe("work")
  expect(() => findAgent(config, "wrok")).toThrow('There is no agent named "wrok".')
  expect(() => findAgent(config, "")).toThrow()
  try {
    findAgent(config, "wrok")
  } catch (error) {
    expect(error).toMatchObject({ code: "agents.unknown", hint: "Agents here: main, work." })
  }
})

describe("workspaces", () => {
  const place = (config: object, id: string, from = paths) => {
    const parsed = parse(config)
    return workspaceOf(findAgent(parsed, id), parsed, from)
  }
  const list = [{ id: "main" }, { id: "work" }]

  test("follow the contract for default agents, others and named folders", () => {
    expect(place({ list }, "work")).toBe("/home/ann/.fased/workspace-work")
    expect(place({ defaults: { workspace: "~/desk" }, list }, "main")).toBe("/home/ann/desk")
    expect(place({ defaults: { workspace: "~/desk" }, list }, "work")).toBe("/home/ann/desk/work")
    expect(place({ list: [{ id: "main", workspace: "/srv/x" }] }, "main")).toBe("/srv/x")
  })

  test("written relative belong to the config file's folder", () => {
    expect(place({ defaults: { workspace: "desk" } }, "main")).toBe("/home/ann/.fased/desk")
  })

  test("are never shared because an agent has the profile's name", () => {
    const dev = resolvePaths({ HOME: "/home/ann" }, { profile: "dev" })
    const config = { list: [{ id: "main" }, { id: "dev" }] }
    expect(place(config, "dev", dev)).not.toBe(place(config, "main", dev))
  })
})

test("models: an agent's own first, shared fallbacks unless it names its own", () => {
  const defaults = { model: { primary: "p/1", fallbacks: ["p/2"] } }
  const models = (model: unknown) => {
    const config = parse({ defaults, list: [{ id: "a", ...(model !== undefined && { model }) }] })
    return modelsOf(config.list[0]!, config)
  }
  expect(models(undefined)).toEqual(["p/1", "p/2"])
  expect(models("q/1")).toEqual(["q/1", "p/2"])
  expect(models({ primary: "q/1", fallbacks: [] })).toEqual(["q/1"])
  expect(models({ fallbacks: ["q/2"] })).toEqual(["p/1", "q/2"])
  expect(modelsOf({ id: "main" }, parse({}))).toEqual([])
})

describe("the section refuses", () => {
  const cases: [string, object][] = [
    ["an id that is not a slug", { list: [{ id: "My Agent" }] }],
    ["an id that leads elsewhere", { list: [{ id: "../x" }] }],
    ["the same id twice", { list: [{ id: "a" }, { id: "a" }] }],
    ["a time zone that does not exist", { defaults: { userTimezone: "Mars/Base" } }],
    ["a heartbeat that is not a duration", { defaults: { heartbeat: { every: "often" } } }],
    ["a key it does not know", { defaults: { timeoutSecond: 1 } }],
  ]
  for (const [what, config] of cases)
    test(what, () => expect(agents.schema.safeParse(config).success).toBe(false))
})

test("someone who names an agent that is not there is told a few of hundreds", () => {
  const list = Array.from({ length: 500 }, (_, at) => ({ id: `a${at}` }))
  const config = agents.schema.parse({ list })
  const refusal = () => findAgent(config, "nobody")
  expect(refusal).toThrow('no agent named "nobody"')
  try {
    refusal()
  } catch (error) {
    expect((error as Fault).hint).toEndWith("a19 and 480 more; all of them: fased agents list")
  }
})
