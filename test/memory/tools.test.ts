import { expect, test } from "bun:test"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { listen } from "../support/chat.ts"
import { startToolUse } from "../support/tool-use.ts"

const remember = (workspace: string, files: Record<string, string>) => {
  mkdirSync(join(workspace, "memory"), { recursive: true })
  for (const [path, text] of Object.entries(files)) writeFileSync(join(workspace, path), text)
}
const notes = {
  "MEMORY.md": "# Facts\n\nThe gate code is 4711.\n",
  "memory/2026-01-02.md": "Saw a heron.\nAt the weir.\nIn rain.\n",
}

/** A service of embeddings for which every text is like every other. */
const embeddings = () => {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { input } = (await request.json()) as { input: string[] }
      return Response.json({ data: input.map(() => ({ embedding: [1, 0] })) })
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

test("an agent finds what was written down, with file and lines, and reads more of it", async () => {
  await using agent = await startToolUse()
  remember(agent.workspace, notes)
  const found = await agent.use("memory_search", { query: "gate code" })
  expect(JSON.parse(found.text)).toEqual({
    results: [
      {
        path: "MEMORY.md",
        startLine: 1,
        endLine: 3,
        score: 1,
        snippet: "# Facts\n\nThe gate code is 4711.",
        source: "memory",
        citation: "MEMORY.md#L1-L3",
      },
    ],
    mode: "keyword",
  })
  const read = await agent.use("memory_get", { path: "memory/2026-01-02.md", from: 2, lines: 1 })
  expect(JSON.parse(read.text)).toEqual({
    text: "At the weir.",
    path: "memory/2026-01-02.md",
    from: 2,
    to: 2,
    of: 3,
  })
  const missing = await agent.use("memory_get", { path: "memory/2020-01-01.md" })
  expect(JSON.parse(missing.text)).toEqual({ text: "", path: "memory/2020-01-01.md" })
  expect(existsSync(join(agent.gateway.paths.state, "memory/main.sqlite"))).toBe(true)
})

test("nothing but memory is read, and the agent is told what to do instead", async () => {
  await using agent = await startToolUse()
  remember(agent.workspace, notes)
  for (const path of ["../fased.json", agent.gateway.paths.config, "AGENTS.md", "/etc/passwd.md"]) {
    const { isError, text } = await agent.use("memory_get", { path })
    expect([path, isError]).toEqual([path, true])
    expect(text).toContain("Use a path that memory_search gave.")
  }
})

test("what an agent remembers stays out of rooms where others read along", async () => {
  await using agent = await startToolUse({ agents: { list: [{ id: "main" }] } })
  remember(agent.workspace, notes)
  const { isError, text } = await agent.use(
    "memory_search",
    { query: "gate code" },
    "agent:main:telegram:group:7",
  )
  expect(isError).toBe(true)
  expect(text).not.toContain("4711")
  const offered = agent.model.calls
    .at(-1)!
    .body.tools.map(({ function: { name } }: { function: { name: string } }) => name)
  expect(offered).not.toContain("memory_search")
})

test("the prompt says to look things up, and says so only where that can be done", async () => {
  await using agent = await startToolUse()
  await listen(agent.gateway.client, "main").ask("Hello")
  const said = () => JSON.stringify(agent.model.calls.at(-1)!.body.messages[0])
  expect(said()).toContain("## Memory Recall")
  await listen(agent.gateway.client, "agent:main:telegram:group:7").ask("Hello")
  expect(said()).not.toContain("Memory Recall")
})

test("memory.status, memory.index and memory.search tell people the same", async () => {
  await using service = embeddings()
  const memorySearch = { local: { modelPath: service.url } }
  await using agent = await startToolUse({ agents: { defaults: { memorySearch } } })
  remember(agent.workspace, notes)
  const { client } = agent.gateway
  expect(await client.request("memory.index", {})).toMatchObject({
    agentId: "main",
    provider: "local",
    files: 2,
    chunks: 2,
    waiting: 0,
    left: [],
  })
  expect(await client.request("memory.search", { query: "bird" })).toMatchObject({
    mode: "hybrid",
    provider: "local",
    results: [{ score: 0.7 }, { score: 0.7 }],
  })
  expect(await client.request("doctor.memory.status", {})).toMatchObject({
    provider: "local",
    embedding: { ok: true },
    files: 2,
  })
  const { agents } = (await client.request("memory.status", {})) as { agents: object[] }
  expect(agents).toMatchObject([{ agentId: "main", enabled: true, files: 2, vectors: 2 }])
})

test("memory that is off opens no index and offers no tool", async () => {
  const memorySearch = { enabled: false }
  await using agent = await startToolUse({ agents: { defaults: { memorySearch } } })
  const { client, paths } = agent.gateway
  await expect(client.request("memory.search", { query: "x" })).rejects.toThrow("is not searched")
  expect(await client.request("memory.status", {})).toMatchObject({
    agents: [{ agentId: "main", enabled: false }],
  })
  expect((await agent.use("memory_search", { query: "x" })).isError).toBe(true)
  expect(existsSync(join(paths.state, "memory"))).toBe(false)
})

test("citations can be left out", async () => {
  await using agent = await startToolUse({ memory: { citations: "off" } })
  remember(agent.workspace, notes)
  const { text } = await agent.use("memory_search", { query: "heron" })
  expect(JSON.parse(text).results[0]).not.toHaveProperty("citation")
})

test("the index can be read by its owner only", async () => {
  await using agent = await startToolUse()
  remember(agent.workspace, notes)
  await agent.gateway.client.request("memory.index", {})
  const path = join(agent.gateway.paths.state, "memory/main.sqlite")
  expect((await Bun.file(path).stat()).mode & 0o077).toBe(0)
  expect(readFileSync(path).subarray(0, 15).toString()).toBe("SQLite format 3")
})
