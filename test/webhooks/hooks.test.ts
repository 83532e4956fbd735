import { createHmac } from "node:crypto"
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { systemClock } from "../../src/kernel/clock.ts"
import { createAttempts } from "../../src/webhooks/attempts.ts"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const token = "hook-token-0123456789abcdef0123456789"
const secret = "github-secret"
let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    config: {
      models: { mode: "replace" },
      agents: { defaults: { skipBootstrap: true }, list: [{ id: "main" }, { id: "other" }] },
      hooks: {
        enabled: true,
        token,
        presets: ["gmail", "github"],
        allowedAgentIds: ["main"],
        mappings: [
          {
            match: { path: "signed" },
            messageTemplate: "{{text}}",
            auth: { scheme: "github", secret },
          },
          {
            match: { path: "tell" },
            action: "wake",
            textTemplate: "{{a}}",
            wakeMode: "next-heartbeat",
          },
          {
            match: { path: "shared", source: "a" },
            messageTemplate: "from a",
            auth: { scheme: "hmac", secret: "secret-of-a", header: "x-a" },
          },
          {
            match: { path: "shared", source: "b" },
            messageTemplate: "from b",
            auth: { scheme: "hmac", secret: "secret-of-b", header: "x-b" },
          },
          { match: { path: "shared" }, messageTemplate: "with the token" },
          {
            match: { source: "anywhere" },
            messageTemplate: "from anywhere",
            auth: { scheme: "hmac", secret: "secret-of-anywhere" },
          },
          { match: { path: "by", source: "x" }, messageTemplate: "from x" },
          { match: { path: "by" }, messageTemplate: "from anyone" },
          {
            match: { path: "changed" },
            messageTemplate: "before",
            transform: { module: "change.ts" },
          },
          {
            match: { path: "named" },
            messageTemplate: "m",
            transform: { module: "change.ts", export: "named" },
          },
          { match: { path: "outside" }, transform: { module: "../../config.ts" } },
          { match: { path: "linked" }, transform: { module: "link.ts" } },
          { match: { path: "stolen" }, sessionKey: "subagent:{{id}}" },
          { match: { path: "elsewhere" }, agentId: "other" },
          {
            match: { path: "slack" },
            messageTemplate: "{{event.text}}",
            auth: { scheme: "slack", secret },
          },
          { match: { path: "sent" }, messageTemplate: "m", channel: "telegram", to: "42" },
          { match: { path: "unsent" }, messageTemplate: "m", deliver: false, channel: "telegram" },
        ],
      },
    },
  })
  const folder = join(gateway.paths.state, "hooks/transforms")
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, "change.ts"),
    `export default ({ payload }: { payload: { skip?: boolean; fail?: boolean; wrong?: boolean } }) => {
       if (payload.fail) throw new Error("secret detail")
       if (payload.wrong) return { timeoutSeconds: "soon" }
       return payload.skip ? null : { messageTemplate: "after" }
     }`,
  )
  symlinkSync(gateway.paths.config, join(folder, "link.ts"))
})
afterAll(() => gateway[Symbol.asyncDispose]())

const call = async (
  path: string,
  body: unknown,
  {
    headers = { authorization: `Bearer ${token}` },
    method = "POST",
  }: { headers?: Record<string, string>; method?: string } = {},
) => {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  const response = await fetch(new URL(`/hooks/${path}`, gateway.running.url), {
    method,
    headers,
    ...(method === "POST" && { body: text }),
  })
  const said = await response.text()
  return { status: response.status, headers: response.headers, body: said ? JSON.parse(said) : {} }
}
const history = async (sessionKey: string) => {
  const { messages } = (await gateway.client.request("chat.history", { sessionKey })) as {
    messages: { role: string; content: unknown }[]
  }
  return JSON.stringify(messages)
}

