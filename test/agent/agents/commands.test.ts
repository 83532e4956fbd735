import { expect, test } from "bun:test"
import { agentCommand } from "../../../src/agent/agents/commands.ts"
import { foldersOwn } from "../../../src/agent/agents/checks.ts"
import { agents as section } from "../../../src/agents/config.ts"
import { resolvePaths } from "../../../src/config/paths.ts"

const paths = resolvePaths({ HOME: "/home/someone" })
const config = (list: object[]) => section.schema.parse({ list })
const say = (args: string, list: object[]) =>
  agentCommand.run(args, { agents: config(list), agentId: "b" } as never)

test("/agent tells who answers here, and who else there is", () => {
  const list = [{ id: "a" }, { id: "b", identity: { name: "Bea", emoji: "🐝" } }]
  expect(say("", list)).toEqual({ say: "- `a` (default)\n- `b` 🐝 Bea (answers here)" })
  expect(say("current", list)).toEqual({ say: "- `b` 🐝 Bea (answers here)" })
  expect(() => say("switch", list)).toThrow("switch")
})

test("/agent stays readable with hundreds of agents", () => {
  const list = Array.from({ length: 500 }, (_, at) => ({ id: `a${at}` }))
  expect(say("list", list)).toMatchObject({ say: expect.stringContaining("… and 460 more") })
})

test("two agents in one folder are found", async () => {
  const one = config([{ id: "a", workspace: "/w" }, { id: "b", workspace: "/w" }, { id: "c" }])
  const found = await foldersOwn.detect({ agents: one, paths })
  expect(found).toEqual({ shared: [{ folder: "/w", ids: ["a", "b"] }] })
  expect(foldersOwn.explain(found!)).toContain("a and b work in the same folder")
  expect(await foldersOwn.detect({ agents: config([]), paths })).toBeNull()
})
