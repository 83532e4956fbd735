import { expect, test } from "bun:test"
import { systemClock } from "../../src/kernel/clock.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import { mcp as section } from "../../src/mcp/config.ts"
import { openServer } from "../../src/mcp/open.ts"
import { createServer } from "../../src/mcp/server.ts"
import type { AnyTool } from "../../src/kernel/tool.ts"
import { fakeMcpHttp } from "../support/fake-mcp-http.ts"
import { silentLog } from "../support/silent-log.ts"

const connect = (settings: { url: string; token?: string; headers?: object }) => {
  const config = section.schema.parse({ servers: { notes: settings } }).servers.notes!
  let tools: readonly AnyTool[] = []
  const env = { HOME: "/nowhere" }
  const server = createServer("notes", config, {
    clock: systemClock,
    log: silentLog,
    adopt: (given) => void (tools = given),
    open: (watch) =>
      openServer("notes", config, watch, {
        env,
        paths: resolvePaths(env),
        version: "0.0.0-test",
        shell: () => ({ path: async () => "" }),
        clock: systemClock,
        log: silentLog,
      }),
  })
  return {
    server,
    names: () => tools.map(({ name }) => name),
    async use(name: string, args: object = {}, more: object = {}) {
      const tool = tools.find((one) => one.name === name)!
      const context = { signal: new AbortController().signal, ...more }
      const { content } = (await tool.run(args, context as never)) as {
        content: { text: string }[]
      }
      return content[0]!.text
    },
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

for (const form of [{}, { events: true }, { breaks: true }])
  test(`a server at an address answers, ${JSON.stringify(form)}`, async () => {
    await using fake = fakeMcpHttp(form)
    await using mcp = connect({ url: fake.url })
    expect(await mcp.server.test()).toMatchObject({ name: "fake", tools: 9 })
    expect(await mcp.use("echo", { text: "over http" })).toContain("echo: over http")
  })

test("headers name the session, the protocol and the caller", async () => {
  await using fake = fakeMcpHttp({ token: "sesame" })
  await using mcp = connect({ url: fake.url, token: "sesame", headers: { "x-team": "red" } })
  await mcp.server.test()
  const last = fake.headers.at(-1)!
  expect(last.get("authorization")).toBe("Bearer sesame")
  expect(last.get("x-team")).toBe("red")
  expect(last.get("mcp-session-id")).toMatch(/^[0-9a-f-]{36}$/)
  expect(last.get("mcp-protocol-version")).toBe("2025-11-25")
})

test("a server that does not let us in says what is missing", async () => {
  await using fake = fakeMcpHttp({ token: "sesame" })
  await using mcp = connect({ url: fake.url, token: "wrong" })
  await expect(mcp.server.test()).rejects.toMatchObject({ code: "mcp.not-let-in" })
  expect(mcp.server.status.problem).not.toContain("wrong")
})

test("a server that forgot the session is greeted anew, and the call made again", async () => {
  await using fake = fakeMcpHttp()
  await using mcp = connect({ url: fake.url })
  await mcp.server.test()
  fake.forget()
  expect(await mcp.use("echo", { text: "again" })).toContain("echo: again")
  expect(mcp.server.status).toMatchObject({ state: "ready" })
})

test("what a server tells unasked is heard", async () => {
  await using fake = fakeMcpHttp()
  await using mcp = connect({ url: fake.url })
  await mcp.server.test()
  while (!fake.headers.some((one) => one.get("accept") === "text/event-stream")) await Bun.sleep(5)
  const steps: string[] = []
  await mcp.use("steps", {}, { progress: (text: string) => steps.push(text) })
  await mcp.use("grow")
  for (let tries = 0; !mcp.names().includes("grown") && tries < 300; tries++) await Bun.sleep(10)
  expect(mcp.names()).toContain("grown")
})

test("an answer of a hundred megabytes is not read", async () => {
  await using fake = fakeMcpHttp()
  await using mcp = connect({ url: fake.url })
  await mcp.server.test()
  await expect(mcp.use("huge")).rejects.toMatchObject({ code: "mcp.too-large" })
  expect(await mcp.use("echo", { text: "still here" })).toContain("still here")
}, 20_000)

test("a redirect is not followed, and its secrets go nowhere", async () => {
  await using fake = fakeMcpHttp()
  const other = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => Response.redirect(fake.url, 307),
  })
  await using mcp = connect({ url: `http://127.0.0.1:${other.port}/`, token: "sesame" })
  await expect(mcp.server.test()).rejects.toThrow(/has moved to/)
  expect(fake.headers).toEqual([])
  await other.stop(true)
})

test("a server that is not there says so", async () => {
  await using mcp = connect({ url: "http://127.0.0.1:1/mcp" })
  await expect(mcp.server.test()).rejects.toThrow("cannot be reached at 127.0.0.1:1")
})

test("a server that is gone is known to be, and found again when it is back", async () => {
  const fake = fakeMcpHttp()
  await using mcp = connect({ url: fake.url })
  await mcp.server.test()
  await fake[Symbol.asyncDispose]()
  await expect(mcp.use("echo")).rejects.toMatchObject({ code: "mcp.unreachable" })
  expect(mcp.server.status).toMatchObject({ state: "failed", tools: 9 })
  await using _ = fakeMcpHttp({ port: Number(new URL(fake.url).port) })
  expect(await mcp.server.test()).toMatchObject({ tools: 9 })
  expect(await mcp.use("echo", { text: "back" })).toContain("echo: back")
})