describe("/hooks/agent", () => {
  test("says in plain words what is of the wrong kind", async () => {
    for (const [body, problem] of [
      ["[1]", "it must be an object"],
      ['{"message":"x","deliver":"no"}', "deliver: must be true or false"],
      ['{"message":"x","timeoutSeconds":0}', "timeoutSeconds: must be at least 1"],
    ] as const)
      expect(await call("agent", body)).toMatchObject({
        status: 400,
        body: { error: { message: `This call cannot be used: ${problem}.` } },
      })
  })

  test("is taken at once, and answered in a session of its own", async () => {
    const { status, body } = await call("agent", { message: "what is up?", name: "Test" })
    expect(status).toBe(202)
    expect(body.ok).toBe(true)
    expect(body.sessionKey).toMatch(/^agent:main:hook:/)
    await gateway.client.request("agent.wait", { runId: body.runId })
    expect(await history(body.sessionKey)).toContain("what is up?")
  })

  test("is answered in place with ?wait, and N118 read as a stranger's words", async () => {
    const { status, body } = await call("agent?wait", { message: "what is configured?" })
    expect({ status, ok: body.ok, state: body.status }).toEqual({
      status: 200,
      ok: true,
      state: "ok",
    })
    expect(body.reply).toBeString()
    expect(await history(body.sessionKey)).toContain("<<<untrusted ")
  })

  test("is answered once for one delivery", async () => {
    const headers = { authorization: `Bearer ${token}`, "idempotency-key": "once" }
    const [a, b] = [
      await call("agent", { message: "one" }, { headers }),
      await call("agent", { message: "one" }, { headers }),
    ]
    expect(a.body.runId).toBe(b.body.runId)
    expect(a.body.sessionKey).toBe(b.body.sessionKey)
  })

  test("says that a reply it is to deliver is not delivered", async () => {
    const { body } = await call("agent", { message: "to ann", channel: "telegram", to: "42" })
    expect(body.note).toStartWith("The reply is not sent to a channel")
    expect((await call("agent", { message: "to nobody" })).body).not.toHaveProperty("note")
  })

  test("says in plain words what is missing", async () => {
    expect((await call("agent", {})).body.error.message).toContain("message: must be text.")
    expect((await call("wake", { text: " " })).body.error.message).toContain(
      "text: must not be empty.",
    )
  })

  test("tells the main session how it ended", async () => {
    const { body } = await call("agent?wait", { message: "and now?", name: "Bell" })
    expect(body.ok).toBe(true)
    await gateway.client.request("agent", { message: "hello", idempotencyKey: "after-bell" })
    expect(await history("main")).toContain('The webhook \\"Bell\\" was answered.')
  })

  test.each([
    ["N115 a session of its choice", { message: "x", sessionKey: "agent:main:main" }, 400],
    ["N115 any session of its choice", { message: "x", sessionKey: "hook:mine" }, 400],
    ["a model nobody knows", { message: "x", model: "no/such" }, 404],
    ["nothing to say", { message: "  " }, 400],
    ["no object", "[1]", 400],
    ["no JSON", "{", 400],
    ["ten thousand levels", `{"message":${"[".repeat(10_000)}${"]".repeat(10_000)}}`, 400],
    ["too much", { message: "x".repeat(300_000) }, 413],
  ])("refuses %s", async (_, body, status) => {
    const answer = await call("agent", body)
    expect(answer.status).toBe(status)
    expect(answer.body.ok).toBe(false)
    expect(answer.body.error.message).toBeString()
  })
})

test("/hooks/wake asks the main session at once, or tells it with the next question", async () => {
  const now = await call("wake", { text: "the bell rang" })
  expect(now).toMatchObject({ status: 200, body: { ok: true, mode: "now" } })
  await gateway.client.request("agent.wait", { runId: now.body.runId })
  const later = await call("wake", { text: "the milk is out", mode: "next-heartbeat" })
  expect(later.body).toEqual({ ok: true, mode: "next-heartbeat" })
  await gateway.client.request("agent", { message: "hello", idempotencyKey: "after-milk" })
  const said = await history("main")
  expect(said).toContain("the bell rang")
  expect(said).toContain("the milk is out")
})

