/** The OpenClaw family's own client library drives the compiled binary, at both protocol versions. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from "node:crypto"
import { GatewayClient } from "@openclaw/gateway-client"
import type { DeviceIdentity, GatewayClientOptions } from "@openclaw/gateway-client"
import { answeredBy, freshHome, testToken } from "../support/binary.ts"
import type { Gateway, Home } from "../support/binary.ts"
import { fakeModel } from "../support/fake-model.ts"

type Hello = Parameters<NonNullable<GatewayClientOptions["onHelloOk"]>>[0]
type Event = Parameters<NonNullable<GatewayClientOptions["onEvent"]>>[0]

const reply = "I can help: one, two, three, four."
const model = fakeModel({ turns: [reply] })
let home: Home
let gateway: Gateway

beforeAll(async () => {
  home = freshHome()
  home.configure(answeredBy(model))
  gateway = await home.start()
})
afterAll(async () => {
  await home?.[Symbol.asyncDispose]()
  await model.close()
})

/** Connects and waits for the greeting; the events it hears come with it. */
const connect = async (options: GatewayClientOptions = {}) => {
  const greeted = Promise.withResolvers<Hello>()
  const events: Event[] = []
  const watchers = new Set<() => void>()
  const client = new GatewayClient({
    url: gateway.wsUrl,
    token: testToken,
    ...options,
    onHelloOk: greeted.resolve,
    onConnectError: greeted.reject,
    onEvent: (event) => {
      events.push(event)
      for (const look of watchers) look()
    },
  })
  client.start()
  const hello = await greeted.promise.catch((error: unknown) => {
    client.stop()
    throw error
  })
  return {
    client,
    hello,
    events,
    heard: (matches: (event: Event) => boolean) =>
      new Promise<Event>((resolve) => {
        const look = () => {
          const found = events.find(matches)
          if (!found) return
          watchers.delete(look)
          resolve(found)
        }
        watchers.add(look)
        look()
      }),
    [Symbol.asyncDispose]: () => client.stopAndWait(),
  }
}

/** A new device, with everything the library leaves to its host. */
const device = () => {
  const pair = generateKeyPairSync("ed25519")
  const publicKeyPem = pair.publicKey.export({ type: "spki", format: "pem" }).toString()
  const privateKeyPem = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString()
  const raw = (pem: string) =>
    createPublicKey(pem).export({ type: "spki", format: "der" }).subarray(-32)
  const stored: { token: string; scopes: string[] }[] = []
  const deviceIdentity: DeviceIdentity = {
    deviceId: createHash("sha256").update(raw(publicKeyPem)).digest("hex"),
    publicKeyPem,
    privateKeyPem,
  }
  return {
    stored,
    options: {
      deviceIdentity,
      platform: "linux",
      deviceFamily: "Linux",
      hostDeps: {
        publicKeyRawBase64UrlFromPem: (pem) => raw(pem).toString("base64url"),
        signDevicePayload: (pem, payload) =>
          sign(null, Buffer.from(payload), createPrivateKey(pem)).toString("base64url"),
        loadDeviceAuthToken: () => stored.at(-1) ?? null,
        storeDeviceAuthToken: ({ token, scopes }) => void stored.push({ token, scopes }),
      },
    } satisfies GatewayClientOptions,
  }
}

const isChat =
  (runId: string, state: string) =>
  ({ event, payload }: Event) => {
    const chat = payload as { runId?: string; state?: string }
    return event === "chat" && chat.runId === runId && chat.state === state
  }

