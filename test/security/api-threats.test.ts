/** threats.md A4: calls, keys and commands. Against the running gateway. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { existsSync, readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import fc from "fast-check"
import { commands } from "../../src/registry/commands.ts"
import type { Client } from "../../src/client/connect.ts"
import { createRedactor } from "../../src/logs/redact.ts"
import { methods } from "../../src/registry.ts"
import { offline, startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { openRoutes } from "../support/open-routes.ts"
import { rawSocket, connectWith } from "../support/raw-socket.ts"

let gateway: TestGateway
beforeAll(async () => {
  const endpoints = { chatCompletions: { enabled: true }, responses: { enabled: true } }
  gateway = await startGateway({ config: { ...offline, gateway: { http: { endpoints } } } })
})
afterAll(() => gateway[Symbol.asyncDispose]())

const mutating = () =>
  gateway.running.routes.filter(({ method }) => !["GET", "HEAD", "ALL"].includes(method))

describe("N005 a page of another site changes nothing", () => {
  const session = () => `${gateway.running.url}__fased__/session`
  const own = () => ({ origin: gateway.running.url.replace(/\/$/, "") })
  const signIn = async () => {
    const response = await fetch(session(), {
      method: "POST",
      headers: { ...own(), "content-type": "application/json" },
      body: JSON.stringify({ token: testToken }),
    })
    expect(response.status).toBe(200)
    return response.headers.get("set-cookie")!.split(";")[0]!
  }

  test.each([
    ["a foreign origin", { origin: "https://evil.test" }],
    ["no origin to speak of", { origin: "null" }],
    ["another port of this machine", { origin: "http://127.0.0.1:9" }],
    ["Sec-Fetch-Site: cross-site", { "sec-fetch-site": "cross-site" }],
    ["Sec-Fetch-Site: same-site", { "sec-fetch-site": "same-site" }],
  ])("%s", async (_, headers) => {
    const cookie = await signIn()
    for (const { method, path } of mutating())
      for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"]) {
        const response = await fetch(new URL(path.replace(/:\w+|\*/g, "x"), gateway.running.url), {
          method,
          headers: { "content-type": type, cookie, ...headers } as Record<string, string>,
          body: JSON.stringify({ token: testToken }),
          redirect: "manual",
        })
        expect([401, 403, 415], `${method} ${path} ${type}`).toContain(response.status)
        expect(response.headers.get("set-cookie"), path).toBeNull()
      }
    const still = await fetch(session(), { headers: { cookie } })
    expect(await still.json()).toMatchObject({ signedIn: true })
  })
})

describe("N071 a command typed in a chat does what its call may, and no more", () => {
  /** The call each command stands for. A new command needs its line here. */
  const callOf: Record<string, string> = {
    status: "sessions.describe",
    new: "sessions.reset",
    stop: "chat.abort",
    compact: "sessions.compact",
    context: "tools.effective",
    approve: "exec.approval.resolve",
    model: "sessions.patch",
    models: "models.list",
    usage: "sessions.patch",
    think: "sessions.patch",
    verbose: "sessions.patch",
    reasoning: "sessions.patch",
    elevated: "sessions.patch",
    exec: "sessions.patch",
    queue: "sessions.patch",
    whoami: "sessions.describe",
    send: "sessions.patch",
    activation: "sessions.patch",
    "export-session": "sessions.patch",
    bash: "exec.approval.resolve",
    subagents: "sessions.patch",
    kill: "sessions.patch",
    steer: "sessions.patch",
    config: "config.set",
    debug: "config.set",
    restart: "config.apply",
    agent: "agents.update",
    skill: "skills.status",
    task: "cron.add",
  }
  const beyondWrite = new Set(
    methods.filter(({ scope }) => scope !== "read" && scope !== "write").map(({ name }) => name),
  )

  test("every command has its call", () => {
    expect(commands.map(({ name }) => name).filter((name) => !(name in callOf))).toEqual([])
    const missing = Object.values(callOf).filter((call) => !methods.some((m) => m.name === call))
    expect(missing).toEqual([])
  })

  const words = commands.flatMap(({ name, aliases }) =>
    [name, ...aliases].map((word) => [`/${word}`, name] as const),
  )
  /** What the chat answers to a message. */
  const said = async (client: Client, message: string) => {
    const key = crypto.randomUUID()
    const answered = Promise.withResolvers<string>()
    const stop = client.on("chat", (payload) => {
      const { sessionKey, state } = payload as { sessionKey: string; state: string }
      if (sessionKey.endsWith(key) && state === "final") answered.resolve(JSON.stringify(payload))
    })
    await client.request("chat.send", { sessionKey: key, message, idempotencyKey: key })
    const text = await answered.promise
    stop()
    return text
  }

  test.each(words)("%s", async (word, name) => {
    const writer = await gateway.connect({ scopes: ["operator.write"] })
    for (const typed of [word, word.toUpperCase(), ` ${word} `, `${word}\n`]) {
      const refused = (await said(writer, typed)).includes("operator.admin scope")
      expect(refused, typed).toBe(beyondWrite.has(callOf[name]!))
    }
  })

  test.each([
    "/config set x 1",
    "/approve 1 allow-always",
    "/allowlist add eve",
    "/pair approve 1",
  ])("%s is a message like any other", async (message) => {
    const before = JSON.stringify(await gateway.client.request("config.get", {}))
    const writer = await gateway.connect({ scopes: ["operator.write"] })
    await said(writer, message)
    expect(JSON.stringify(await gateway.client.request("config.get", {}))).toBe(before)
  })
})