describe("/hooks/<name>", () => {
  test("is what its mapping says: the first that fits", async () => {
    for (const [path, payload, words] of [
      ["by", { source: "x" }, "from x"],
      ["by", { source: "y" }, "from anyone"],
      ["changed", {}, "after"],
      [
        "gmail",
        { messages: [{ id: "m1", from: "ann", subject: "Hi", snippet: "s" }] },
        "Subject: Hi",
      ],
    ] as const) {
      const { body } = await call(`${path}?wait`, payload)
      expect(await history(body.sessionKey)).toContain(words)
    }
    expect((await call("tell", { a: "quiet" })).body).toEqual({ ok: true, mode: "next-heartbeat" })
  })

  test("answers Slack, which asks an address first whether it is theirs", async () => {
    const body = JSON.stringify({ type: "url_verification", challenge: "3eZbrw1a" })
    const at = String(Math.floor(Date.now() / 1000))
    const signature = `v0=${createHmac("sha256", secret).update(`v0:${at}:${body}`).digest("hex")}`
    const headers = { "x-slack-request-timestamp": at, "x-slack-signature": signature }
    expect((await call("slack", body, { headers })).body).toEqual({ challenge: "3eZbrw1a" })
    expect((await call("slack", body, { headers: {} })).status).toBe(401)
  })

  test("says that a reply its mapping sends to a channel is not delivered", async () => {
    expect((await call("sent", {})).body.note).toStartWith("The reply is not sent to a channel")
    expect((await call("unsent", {})).body).not.toHaveProperty("note")
  })

  test("is skipped where its transform says so", async () => {
    expect((await call("changed", { skip: true })).status).toBe(204)
  })

  test.each([
    ["a name nobody knows", "nothing", {}, 404],
    ["a transform that fails", "changed", { fail: true }, 500],
    ["a transform that gives what no mapping has", "changed", { wrong: true }, 500],
    ["a transform without that function", "named", {}, 500],
    ["a transform outside of its folder", "outside", {}, 500],
    ["a transform behind a link", "linked", {}, 500],
    ["a session that is not for hooks", "stolen", { id: "1" }, 400],
    ["an agent that is not for hooks", "elsewhere", {}, 400],
    ["nothing left to say", "signed", { text: "" }, 400],
  ])("refuses %s", async (_, path, payload, status) => {
    const answer = await call(path, payload)
    expect(answer.status).toBe(status)
    expect(JSON.stringify(answer.body)).not.toMatch(/secret detail|\/transforms/)
  })

  test("takes a signature in place of the token, where a mapping asks for one", async () => {
    const body = JSON.stringify({ text: "signed words" })
    const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`
    const headers = { "x-hub-signature-256": signature, "x-github-delivery": "d1" }
    const first = await call("signed", body, { headers })
    expect(first.status).toBe(202)
    expect((await call("signed", body, { headers })).body.runId).toBe(first.body.runId)
    expect((await call("signed", `${body} `, { headers })).status).toBe(401)
    expect((await call("agent", body, { headers })).status).toBe(401)
  })

  test("is started by the signature it asks for, and by no other one of its path", async () => {
    const sign = (key: string, body: string) => createHmac("sha256", key).update(body).digest("hex")
    const sent = async (source: string) => {
      const body = JSON.stringify({ source })
      return (await call("shared", body, { headers: { "x-a": sign("secret-of-a", body) } })).status
    }
    expect(await sent("a")).toBe(202)
    expect(await sent("b")).toBe(404)
    expect(await sent("c")).toBe(404)
    expect((await call("shared", { source: "c" })).status).toBe(202)
  })

  test("that any path may lead to is no way to wake or to ask an agent", async () => {
    const body = JSON.stringify({ source: "anywhere", message: "x", text: "x" })
    const signature = createHmac("sha256", "secret-of-anywhere").update(body).digest("hex")
    const headers = { "x-signature": signature }
    expect((await call("wherever", body, { headers })).status).toBe(202)
    for (const path of ["agent", "wake"])
      expect((await call(path, body, { headers })).status, path).toBe(401)
  })

  test("never has the rights of the operator", async () => {
    const { body } = await call("agent?wait", { message: "/status" })
    expect(await history(body.sessionKey)).toContain("/status")
    expect(body.reply).not.toContain("Session: `")
  })
})

