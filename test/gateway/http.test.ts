import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { fakeModel } from "../support/fake-model.ts"
import { rawHttp } from "../support/raw-http.ts"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const get = (path: string, init?: RequestInit) => fetch(`${gateway.running.url}${path}`, init)

describe.each(["health", "healthz"])("/%s", (path) => {
  test("says that the gateway answers", async () => {
    const response = await get(path)
    expect(response.status).toBe(200)
    expect(response.headers.get("content-type")).toStartWith("application/json")
    expect(await response.json()).toEqual({ ok: true, status: "live" })
  })
})

describe.each(["ready", "readyz"])("/%s", (path) => {
  test("says that it is ready, and to someone here for how long", async () => {
    const response = await get(path)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      ready: true,
      failing: [],
      uptimeMs: expect.any(Number),
    })
  })

  test("says no more than that to anyone else", async () => {
    const response = await get(path, { headers: { "x-forwarded-for": "203.0.113.9" } })
    expect(await response.json()).toEqual({ ready: true, failing: [] })
  })
})

describe.each(["health", "healthz", "ready", "readyz"])("/%s", (path) => {
  test("answers HEAD without a body", async () => {
    const response = await get(path, { method: "HEAD" })
    expect([response.status, await response.text()]).toEqual([200, ""])
  })

  test.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])(
    "refuses %s and says what it takes",
    async (method) => {
      const response = await get(path, { method })
      expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"])
    },
  )
})

test.each(["v1/nope", "api/x", "tools/nope", "hooks/x", "nope.js", "__fased__/x", "health/x"])(
  "nothing lives at /%s",
  async (path) => {
    expect((await get(path)).status).toBe(404)
  },
)

test("every answer forbids sniffing and passes no address on", async () => {
  for (const path of ["health", "ready", "", "chat", "v1/nope", "nope.js"]) {
    const { headers } = await get(path)
    expect(headers.get("x-content-type-options"), path).toBe("nosniff")
    expect(headers.get("referrer-policy"), path).toBe("no-referrer")
  }
  for (const [path, host] of [
    ["health", "evil.test"],
    [`?token=${testToken}`, "127.0.0.1"],
  ]) {
    const { text } = await rawHttp(
      gateway.running.port,
      `GET /${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    )
    expect(text.toLowerCase()).toContain("x-content-type-options: nosniff")
  }
})

test("browsers are only told to insist on https where the config says so", async () => {
  expect((await get("health")).headers.has("strict-transport-security")).toBe(false)
  const http = { securityHeaders: { strictTransportSecurity: "max-age=31536000" } }
  await using strict = await startGateway({ config: { gateway: { http } } })
  for (const path of ["health", "", "nope"])
    expect((await fetch(strict.running.url + path)).headers.get("strict-transport-security")).toBe(
      "max-age=31536000",
    )
})

test("no answer names the software, a path or a secret", async () => {
  for (const path of ["health", "ready", "", "v1/nope", "nope.js"]) {
    const response = await get(path)
    // Date comes from Bun and tells a clock that the challenge tells as well.
    for (const name of ["server", "x-powered-by", "via"])
      expect(response.headers.has(name), path).toBe(false)
    const said = JSON.stringify([...response.headers]) + (await response.text())
    for (const fact of [gateway.home, testToken, "0.0.0-test", "/work", "Bun"])
      expect(said).not.toContain(fact)
  }
})

test("without a page the probes are still there", async () => {
  const config = { gateway: { controlUi: { enabled: false } } }
  await using bare = await startGateway({ config })
  expect((await fetch(bare.running.url)).status).toBe(404)
  expect((await fetch(`${bare.running.url}health`)).status).toBe(200)
})

test("while it shuts down the gateway is alive and not ready", async () => {
  await using model = fakeModel({ turns: [{ text: "one two three", holdAfter: 1 }] })
  await using busy = await startGateway({
    config: {
      models: { providers: { fake: model.provider("openai-completions") } },
      agents: { defaults: { skipBootstrap: true, model: "fake/fake-1" } },
    },
  })
  await busy.client.request("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "1" })
  await model.called()
  const told = Promise.withResolvers<void>()
  busy.client.on("shutdown", () => told.resolve())
  const stopped = busy.running.stop("test")
  await told.promise
  const ready = await fetch(`${busy.running.url}ready`)
  expect([ready.status, await ready.json()]).toMatchObject([
    503,
    { ready: false, failing: ["draining"] },
  ])
  const elsewhere = await fetch(`${busy.running.url}ready`, { headers: { via: "1.1 proxy" } })
  expect([elsewhere.status, await elsewhere.json()]).toEqual([
    503,
    { ready: false, failing: ["hidden"] },
  ])
  expect((await fetch(`${busy.running.url}health`)).status).toBe(200)
  model.release()
  await stopped
})
