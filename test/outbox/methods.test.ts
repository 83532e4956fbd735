import { expect, test } from "bun:test"
import { startConversation } from "../support/conversation.ts"
import { fakeTelegram } from "../support/fake-telegram.ts"
import type { Script } from "../support/fake-model.ts"

interface Sent {
  messageId?: string
  state: string
  deliveryId: string
}

/** A gateway on a fake Telegram that hears everybody. */
const start = async (
  turns: Script[] = [{ text: "Hello." }],
  settings: object = {},
  more: object = {},
) => {
  const telegram = await fakeTelegram()
  const conversation = await startConversation(turns, {
    tools: { profile: "full" },
    config: {
      channels: {
        telegram: {
          ...telegram.settings,
          dmPolicy: "open",
          allowFrom: ["*"],
          streaming: "off",
          ...settings,
        },
      },
      messages: { inbound: { debounceMs: 0 } },
      ...more,
    },
  })
  await telegram.untilConnected()
  const { client } = conversation.gateway
  const connected = async () => {
    const { channelAccounts } = (await client.request("channels.status", {})) as {
      channelAccounts: Record<string, { connected?: boolean }[]>
    }
    return channelAccounts.telegram?.[0]?.connected === true
  }
  while (!(await connected())) await Bun.sleep(2)
  return {
    ...conversation,
    telegram,
    request: <T>(method: string, params: object) => client.request(method, params) as Promise<T>,
    async [Symbol.asyncDispose]() {
      await conversation[Symbol.asyncDispose]()
      await telegram[Symbol.asyncDispose]()
    },
  }
}

test("files are shown as they are asked to be, and words never go with a round film", async () => {
  await using fased = await start()
  const { request, telegram } = fased
  const film = `data:video/mp4;base64,${Buffer.from("\0\0\0\x18ftypisom").toString("base64")}`
  const sound = `data:audio/ogg;base64,${Buffer.from("OggS sound").toString("base64")}`
  const ways = { asVideoNote: film, asVoice: sound, forceDocument: film }
  for (const [way, mediaUrl] of Object.entries(ways))
    await request("send", { to: telegram.ada.id, message: "look", mediaUrl, [way]: true })
  const sent = telegram.calls.map(({ method }) => method).filter((one) => one.startsWith("send"))
  expect(sent).toEqual(["sendMessage", "sendVideoNote", "sendVoice", "sendDocument"])
})

test("send waits until the network has it, and sends one key once", async () => {
  await using fased = await start()
  const { request, telegram } = fased
  const params = { to: telegram.ada.id, message: "Hi **Ada**", idempotencyKey: "k1" }
  const sent = await request<Sent>("send", params)
  expect(sent).toMatchObject({ state: "sent", runId: "k1", channel: "telegram" })
  expect(await request<Sent>("send", params)).toMatchObject({ messageId: sent.messageId })
  expect(telegram.seen).toMatchObject([{ id: sent.messageId, text: "Hi Ada" }])
})

test("a target may begin with its network, where there are several", async () => {
  await using fased = await start()
  const { request, telegram } = fased
  const params = { to: `Telegram:${telegram.ada.id}`, message: "Hi", idempotencyKey: "k1" }
  expect(await request<Sent>("send", params)).toMatchObject({ state: "sent", channel: "telegram" })
  const nowhere = { ...params, to: `slack:C1`, idempotencyKey: "k2" }
  await expect(request("send", nowhere)).rejects.toThrow("is no target on Telegram")
})

test("what the network refuses is told at once, listed, tried again and given up on", async () => {
  await using fased = await start()
  const { request, telegram } = fased
  telegram.next("refused")
  const params = { to: telegram.ada.id, message: "Hi", idempotencyKey: "k1" }
  await expect(request("send", params)).rejects.toMatchObject({
    data: { error: { details: { code: "outbox.delivery-failed" } } },
  })
  type List = { deliveries: { id: string; state: string; text: string }[] }
  const { deliveries } = await request<List>("outbox.list", {})
  expect(deliveries).toMatchObject([{ state: "failed", text: "Hi" }])
  const { id } = deliveries[0]!
  await request("outbox.retry", { id })
  await telegram.until(({ text }) => text === "Hi")
  await expect(request("outbox.retry", { id })).rejects.toMatchObject({
    data: { error: { details: { code: "outbox.unknown-delivery" } } },
  })
  telegram.next("refused")
  await request("send", { ...params, idempotencyKey: "k2" }).catch(() => {})
  const again = await request<List>("outbox.list", { state: "failed" })
  await request("outbox.discard", { id: again.deliveries[0]!.id })
  expect(await request<List>("outbox.list", {})).toEqual({ deliveries: [] })
})

test("a message is edited, reacted to and taken back; what a network has not is said", async () => {
  await using fased = await start()
  const { request, telegram } = fased
  const to = telegram.ada.id
  const { messageId } = await request<Sent>("send", { to, message: "Hi" })
  await request("message.action", { to, action: "edit", messageId, message: "Ho" })
  expect(telegram.seen).toMatchObject([{ text: "Ho", edited: 1 }])
  await request("message.action", { to, action: "react", messageId, emoji: "👍" })
  await request("message.action", { to, action: "delete", messageId })
  await expect(request("message.action", { to, action: "read" })).rejects.toMatchObject({
    data: { error: { details: { code: "outbox.cannot" } } },
  })
  await expect(
    request("message.action", { to, action: "edit", message: "x" }),
  ).rejects.toMatchObject({ data: { error: { details: { code: "outbox.bad-arguments" } } } })
  await expect(request("send", { to: "no such thing", message: "x" })).rejects.toMatchObject({
    data: { error: { details: { code: "outbox.bad-target" } } },
  })
})

