import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    config: {
      gateway: { tools: { deny: ["sessions_list"], allow: ["write"] } },
      tools: { deny: ["ls"] },
    },
  })
  mkdirSync(gateway.paths.workspace, { recursive: true })
  writeFileSync(join(gateway.paths.workspace, "note.txt"), "hello from a file")
})
afterAll(() => gateway[Symbol.asyncDispose]())

const invoke = async (body: unknown, init: RequestInit = {}) => {
  const response = await fetch(`${gateway.running.url}tools/invoke`, {
    method: "POST",
    headers: { authorization: `Bearer ${testToken}`, "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...init,
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

test("a tool is used as an agent would use it", async () => {
  const read = { tool: "read", args: { path: "note.txt" } }
  expect(await invoke(read)).toEqual({
    status: 200,
    body: { ok: true, result: "hello from a file" },
  })
  expect(await invoke({ ...read, sessionKey: "main", dryRun: true })).toMatchObject({ status: 200 })
})

test("an action is put into the arguments where the tool takes one", async () => {
  const { status, body } = await invoke({ tool: "subagents", action: "list" })
  expect({ status, ok: body.ok }).toEqual({ status: 200, ok: true })
})

describe("what may not be used is the same as what is not there", () => {
  test.each([
    ["unknown to everyone", "no_such_tool"],
    ["denied by policy", "ls"],
    ["denied for HTTP by the config", "sessions_list"],
    ["closed to HTTP", "exec"],
    ["closed to HTTP, in capitals", "EXEC"],
    ["closed to HTTP", "gateway"],
    ["closed to HTTP", "sessions_spawn"],
    ["a word of JavaScript", "__proto__"],
  ])("%s: %s", async (_, tool) => {
    const { status, body } = await invoke({ tool })
    expect(status).toBe(404)
    expect(body).toEqual({
      ok: false,
      error: { type: "not_found", message: `There is no tool "${tool}" that may be used here.` },
    })
  })

  test("gateway.tools.allow opens what HTTP is closed to, and no policy", async () => {
    const written = await invoke({ tool: "write", args: { path: "new.txt", content: "x" } })
    expect(written.status).toBe(200)
  })
})

test.each([
  ["no JSON", "{tool:", 400],
  ["no tool", "{}", 400],
  ["arguments that are none", '{"tool":"read","args":[]}', 400],
  ["wrong arguments", '{"tool":"read","args":{"path":7}}', 400],
  ["a file that is not there", '{"tool":"read","args":{"path":"gone"}}', 400],
  ["a key that is no key", '{"tool":"read","sessionKey":"../x"}', 400],
  ["an agent that is not there", '{"tool":"read","sessionKey":"agent:nobody:main"}', 404],
  [
    "ten thousand levels",
    `{"tool":"read","args":{"path":${"[".repeat(10_000)}${"]".repeat(10_000)}}}`,
    400,
  ],
  ["too much", `{"tool":"${"x".repeat(2_000_001)}"}`, 413],
])("%s is refused in words", async (_, body, status) => {
  const answer = await invoke(body)
  expect(answer.status).toBe(status)
  expect(answer.body).toMatchObject({
    ok: false,
    error: { type: expect.any(String), message: expect.any(String) },
  })
  expect(JSON.stringify(answer.body)).not.toContain(gateway.home)
})

test("nobody uses a tool without the gateway's secret, or by GET", async () => {
  const body = JSON.stringify({ tool: "read", args: { path: "note.txt" } })
  const bare = await invoke(body, { headers: { "content-type": "application/json" } })
  expect(bare).toMatchObject({ status: 401, body: { ok: false, error: { type: "unauthorized" } } })
  const got = await fetch(`${gateway.running.url}tools/invoke`)
  expect(got.status).toBe(405)
  expect(got.headers.get("allow")).toBe("POST")
})
