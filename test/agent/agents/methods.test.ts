import { expect, test } from "bun:test"
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Client } from "../../../src/client/connect.ts"
import { startGateway } from "../../support/gateway.ts"

// oxlint-disable-next-line typescript/no-explicit-any -- a test looks at whichever field it is about
const rpc = async (client: Client, method: string, params: object): Promise<any> =>
  client.request(method, params)

test("a new agent has a folder of its own, and the one that was there stays the default", async () => {
  await using gateway = await startGateway()
  const made = await rpc(gateway.client, "agents.create", { name: "Research Team", emoji: "🔭" })
  expect(made).toMatchObject({ ok: true, agentId: "research-team", name: "Research Team" })
  expect(made.workspace).toBe(join(gateway.paths.state, "workspace-research-team"))
  expect(existsSync(made.workspace)).toBe(true)
  const { defaultId, agents } = await rpc(gateway.client, "agents.list", {})
  expect(defaultId).toBe("main")
  expect(agents.map(({ id }: { id: string }) => id)).toEqual(["main", "research-team"])
  expect(agents[1].identity).toEqual({ emoji: "🔭" })
})

test("no agent takes a folder that something else needs, or a name that is taken", async () => {
  await using gateway = await startGateway()
  const { client, paths, home } = gateway
  for (const workspace of ["/", "~", paths.state, paths.workspace, join(paths.workspace, "deep")])
    await expect(rpc(client, "agents.create", { name: "x", workspace })).rejects.toThrow(
      "own folder",
    )
  symlinkSync(home, join(home, "way-home"))
  await expect(
    rpc(client, "agents.create", { name: "x", workspace: join(home, "way-home") }),
  ).rejects.toThrow("own folder")
  await expect(rpc(client, "agents.create", { name: "Main" })).rejects.toThrow("already")
  await expect(rpc(client, "agents.create", { name: "???" })).rejects.toThrow("nothing to name")
  await expect(
    rpc(client, "agents.create", { name: "x", avatar: "../../secret.png" }),
  ).rejects.toThrow("avatar")
})

test("a change leaves the comments of the config and everything else about the agent", async () => {
  await using gateway = await startGateway()
  const { client, paths, running } = gateway
  await rpc(client, "agents.create", { name: "research", emoji: "🔭" })
  const text = readFileSync(paths.config, "utf8")
  writeFileSync(paths.config, `// keep me\n${text}`)
  await running.reload()
  await rpc(client, "agents.update", { agentId: "research", name: "Ada", avatar: "ada.png" })
  expect(readFileSync(paths.config, "utf8")).toStartWith("// keep me\n")
  const { agents } = await rpc(client, "agents.list", {})
  expect(agents[1]).toMatchObject({ name: "Ada", identity: { emoji: "🔭", avatar: "ada.png" } })
})

test("two agents talk in sessions of their own; a removed one's are archived, its folder in the trash", async () => {
  await using gateway = await startGateway()
  const { client, paths } = gateway
  const { workspace } = await rpc(client, "agents.create", { name: "research" })
  for (const agentId of ["main", "research"])
    await rpc(client, "agent", { message: "hello", agentId, idempotencyKey: agentId })
  const keysOf = async (agentId: string) =>
    (await rpc(client, "sessions.list", { agentId })).sessions.map(
      ({ key }: { key: string }) => key,
    )
  expect(await keysOf("research")).toEqual(["agent:research:main"])
  const { runId } = await rpc(client, "chat.send", {
    sessionKey: "agent:research:main",
    message: "again",
    idempotencyKey: "again",
  })
  await rpc(client, "agent.wait", { runId })
  const gone = await rpc(client, "agents.delete", { agentId: "research", deleteFiles: true })
  expect(gone).toMatchObject({ agentId: "research", archivedSessions: 1 })
  expect(existsSync(workspace)).toBe(false)
  expect(gone.trash).toStartWith(join(paths.state, "trash", "workspace-research.deleted-"))
  expect(await keysOf("research")).toEqual([])
  expect(await keysOf("main")).toEqual(["agent:main:main"])
  await expect(
    rpc(client, "agent", { message: "hello", agentId: "research", idempotencyKey: "later" }),
  ).rejects.toThrow("no agent named")
})

test("the default agent is not removed, and a linked folder is left alone", async () => {
  await using gateway = await startGateway()
  const { client, home, paths } = gateway
  await expect(rpc(client, "agents.delete", { agentId: "main" })).rejects.toThrow("default agent")
  mkdirSync(join(home, "papers"))
  symlinkSync(join(home, "papers"), join(paths.state, "workspace-research"))
  await rpc(client, "agents.create", { name: "research" })
  await expect(
    rpc(client, "agents.delete", { agentId: "research", deleteFiles: true }),
  ).rejects.toThrow("is a link")
  expect((await rpc(client, "agents.list", {})).agents).toHaveLength(2)
})

test("an agent's files are read and written, and a change of somebody else's is not lost", async () => {
  await using gateway = await startGateway()
  const { client, home, paths } = gateway
  const set = (more: object) => rpc(client, "agents.files.set", { agentId: "main", ...more })
  const { file } = await set({ name: "SOUL.md", content: "brief\n" })
  const got = await rpc(client, "agents.files.get", { agentId: "main", name: "SOUL.md" })
  expect(got.file).toMatchObject({ content: "brief\n", missing: false, size: 6 })
  await expect(
    set({ name: "SOUL.md", content: "mine", updatedAtMs: file.updatedAtMs - 1000 }),
  ).rejects.toThrow("somebody else")
  await set({ name: "SOUL.md", content: "mine", updatedAtMs: file.updatedAtMs })
  await expect(set({ name: "../fased.json", content: "{}" })).rejects.toThrow("name")

  writeFileSync(join(home, "secret"), "secret")
  symlinkSync(join(home, "secret"), join(paths.workspace, "USER.md"))
  await expect(
    rpc(client, "agents.files.get", { agentId: "main", name: "USER.md" }),
  ).rejects.toThrow("outside")
  await expect(set({ name: "USER.md", content: "x" })).rejects.toThrow("outside")
  expect(readFileSync(join(home, "secret"), "utf8")).toBe("secret")
})
