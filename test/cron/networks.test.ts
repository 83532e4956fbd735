/** What happens without being asked reaches people on a chat network, in a gateway that runs. */
import { expect, test } from "bun:test"
import { fakeModel } from "../support/fake-model.ts"
import { fakeTelegram } from "../support/fake-telegram.ts"
import { startGateway } from "../support/gateway.ts"
import { tasksOf } from "./support.ts"

const hookToken = "hook-token-0123456789abcdef0123456789"

const startConnected = async (config: { heartbeat?: object; hooks?: object } = {}) => {
  const telegram = await fakeTelegram()
  const model = fakeModel({ turns: ["The *disk* is full."] })
  const gateway = await startGateway({
    config: {
      agents: {
        defaults: {
          skipBootstrap: true,
          model: "fake/fake-1",
          heartbeat: { every: "0m", ...config.heartbeat },
        },
      },
      models: { mode: "replace", providers: { fake: model.provider("openai-completions") } },
      channels: {
        telegram: {
          accounts: { default: { ...telegram.settings, allowFrom: [telegram.ada.id] } },
        },
      },
      ...(config.hooks && { hooks: { enabled: true, token: hookToken, ...config.hooks } }),
    },
  })
  const { client } = gateway
  return {
    ...tasksOf(gateway),
    gateway,
    telegram,
    model,
    /** What the main session was told besides, as the next turn of it reads. */
    async toldInMain() {
      await client.request("agent", { message: "and?", idempotencyKey: crypto.randomUUID() })
      const { messages } = (await client.request("chat.history", { sessionKey: "main" })) as {
        messages: object[]
      }
      return JSON.stringify(messages)
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await model.close()
      await telegram[Symbol.asyncDispose]()
    },
  }
}

const work = {
  name: "disk",
  schedule: { kind: "every", everyMs: 3_600_000 },
  sessionTarget: "isolated",
  payload: { kind: "agentTurn", message: "Look at the disk." },
}

test("the result of a task is said where it is addressed to, and the main session knows of it", async () => {
  await using connected = await startConnected()
  const { call, ended, telegram } = connected
  const to = { mode: "announce", channel: "telegram", to: telegram.ada.id }
  await call("cron.add", { ...work, delivery: to })
  await call("cron.run", { id: "disk" })
  expect(await ended()).toMatchObject({ status: "ok", deliveryStatus: "delivered" })
  const [said, ...more] = telegram.seen
  expect(said).toMatchObject({ room: telegram.ada.id, text: "The disk is full." })
  expect(more).toEqual([])
  expect(await connected.toldInMain()).toContain('The task \\"disk\\" reported')
})

test("one that names no place is said where the agent was last spoken to", async () => {
  await using connected = await startConnected()
  const { call, ended, telegram } = connected
  await telegram.say(telegram.ada, telegram.direct(telegram.ada), "hello")
  await telegram.until(({ room }) => room === telegram.ada.id)
  await call("cron.add", work)
  await call("cron.run", { id: "disk" })
  expect(await ended()).toMatchObject({ status: "ok", deliveryStatus: "delivered" })
  expect(telegram.seen).toHaveLength(2)
})

test("one that the network does not take fails its run, which says so", async () => {
  await using connected = await startConnected()
  const { call, ended, telegram } = connected
  telegram.next("refused")
  const to = { mode: "announce", channel: "telegram", to: telegram.ada.id }
  await call("cron.add", { ...work, delivery: to })
  await call("cron.run", { id: "disk" })
  expect(await ended()).toMatchObject({ status: "error", deliveryStatus: "not-delivered" })
})

test("what a woken agent says is said where its heartbeat goes", async () => {
  const telegramId = "1001"
  const heartbeat = { every: "1h", target: "telegram", to: telegramId }
  await using connected = await startConnected({ heartbeat })
  const { gateway, telegram } = connected
  const beaten = Promise.withResolvers<unknown>()
  gateway.client.on("heartbeat", beaten.resolve)
  await gateway.client.request("wake", { text: "Look again.", mode: "now" })
  expect(await beaten.promise).toMatchObject({
    status: "sent",
    channel: "telegram",
    to: telegramId,
  })
  expect(telegram.seen).toMatchObject([{ room: telegramId, text: "The disk is full." }])
})

test("the reply to a webhook goes where its mapping says", async () => {
  const mappings = [
    { match: { path: "alarm" }, messageTemplate: "{{what}}", channel: "telegram", to: "1001" },
    { match: { path: "quiet" }, messageTemplate: "{{what}}", deliver: false },
  ]
  await using connected = await startConnected({ hooks: { mappings } })
  const { gateway, telegram } = connected
  const headers = { authorization: `Bearer ${hookToken}` }
  for (const name of ["quiet", "alarm"]) {
    const url = new URL(`/hooks/${name}?wait`, gateway.running.url)
    const body = JSON.stringify({ what: "Disk?" })
    const answer = await fetch(url, { method: "POST", headers, body })
    expect(await answer.json()).toMatchObject({ ok: true, reply: "The *disk* is full." })
  }
  expect(await telegram.until(() => true)).toMatchObject({
    room: "1001",
    text: "The disk is full.",
  })
  expect(telegram.seen).toHaveLength(1)
})
