import { afterAll, beforeAll, expect, test } from "bun:test"
import { join } from "node:path"
import type { TestGateway } from "../support/gateway.ts"
import { startToolUse } from "../support/tool-use.ts"

const program = join(import.meta.dir, "../support/fake-mcp-main.ts")
const notes = { command: process.execPath, args: [program] }

let engine: ReturnType<typeof Bun.serve>
let results: object[] = []
let asked = 0
beforeAll(() => {
  engine = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch() {
      asked++
      return Response.json({ results })
    },
  })
})
afterAll(() => engine.stop(true))

const searxng = () => ({ provider: "searxng", searxng: { baseUrl: engine.url.origin } })
const ask = async ({ client }: TestGateway, method: string, params: object = {}) =>
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks at whichever field it is about
  (await client.request(method, params)) as any

test("the web and MCP servers are listed beside the services that agents are given", async () => {
  await using turn = await startToolUse({
    tools: { web: { search: { provider: "brave" }, fetch: { enabled: false } } },
    mcp: { servers: { notes, gone: { command: "/nowhere/server" } } },
  })
  await ask(turn.gateway, "services.test", { id: "mcp:notes" })
  await expect(ask(turn.gateway, "mcp.test", { server: "gone" })).rejects.toThrow("/nowhere/server")
  const { services } = await ask(turn.gateway, "services.list")
  const byId = Object.fromEntries(services.map((one: { id: string }) => [one.id, one]))
  expect(byId["web:search"]).toMatchObject({ state: "not set up", lacks: "a key" })
  expect(byId["web:fetch"]).toMatchObject({ state: "off" })
  expect(byId["mcp:notes"]).toMatchObject({ state: "ready" })
  expect(byId["mcp:gone"]).toMatchObject({
    state: "failing",
    problem: expect.stringContaining("/nowhere/server"),
  })
  expect(byId["mcp:notes"]).not.toHaveProperty("agents")
  expect(byId.github).toMatchObject({ agents: [] })
})

test("each is tried live, and what is wrong with it says what to do", async () => {
  results = [{ title: "Weather", url: "https://weather.test/", content: "Rain." }]
  await using turn = await startToolUse({
    tools: { web: { search: searxng(), fetch: { enabled: false } } },
    mcp: { servers: { notes } },
  })
  const tested = (id: string) => ask(turn.gateway, "services.test", { id })
  expect(await tested("mcp:notes")).toMatchObject({ said: "fake 1.2.3, with 9 tools" })
  const before = asked
  expect(await tested("web:search")).toMatchObject({ said: "SearXNG searches" })
  await tested("web:search")
  expect(asked - before).toBe(2)
  await expect(tested("web:fetch")).rejects.toThrow("tools.web.fetch.enabled is false")
  await expect(tested("web:nothing")).rejects.toThrow("No service is named")
  results = []
  await expect(tested("web:search")).rejects.toThrow("not what it used to be")
})

test("services that search are listed with what they lack, and tried one by one", async () => {
  results = [{ title: "Weather", url: "https://weather.test/", content: "Rain." }]
  await using turn = await startToolUse({ tools: { web: { search: searxng() } } })
  const { providers } = await ask(turn.gateway, "services.webSearch.providers")
  expect(providers).toContainEqual({
    id: "searxng",
    label: "SearXNG",
    ready: true,
    chosen: true,
    setting: "tools.web.search.searxng.baseUrl",
    variables: ["SEARXNG_BASE_URL"],
  })
  expect(providers).toContainEqual(expect.objectContaining({ id: "brave", ready: false }))
  const tested = (provider?: string) =>
    ask(turn.gateway, "services.webSearch.test", { ...(provider && { provider }) })
  expect(await tested()).toMatchObject({ said: "SearXNG searches" })
  await expect(tested("brave")).rejects.toThrow("Searching with Brave is not set up")
})

test("capabilities say what an agent may do with each, and what keeps it from the rest", async () => {
  await using turn = await startToolUse({
    agents: { list: [{ id: "main", default: true }, { id: "ada" }] },
    tools: { web: { search: searxng() }, deny: ["web_fetch"] },
    services: {
      github: { token: "t", agents: ["ada"] },
      rest: { weather: { document: "/nowhere.json", agents: ["main"] } },
    },
  })
  const of = async (agentId?: string) => {
    const { services } = await ask(turn.gateway, "services.capabilities", {
      ...(agentId && { agentId }),
    })
    return Object.fromEntries(
      services.flatMap(({ id, tools }: { id: string; tools: { name: string; why?: string }[] }) =>
        tools.map(({ name, why = "usable" }) => [`${id} ${name}`, why]),
      ),
    )
  }
  const main = await of()
  expect(main["web:search web_search"]).toBe("usable")
  expect(main["web:fetch web_fetch"]).toContain("tools.deny")
  expect(main["github github_read"]).toContain("fased services grant github main")
  expect(main["weather api_call"]).toBe("usable")
  const ada = await of("ada")
  expect(ada["github github_read"]).toBe("usable")
  expect(ada["github github_write"]).toContain("access is read")
  expect(ada["weather api_call"]).toContain("fased services grant weather ada")
})
