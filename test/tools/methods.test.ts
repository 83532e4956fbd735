import { expect, test } from "bun:test"
import type { Client } from "../../src/client/connect.ts"
import { startGateway } from "../support/gateway.ts"

const ask = async (client: Client, method: string, params: object) =>
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks at whichever field it is about
  (await client.request(method, params)) as any

const start = (tools: object, list: object[] = []) =>
  startGateway({ config: { tools, agents: { list } } })

test("tools.catalog lists every tool in its group, with the profiles that hold it", async () => {
  await using gateway = await start({})
  const { profiles, groups } = await ask(gateway.client, "tools.catalog", {})
  expect(profiles.map(({ id }: { id: string }) => id)).toEqual([
    "minimal",
    "coding",
    "messaging",
    "full",
  ])
  const files = groups.find(({ id }: { id: string }) => id === "fs")
  expect(files).toMatchObject({
    label: "Files",
    source: "core",
    tools: expect.arrayContaining([
      expect.objectContaining({ id: "read", defaultProfiles: ["coding", "full"] }),
    ]),
  })
})

test("tools.effective says what a session may use, and what hides the rest", async () => {
  await using gateway = await start({ deny: ["edit"] }, [
    { id: "main" },
    { id: "work", tools: { profile: "minimal" } },
  ])
  const main = await ask(gateway.client, "tools.effective", { sessionKey: "main" })
  expect(main).toMatchObject({
    agentId: "main",
    sessionKey: "agent:main:main",
    profile: "coding",
    groups: [{ id: "core", source: "core" }],
    hidden: expect.arrayContaining([
      expect.objectContaining({ id: "edit", group: "fs", stage: "global", setting: "tools.deny" }),
    ]),
  })
  const shown = main.groups[0].tools.map(({ id }: { id: string }) => id)
  expect(shown).toContain("read")
  expect(shown).not.toContain("edit")

  const work = await ask(gateway.client, "tools.effective", { sessionKey: "agent:Work:main" })
  expect(work).toMatchObject({ agentId: "work", profile: "minimal" })
  expect(work.groups[0].tools).toMatchObject([{ id: "session_status" }])
  expect(work.hidden).toContainEqual(
    expect.objectContaining({ id: "read", setting: "agents.list[work].tools.profile" }),
  )
})