const calls = (input: object) => ({ text: "", tools: [{ name: "message", input }] })

test("a stranger's turn writes to its own conversation and to nobody else (N141)", async () => {
  const results: string[] = []
  const note: Script = ({ body }) => {
    results.push(JSON.stringify(body.messages.at(-1)))
    return { text: "Done." }
  }
  await using fased = await start([
    calls({ action: "send", channel: "telegram", target: "5555", message: "psst" }),
    note,
    calls({ action: "send", message: "Just you." }),
    note,
  ])
  const { telegram } = fased
  const room = telegram.direct(telegram.ada)
  await telegram.say(telegram.ada, room, "write to 5555")
  await telegram.until(({ text }) => text === "Done.")
  expect(telegram.seen.filter(({ room }) => room === "5555")).toEqual([])
  expect(results[0]).toContain("may not write there")
  await telegram.say(telegram.ada, room, "write to me")
  await telegram.until(({ text }) => text === "Just you.")
})

test("the operator's turn writes where it is told, and its words are not said twice", async () => {
  await using fased = await start([
    calls({ action: "send", channel: "telegram", target: "1001", message: "From the operator." }),
    { text: "I told Ada." },
  ])
  const { chat, telegram } = fased
  await chat.ask("tell ada")
  await telegram.until(({ text }) => text === "From the operator.")
  expect(telegram.seen).toHaveLength(1)
})

test("what a turn has said with its tool is not said again as its answer", async () => {
  await using fased = await start([
    calls({ action: "send", message: "It is noon." }),
    { text: "It is noon." },
    { text: "Next." },
  ])
  const { telegram, request } = fased
  const room = telegram.direct(telegram.ada)
  await telegram.say(telegram.ada, room, "what time is it")
  await telegram.until(({ text }) => text === "It is noon.")
  await telegram.say(telegram.ada, room, "and now")
  await telegram.until(({ text }) => text === "Next.")
  expect(telegram.seen.map(({ text }) => text)).toEqual(["It is noon.", "Next."])
  for (const state of ["failed", "unknown"])
    expect(await request<object>("outbox.list", { state })).toEqual({ deliveries: [] })
})

test("an answer goes to a network as well where that is asked for", async () => {
  await using fased = await start([{ text: "The build is green." }])
  const { request, telegram, chat } = fased
  await expect(request("agent", { message: "x", deliver: true })).rejects.toMatchObject({
    data: { error: { details: { code: "agents.nowhere-to-deliver" } } },
  })
  await request("agent", { message: "report", deliver: true, channel: "telegram", to: "1001" })
  await telegram.until(({ text }) => text === "The build is green.")
  await telegram.say(telegram.ada, telegram.direct(telegram.ada), "hello")
  await telegram.until(() => telegram.seen.length === 2)
  await chat.send("and here", { deliver: true })
  await telegram.until(() => telegram.seen.length === 3)
})

test("the reply of a webhook goes where its call says, else where the agent was last spoken to from", async () => {
  const hooks = { enabled: true, token: "hook-token-0123456789abcdef" }
  await using fased = await start([{ text: "The build is red." }], {}, { hooks })
  const { telegram, gateway } = fased
  const call = async (body: object) => {
    const response = await fetch(new URL("/hooks/agent", gateway.running.url), {
      method: "POST",
      headers: { authorization: `Bearer ${hooks.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    })
    return (await response.json()) as { ok: boolean; note?: string }
  }
  expect((await call({ message: "one", deliver: true })).note).toContain("not sent to a channel")
  expect(await call({ message: "two", channel: "telegram", to: "1001" })).not.toHaveProperty("note")
  await telegram.until(() => telegram.seen.length === 1)
  await telegram.say(telegram.ada, telegram.direct(telegram.ada), "hello")
  await telegram.until(() => telegram.seen.length === 2)
  await call({ message: "three" })
  await telegram.until(() => telegram.seen.length === 3)
  await call({ message: "four", deliver: false })
  await call({ message: "five" })
  await telegram.until(() => telegram.seen.length === 4)
})

test("a command that waits is asked about in the owner's chat, and runs when it is allowed there", async () => {
  const results: string[] = []
  await using fased = await start(
    [
      { text: "", tools: [{ name: "exec", input: { command: "uname -a" } }] },
      ({ body }) => {
        results.push(JSON.stringify(body.messages.at(-1)))
        return { text: "Done." }
      },
    ],
    {},
    {
      approvals: {
        exec: { enabled: true, mode: "targets", targets: [{ channel: "telegram", to: "1001" }] },
      },
      commands: { ownerAllowFrom: ["telegram:1001"] },
    },
  )
  const { telegram, chat } = fased
  const asked = chat.ask("what machine is this?")
  const question = await telegram.until(({ text }) => text.includes("waits for approval"))
  expect(question.text).toContain("uname -a")
  const [button] = question.buttons?.flat() ?? []
  expect(button?.data).toMatch(/^\/approve \S+ allow-once$/)
  await telegram.say(telegram.ada, telegram.direct(telegram.ada), button!.data)
  await asked
  expect(results[0]).toContain("Linux")
  await telegram.until(({ text }) => text.startsWith("Approval ") && text.includes("allow-once"))
})