describe("whoever has no token", () => {
  test("is refused before the body is read, whatever the hook", async () => {
    const strangers: Record<string, string>[] = [
      {},
      { authorization: "Bearer wrong" },
      { authorization: `Bearer ${testToken}` },
    ]
    for (const headers of strangers)
      for (const path of ["agent", "wake", "signed", "nothing"])
        expect((await call(path, { message: "x", text: "x" }, { headers })).status).toBe(401)
    const address = new URL(`/hooks/agent?token=${token}`, gateway.running.url)
    expect((await fetch(address, { method: "POST", body: "{}" })).status).toBe(400)
  })

  test("N034 counts for nothing with another method", async () => {
    for (let at = 0; at < 50; at++)
      expect((await call("agent", {}, { method: "GET" })).status).toBe(405)
    const { headers } = await call("agent", {}, { method: "PUT" })
    expect(headers.get("allow")).toBe("POST")
    expect((await call("wake", { text: "still here", mode: "next-heartbeat" })).status).toBe(200)
  })

  test("waits a minute after twenty tries", () => {
    const clock = turnableClock()
    const attempts = createAttempts(clock)
    for (let at = 0; at < 19; at++) attempts.wasWrong("a")
    expect(attempts.waitMs("a")).toBe(0)
    attempts.wasWrong("a")
    expect(attempts.waitMs("a")).toBe(60_000)
    expect(attempts.waitMs("b")).toBe(0)
    clock.turn(60_000)
    expect(attempts.waitMs("a")).toBe(0)
    for (let at = 0; at < 20_000; at++) attempts.wasWrong(`address ${at}`)
    expect(systemClock.now()).toBeGreaterThan(0)
  })
})

test("the path, the token and the mappings follow the config", async () => {
  const set = async (name: string, value: unknown) => {
    const config = JSON.parse(readFileSync(gateway.paths.config, "utf8"))
    config.hooks[name] = value
    writeFileSync(gateway.paths.config, JSON.stringify(config))
    await gateway.running.reload()
  }
  const post = (path: string, bearer: string) =>
    fetch(new URL(path, gateway.running.url), {
      method: "POST",
      headers: { authorization: `Bearer ${bearer}` },
      body: '{"text":"x","mode":"next-heartbeat"}',
    }).then(({ status }) => status)
  const other = "another-hook-token-0123456789abcdef"
  await set("token", other)
  await set("path", "/in/coming")
  expect(await post("/hooks/wake", other)).toBe(404)
  expect(await post("/in/coming/wake", token)).toBe(401)
  expect(await post("/in/coming/wake", other)).toBe(200)
  await set("enabled", false)
  expect([404, 405]).toContain(await post("/in/coming/wake", other))
})

test("the gateway's own token is none for hooks, whatever the config says", async () => {
  await using same = await startGateway({ config: { hooks: { enabled: true, token: testToken } } })
  const { status } = await fetch(new URL("/hooks/wake", same.running.url), {
    method: "POST",
    headers: { authorization: `Bearer ${testToken}` },
    body: '{"text":"x"}',
  })
  expect(status).toBe(401)
})

test("hooks without a token are not served", async () => {
  await expect(startGateway({ config: { hooks: { enabled: true } } })).rejects.toThrow(
    "hooks.token",
  )
})