describe.each([3, 4])("@openclaw/gateway-client at protocol %d", (version) => {
  const protocol = { minProtocol: version, maxProtocol: version }

  test("connects with the token alone, and is greeted in full", async () => {
    await using at = await connect(protocol)
    expect(at.hello).toMatchObject({
      protocol: version,
      features: { methods: expect.arrayContaining(["chat.send"]), events: expect.anything() },
      snapshot: { sessionDefaults: { mainSessionKey: "agent:main:main" } },
      auth: { role: "operator", scopes: ["operator.admin"] },
      policy: { tickIntervalMs: expect.any(Number) },
    })
  })

  test("connects as a device, and comes back with the device's own token", async () => {
    const own = device()
    {
      await using at = await connect({ ...protocol, ...own.options })
      expect(at.hello.auth).toMatchObject({ deviceToken: expect.any(String) })
    }
    expect(own.stored).toHaveLength(1)
    await using again = await connect({ ...protocol, ...own.options, token: undefined })
    expect(again.hello.protocol).toBe(version)
  })

  test("reads health, status, sessions, agents and models", async () => {
    await using at = await connect(protocol)
    expect(await at.client.request("health")).toMatchObject({ ok: true, defaultAgentId: "main" })
    expect(await at.client.request("status", {})).toMatchObject({ sessions: expect.anything() })
    expect(await at.client.request("sessions.list", {})).toMatchObject({
      sessions: expect.any(Array),
    })
    expect(await at.client.request("agents.list", {})).toMatchObject({ defaultId: "main" })
    expect(await at.client.request("models.list", {})).toMatchObject({ models: expect.anything() })
    expect(await at.client.request("system-presence", {})).toBeArray()
  })

  test("chats: the words stream in, the last event has them all, the history keeps them", async () => {
    await using at = await connect(protocol)
    const sessionKey = `agent:main:chat-${version}`
    expect(await at.client.request("sessions.subscribe", {})).toMatchObject({ subscribed: true })
    const messages = { key: sessionKey }
    expect(await at.client.request("sessions.messages.subscribe", messages)).toMatchObject({
      subscribed: true,
    })
    const { runId } = await at.client.request<{ runId: string }>("chat.send", {
      sessionKey,
      message: "What can you do?",
      idempotencyKey: crypto.randomUUID(),
    })
    const final = await at.heard(isChat(runId, "final"))
    const delta = await at.heard(isChat(runId, "delta"))
    const words = { role: "assistant", content: [{ type: "text", text: reply }] }
    expect(final.payload).toMatchObject({ sessionKey, message: words })
    expect("deltaText" in (delta.payload as object)).toBe(version === 4)
    await at.heard(({ event }) => event === "sessions.changed")
    await at.heard(({ event }) => event === "session.message")
    const history = await at.client.request<{ messages: object[] }>("chat.history", {
      sessionKey,
      limit: 200,
    })
    expect(history.messages).toMatchObject([{ role: "user" }, words])
  })

  test("sends the same message again without a second answer", async () => {
    await using at = await connect(protocol)
    const message = {
      sessionKey: `agent:main:twice-${version}`,
      message: "once",
      idempotencyKey: `once-${version}`,
    }
    const first = await at.client.request<{ runId: string }>("chat.send", message)
    await at.heard(isChat(first.runId, "final"))
    const second = await at.client.request("chat.send", message)
    expect(second).toMatchObject({ runId: first.runId, status: "ok" })
    const { messages } = await at.client.request<{ messages: object[] }>("chat.history", {
      sessionKey: message.sessionKey,
    })
    expect(messages).toHaveLength(2)
  })

  test("runs an agent in two stages", async () => {
    await using at = await connect(protocol)
    const accepted = Promise.withResolvers<unknown>()
    const final = await at.client.request(
      "agent",
      { message: "hello", sessionKey: `agent:main:run-${version}`, idempotencyKey: `r${version}` },
      { expectFinal: true, onAccepted: accepted.resolve },
    )
    expect(await accepted.promise).toMatchObject({ status: "accepted" })
    expect(final).toMatchObject({
      status: "ok",
      result: { payloads: [{ text: reply, mediaUrl: null }] },
    })
    await at.heard(({ event, payload }) => {
      const { stream, data } = payload as { stream?: string; data?: { phase?: string } }
      return event === "agent" && stream === "lifecycle" && data?.phase === "end"
    })
  })

  test("is told plainly of an unknown method, wrong parameters and an unknown model", async () => {
    await using at = await connect(protocol)
    const refusal = (method: string, params: object) =>
      at.client.request(method, params, { expectFinal: true }).then(
        () => expect.unreachable(),
        (error: { gatewayCode: string; message: string }) => error,
      )
    expect(await refusal("nope.method", {})).toMatchObject({
      gatewayCode: "INVALID_REQUEST",
      message: "unknown method: nope.method",
    })
    const wrong = await refusal("chat.send", { sessionKey: 7, message: "hi", idempotencyKey: "1" })
    expect(wrong).toMatchObject({ gatewayCode: "INVALID_REQUEST" })
    expect(wrong.message).toContain("invalid chat.send params")
    const unknown = await refusal("agent", { message: "hi", model: "fake/none" })
    expect(unknown.message).toContain("fake/none")
  })

  test("a wrong token is refused with the code it knows", async () => {
    const error = await connect({ ...protocol, token: "wrong-token-wrong-token-wrong" }).then(
      () => expect.unreachable(),
      (error: unknown) => error,
    )
    expect(error).toMatchObject({ details: { code: "AUTH_TOKEN_MISMATCH" } })
  })
})

test("a client that speaks neither version is refused, with the versions there are", async () => {
  const error = await connect({ minProtocol: 5, maxProtocol: 9 }).then(
    () => expect.unreachable(),
    (error: Error) => error,
  )
  expect(error.message).toContain("protocol")
})