test("N074 no route that is open can call a method", async () => {
  for (const name of Object.keys(openRoutes)) {
    const path = name.split(" ")[1]!.replace("*", "x")
    const response = await fetch(new URL(path, gateway.running.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ type: "req", id: "1", method: "config.get", params: {} }),
      redirect: "manual",
    })
    const told = await response.text()
    expect(told, name).not.toContain("gateway.auth")
    expect(told, name).not.toContain('"ok":true,"payload"')
  }
})

describe("N075 a session is found by its whole key, and by nothing like it", () => {
  beforeAll(async () => {
    const params = { sessionKey: "private-talk", message: "hello", idempotencyKey: "n075" }
    await gateway.client.request("agent", params)
  })
  test.each(["private", "private-tal", "private%", "priv*", "%", "*", "PRIVATE-TALK-2", "hello"])(
    "%s",
    async (key) => {
      const found = await gateway.client
        .request("sessions.describe", { key })
        .catch((error: Error) => error.message)
      expect(JSON.stringify(found)).not.toContain("private-talk")
      const history = await gateway.client
        .request("chat.history", { sessionKey: key })
        .catch(() => ({ messages: [] }))
      expect(history).toMatchObject({ messages: [] })
    },
  )
})

const odd = [
  "../../../etc/passwd",
  "..",
  "a/../../b",
  "a/b",
  "a\\b",
  "a\0b",
  "x".repeat(600),
  "",
  " ",
  "agent:../x:y",
  "agent::x",
  "agent:main:",
  "con\u202Ecod",
  "__proto__",
]

describe("N076 N077 a key that is no key is refused, and touches no file", () => {
  const keys = ["sessionKey", "key", "agentId", "runId", "sessionId"]
  test.each(odd)("%j", async (text) => {
    const before = readdirSync(gateway.home).sort()
    for (const { name, params, example } of methods)
      for (const key of keys.filter((one) => one in ((params as { shape?: object }).shape ?? {}))) {
        const call = gateway.client.request(name, { ...(example as object), [key]: text })
        const answer = await call.catch((error: { code?: string }) => error)
        expect(JSON.stringify(answer), `${name} ${key}`).not.toContain('"internal"')
      }
    expect(readdirSync(gateway.home).sort()).toEqual(before)
    expect(existsSync(join(dirname(gateway.home), "b"))).toBe(false)
  })

  test.each(["MAIN", "ｍain", "main\u200b", "m\u0430in", " main\u00a0"])(
    "%j is no other way to write an agent's name",
    async (agentId) => {
      const found = await gateway.client
        .request("agent.identity.get", { agentId })
        .catch((error: Error) => error.message)
      const isMain = JSON.stringify(found).includes('"agentId":"main"')
      expect(isMain).toBe(agentId.trim().toLowerCase() === "main")
    },
  )
})

test("N079 prototype keys change nothing, wherever they come", async () => {
  const poison = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'
  await using socket = await rawSocket(gateway.wsUrl)
  socket.send({ type: "req", id: "c", method: "connect", params: connectWith() })
  await socket.until(({ id }) => id === "c")
  for (const { name } of methods) {
    socket.send(`{"type":"req","id":"${name}","method":"${name}","params":${poison}}`)
    await socket.until(({ id }) => id === name)
  }
  for (const { path, method } of mutating())
    await fetch(new URL(path.replace(/:\w+|\*/g, "x"), gateway.running.url), {
      method,
      headers: { "content-type": "application/json" },
      body: poison,
    })
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
  const config = `{"gateway":{"mode":"local","auth":{"token":"${testToken}"}},"__proto__":{"polluted":1}}`
  await expect(startGateway({ config: JSON.parse(config) as object as never })).rejects.toThrow()
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test("N080 no text makes the log's masks take long", () => {
  const redactor = createRedactor({ redactSensitive: "tools", redactPatterns: undefined })
  const hostile = [
    "a-",
    "token",
    "-----BEGIN ",
    "eyJ",
    "x:",
    "secret=",
    "Bearer ",
    "https://a:",
    "_",
  ]
  const began = performance.now()
  for (const piece of hostile) redactor.text(piece.repeat(Math.ceil(50_000 / piece.length)))
  // A mask that backtracks takes minutes for one of these.
  expect(performance.now() - began).toBeLessThan(5_000)
})

test("N081 a route takes any body without falling over", async () => {
  const bodies = fc.oneof(fc.json(), fc.string(), fc.constant("{".repeat(10_000)))
  await fc.assert(
    fc.asyncProperty(
      bodies,
      fc.constantFrom("application/json", "text/plain", ""),
      async (body, type) => {
        for (const { path, method } of mutating()) {
          const response = await fetch(
            new URL(path.replace(/:\w+|\*/g, "x"), gateway.running.url),
            {
              method,
              headers: { "content-type": type },
              body,
              redirect: "manual",
            },
          )
          expect(response.status, `${method} ${path} ${body.slice(0, 100)}`).toBeLessThan(500)
          expect(await response.text()).not.toMatch(/\bat .+:\d+:\d+/)
        }
      },
    ),
    { numRuns: 40 },
  )
  expect(await gateway.client.request("health", {})).toMatchObject({ ok: true })
}, 30_000)
