import { expect, test } from "bun:test"
import type { Caller, Scope } from "../../src/kernel/method.ts"
import { tools as section } from "../../src/tools/config.ts"
import { catalog, effective } from "../../src/tools/methods.ts"
import { policy } from "../../src/tools/policy.ts"
import type { Toolbox } from "../../src/tools/toolbox.ts"
import { edit, read } from "../../src/tools/tools.ts"

const tools = section.schema.parse({ deny: ["edit"] })
const all = [read, edit]
const toolbox: Toolbox = {
  all,
  offered: (standing) =>
    all.filter(policy(tools, standing)).map(({ name, label, description }) => ({
      name,
      label,
      description,
      parameters: {},
    })),
  run: () => Promise.reject(new Error("not part of this test")),
}
const context = (role: Caller["role"], ...scopes: Scope[]) => ({
  toolbox,
  tools,
  agentIds: (id = "main") => id,
  signal: new AbortController().signal,
  accept: () => {},
  caller: {
    connection: "1",
    role,
    scopes: new Set(scopes),
    clientId: "cli",
    clientMode: "cli",
  },
})

test("tools.catalog lists every tool in its group, with the profiles that hold it", async () => {
  const result = await catalog.handle({}, context("operator"))
  expect(catalog.result.parse(result)).toMatchObject({
    agentId: "main",
    profiles: [{ id: "minimal" }, { id: "coding" }, { id: "messaging" }, { id: "full" }],
    groups: [
      {
        id: "fs",
        label: "Files",
        source: "core",
        tools: [{ id: "read", defaultProfiles: ["coding", "full"] }, { id: "edit" }],
      },
    ],
  })
})

test("tools.effective lists what the policy leaves, for the agent the session key names", async () => {
  const ask = async (role: Caller["role"], ...scopes: Scope[]) =>
    effective.result.parse(
      await effective.handle({ sessionKey: "agent:Work:main" }, context(role, ...scopes)),
    )
  expect(await ask("operator", "read", "admin")).toMatchObject({
    agentId: "work",
    profile: "coding",
    groups: [{ id: "core", tools: [{ id: "read", source: "core" }] }],
  })
  expect(await ask("operator", "read", "write")).toMatchObject({ profile: "messaging" })
  expect(await ask("node", "admin")).toMatchObject({
    profile: "messaging",
    groups: [{ tools: [] }],
  })
})
