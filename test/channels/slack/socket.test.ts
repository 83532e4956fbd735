import { expect, test } from "bun:test"
import { slack } from "../../../src/channels/slack/index.ts"
import { connectionOver } from "../../../src/kernel/network.ts"
import { connectAdapter, saysOf } from "../../support/adapter.ts"
import { fakeSlack } from "../../support/fake-slack.ts"
import { turnableClock } from "../../support/turnable-clock.ts"

const overOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!connectionOver.is(error)) throw new Error("should be over", { cause: error })
  return error.data
}
const settled = async (fits: () => boolean) => {
  while (!fits()) await Bun.sleep(2)
}

test("when Slack announces the end of a socket, the next is open before it is let go", async () => {
  await using network = fakeSlack()
  await using host = await connectAdapter(slack, network)
  for (const round of [1, 2, 3]) {
    network.refresh(round === 2 ? "warning" : "refresh_requested")
    await network.say(network.ada, network.room, `in between ${round};`)
    await host.until(saysOf(`in between ${round};`))
    await settled(() => network.opened === round + 1 && network.sockets === 1)
  }
  await settled(() => network.pending === 0)
  expect(network.sockets).toBe(1)
})

test("what is slow to be taken is handed over once and acknowledged when it was, however often it came", async () => {
  await using network = fakeSlack({ redeliverMs: 15 })
  const taken = Promise.withResolvers<void>()
  const hear = async () => {
    await taken.promise
    return { kind: "taken" as const, runId: "run" }
  }
  await using host = await connectAdapter(slack, network, { hear })
  await network.say(network.ada, network.room, "slowly")
  await settled(() => network.handedOver.length >= 4)
  expect(network.acks).toBe(0)
  expect(host.arrivals).toHaveLength(1)
  taken.resolve()
  await settled(() => network.pending === 0)
  // One that was on its way when it was taken may come after; it is known then.
  expect(new Set(host.arrivals.map(({ id }) => id)).size).toBe(1)
})

test("a message that mentions the bot is one message, though Slack tells it twice", async () => {
  await using network = fakeSlack()
  await using host = await connectAdapter(slack, network)
  const id = await network.say(network.ada, network.room, "is it one?", { mention: true })
  await settled(() => network.acks === 2)
  expect(new Set(host.arrivals.map((arrival) => arrival.id)).size).toBe(1)
  for (const arrival of host.arrivals)
    expect(arrival).toMatchObject({
      id,
      conversation: { id: network.room.id, kind: "channel", title: "general", team: "T00000001" },
      sender: { ids: [network.ada.id], name: "Ada", username: "ada" },
      deed: { text: "is it one?", mentions: { bot: true, others: false } },
    })
})

test("a socket that is silent for long is given up for a new one", async () => {
  await using network = fakeSlack()
  const clock = turnableClock()
  await using host = await connectAdapter(slack, network, { clock })
  clock.turn(40_000)
  await settled(() => network.opened === 2 && network.sockets === 1)
  await network.say(network.ada, network.room, "still there?")
  await host.until(saysOf("still there?"))
})

test("wrong tokens end it for good and say which", async () => {
  await using network = fakeSlack()
  const connect = (settings: object) =>
    connectAdapter(slack, network, { settings: { ...settings } })
  expect(await overOf(connect({ botToken: "xoxb-wrong" }))).toMatchObject({
    why: "credentials",
    hint: expect.stringContaining("Copy the token anew"),
  })
  expect(await overOf(connect({ appToken: network.settings.botToken }))).toMatchObject({
    why: "credentials",
    hint: expect.stringContaining("app tokens with xapp-"),
  })
  expect(await overOf(connect({ botToken: " " }))).toMatchObject({ why: "credentials" })
  expect(await overOf(connect({ appToken: undefined }))).toMatchObject({ why: "credentials" })
})

test("the same bot is not connected twice from one gateway", async () => {
  await using network = fakeSlack()
  await using _host = await connectAdapter(slack, network)
  expect(await overOf(connectAdapter(slack, network))).toMatchObject({ why: "conflict" })
})

test("a removed app and Socket Mode turned off end the connection for good", async () => {
  await using network = fakeSlack()
  {
    await using host = await connectAdapter(slack, network)
    network.tell({ type: "tokens_revoked", tokens: { bot: ["UBOT00001"] } }, "revoked")
    expect(await overOf(host.connection.over)).toMatchObject({ why: "credentials" })
  }
  await using host = await connectAdapter(slack, network)
  network.refresh("link_disabled")
  expect(await overOf(host.connection.over)).toMatchObject({
    why: "credentials",
    hint: expect.stringContaining("Socket Mode"),
  })
})

test("a network that went away ends the connection, to be tried again", async () => {
  const network = fakeSlack()
  await using host = await connectAdapter(slack, network)
  await network[Symbol.asyncDispose]()
  expect(await overOf(host.connection.over)).toMatchObject({ why: "gone" })
})
