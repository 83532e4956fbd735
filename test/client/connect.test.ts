import { expect, test } from "bun:test"
import { connect } from "../../src/client/connect.ts"
import { startFakeGateway, WireRefusal } from "../support/fake-gateway.ts"

const version = "0.0.0-test"

test("a client waits for the challenge, connects with its token and reads hello-ok", async () => {
  await using gateway = startFakeGateway({ token: "right" })
  await using client = await connect({ url: gateway.url, token: "right", version })
  expect(client.hello).toMatchObject({ protocol: 4, server: { version: "9.9.9" } })
  expect(gateway.connects[0]).toMatchObject({
    minProtocol: 3,
    maxProtocol: 4,
    client: { id: "cli", mode: "cli" },
    role: "operator",
    auth: { token: "right" },
  })
  expect(gateway.connects[0]?.device).toBeUndefined()
})

test("a wrong token is client.unauthorized, names the sources and does not repeat the token", async () => {
  await using gateway = startFakeGateway({ token: "right" })
  const error = await connect({ url: gateway.url, token: "wrong-secret", version }).catch((e) => e)
  expect(error).toMatchObject({ code: "client.unauthorized" })
  expect(error.hint).toContain("FASED_GATEWAY_TOKEN")
  expect(`${error.message} ${error.hint}`).not.toContain("wrong-secret")
})

test("answers find their calls whatever order they come in", async () => {
  const slow = Promise.withResolvers<string>()
  await using gateway = startFakeGateway({
    methods: { slow: () => slow.promise, fast: () => "fast" },
  })
  await using client = await connect({ url: gateway.url, version })
  const first = client.request("slow")
  expect(await client.request("fast")).toBe("fast")
  slow.resolve("slow")
  expect(await first).toBe("slow")
})

test("a two-stage call reports the first answer and resolves with the second", async () => {
  await using gateway = startFakeGateway({
    methods: {
      agent: (_, { accept, emit }) => {
        accept({ runId: "r1", status: "accepted" })
        emit("agent", { runId: "r1", stream: "assistant", data: { delta: "hi" } })
        return { runId: "r1", status: "ok" }
      },
    },
  })
  await using client = await connect({ url: gateway.url, version })
  const seen: unknown[] = []
  client.on("agent", (payload) => seen.push(payload))
  const result = await client.request("agent", {}, { onAccepted: (first) => seen.push(first) })
  expect(result).toMatchObject({ status: "ok" })
  expect(seen).toMatchObject([{ status: "accepted" }, { stream: "assistant" }])
})

test("a refusal keeps the gateway's code, message and hint", async () => {
  const error = {
    code: "INVALID_REQUEST",
    message: 'No session named "x".',
    details: { code: "sessions.unknown", hint: "See what exists with: fased sessions list" },
  }
  await using gateway = startFakeGateway({
    methods: {
      "sessions.reset": () => {
        throw new WireRefusal(error)
      },
    },
  })
  await using client = await connect({ url: gateway.url, version })
  const thrown = await client.request("sessions.reset").catch((e) => e)
  expect(thrown).toMatchObject({
    code: "client.refused",
    message: error.message,
    hint: error.details.hint,
    data: { error },
  })
})

test("a call that gets no answer is client.timeout", async () => {
  await using gateway = startFakeGateway({ methods: { stuck: () => new Promise(() => {}) } })
  await using client = await connect({ url: gateway.url, version })
  await expect(client.request("stuck", {}, { timeoutMs: 20 })).rejects.toMatchObject({
    code: "client.timeout",
  })
})

test("when the gateway hangs up, waiting calls and later ones fail with its reason", async () => {
  await using gateway = startFakeGateway({
    methods: { stuck: (_, { hangUp }) => (hangUp(1012, "service restart"), new Promise(() => {})) },
  })
  await using client = await connect({ url: gateway.url, version })
  const code = new Promise((resolve) => client.onClose(resolve))
  const expected = {
    code: "client.closed",
    message: "The gateway closed the connection (1012: service restart).",
  }
  await expect(client.request("stuck")).rejects.toMatchObject(expected)
  await expect(client.request("health")).rejects.toMatchObject(expected)
  expect(await code).toBe(1012)
})

test("a closed port is client.unreachable and says how to start a gateway", async () => {
  const gateway = startFakeGateway()
  await gateway[Symbol.asyncDispose]()
  const error = await connect({ url: gateway.url, version }).catch((e) => e)
  expect(error).toMatchObject({
    code: "client.unreachable",
    message: expect.stringContaining(
      `No gateway answers at ${gateway.url} (gateway connect failed: `,
    ),
  })
  expect(error.hint).toContain("fased start")
})

test("a web server on the port is client.not-a-gateway", async () => {
  await using server = Object.assign(
    Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("hello") }),
    { [Symbol.asyncDispose]: () => server.stop(true) },
  )
  await expect(connect({ url: `ws://127.0.0.1:${server.port}`, version })).rejects.toMatchObject({
    code: "client.not-a-gateway",
  })
})

test("a socket that never greets is client.not-a-gateway within the time given", async () => {
  await using gateway = startFakeGateway({ mute: true })
  await expect(connect({ url: gateway.url, version, timeoutMs: 30 })).rejects.toMatchObject({
    code: "client.not-a-gateway",
  })
})

test.each([
  "ws://10.0.0.7:18789",
  "ws://example.com",
  "ws://127.0.0.1.example.com:18789",
  "ws://127.0.0.1@example.com",
  "ws://[::ffff:10.0.0.7]:18789",
  "ws://0.0.0.0:18789",
])(
  "%s is refused before anything is sent: the credential would cross in the clear",
  async (url) => {
    await expect(connect({ url, token: "secret", version })).rejects.toMatchObject({
      code: "client.plaintext-refused",
    })
  },
)

test.each(["ws://example.com", "ws://203.0.113.7:18789", "ws://[2001:db8::1]:18789"])(
  "%s is refused even to those who allow plaintext: it is in no private network",
  async (url) => {
    const allowed = connect({ url, token: "secret", version, allowPlaintext: true })
    await expect(allowed).rejects.toMatchObject({
      code: "client.plaintext-refused",
      hint: expect.stringContaining("private addresses only"),
    })
  },
)

test("an address that is not a WebSocket one is client.bad-url", async () => {
  for (const url of ["", "18789", "ftp://127.0.0.1", "http://127.0.0.1:1"])
    await expect(connect({ url, version })).rejects.toMatchObject({ code: "client.bad-url" })
})
