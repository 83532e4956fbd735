import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { writeFileAtomic } from "../../src/store/files.ts"
import { fakeMcpHttp } from "../support/fake-mcp-http.ts"
import { startToolUse } from "../support/tool-use.ts"
import type { TestGateway } from "../support/gateway.ts"

const program = join(import.meta.dir, "../support/fake-mcp-main.ts")
const notes = { command: process.execPath, args: [program] }

const ask = async ({ client }: TestGateway, method: string, params: object = {}) =>
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks at whichever field it is about
  (await client.request(method, params)) as any

test("an agent uses the tool of a server, and reads its answer in a fence", async () => {
  await using turn = await startToolUse({ mcp: { servers: { notes } } })
  expect(await ask(turn.gateway, "mcp.test", { server: "notes" })).toMatchObject({
    name: "fake",
    version: "1.2.3",
    tools: 9,
  })
  const { text, isError } = await turn.use("notes__echo", { text: "hi" })
  expect(text).toMatch(/^<<<untrusted .*\n.*mcp server notes[^]*echo: hi/)
  expect(isError).toBe(false)
  expect(await turn.use("notes__fails", {})).toMatchObject({ isError: true })
})

test("the policy of tools decides over them as over any other", async () => {
  await using turn = await startToolUse({
    mcp: { servers: { notes } },
    tools: { deny: ["notes__echo"] },
  })
  await ask(turn.gateway, "mcp.test", { server: "notes" })
  expect(await turn.use("notes__echo", { text: "hi" })).toMatchObject({ isError: true })
  const { groups } = await ask(turn.gateway, "tools.effective", { sessionKey: "main" })
  const names = groups.flatMap(({ tools }: { tools: { id: string }[] }) =>
    tools.map(({ id }) => id),
  )
  expect(names).toContain("notes__slow")
  expect(names).not.toContain("notes__echo")
})

test("a turn that begins before a server is ready does without its tools", async () => {
  await using turn = await startToolUse({
    mcp: { servers: { notes: { ...notes, args: [program, "deaf"] } } },
  })
  expect((await turn.use("session_status", {})).isError).toBe(false)
  expect(await ask(turn.gateway, "mcp.list")).toMatchObject({ servers: [{ state: "starting" }] })
})

test("tools of two servers with names that collide keep apart", async () => {
  await using fake = fakeMcpHttp()
  fake.server.tools.splice(0, 99, { name: "b__echo" }, { name: "ex ec" }, { name: "ex.ec" })
  await using turn = await startToolUse({
    mcp: { servers: { a: { url: fake.url }, a__b: notes, exec: { url: fake.url } } },
  })
  for (const server of ["a", "a__b", "exec"]) await ask(turn.gateway, "mcp.test", { server })
  const { tools } = await ask(turn.gateway, "mcp.tools")
  const names = tools.map(({ name }: { name: string }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names).toContain("a__b__echo")
  expect(names).toContain("a__b__echo_2")
  expect(names).toContain("a__ex_ec_2")
  expect(names).not.toContain("exec")
})

test("a server taken out of the config goes, and its tools with it", async () => {
  await using turn = await startToolUse({ mcp: { servers: { notes } } })
  await ask(turn.gateway, "mcp.test", { server: "notes" })
  const { config: file } = turn.gateway.paths
  const { mcp: _, ...rest } = JSON.parse(readFileSync(file, "utf8"))
  writeFileAtomic(file, JSON.stringify(rest))
  await turn.gateway.running.reload()
  expect(await ask(turn.gateway, "mcp.list")).toEqual({ servers: [] })
  expect(await ask(turn.gateway, "mcp.tools")).toEqual({ tools: [] })
  await expect(ask(turn.gateway, "mcp.test", { server: "notes" })).rejects.toThrow(
    'No MCP server is named "notes"',
  )
})

test("N233 who may not administer defines and starts no server", async () => {
  await using turn = await startToolUse()
  const reader = await turn.gateway.connect({ scopes: ["operator.read", "operator.write"] })
  const raw = JSON.stringify({ mcp: { servers: { evil: { command: "touch" } } } })
  await expect(reader.request("config.patch", { raw })).rejects.toThrow(/scope|admin/i)
  await expect(reader.request("mcp.test", { server: "evil" })).rejects.toThrow(/scope|admin/i)
  expect(await reader.request("mcp.list", {})).toEqual({ servers: [] })
})

test("the doctor tells of a server that does not come up, and of a program that is not there", async () => {
  await using turn = await startToolUse({
    mcp: { servers: { notes: { ...notes, args: [program, "dies"] } } },
  })
  await ask(turn.gateway, "mcp.test", { server: "notes" }).catch(() => undefined)
  const report = JSON.stringify(await ask(turn.gateway, "doctor.run"))
  expect(report).toContain("cannot open the notes")
  expect(report).toContain("fased mcp test notes")
})
