import { expect, test } from "bun:test"
import { discord } from "../../../src/channels/discord/index.ts"
import { systemClock } from "../../../src/kernel/clock.ts"
import type { Arrival } from "../../../src/kernel/network.ts"
import { connectAdapter, saysOf } from "../../support/adapter.ts"
import { type FakeDiscord, fakeDiscord } from "../../support/fake-discord.ts"

/** An account that has heard something in a private chat and in a room, and whose session is gone. */
const left = async () => {
  const network = await fakeDiscord()
  const memory = new Map<string, string>()
  const direct = network.direct(network.ada)
  {
    await using host = await connectAdapter(discord, network, { memory })
    await network.say(network.ada, direct, "before, alone")
    await network.say(network.ada, network.room, "before, in the room")
    await host.until(saysOf("before, alone"))
    await host.until(saysOf("before, in the room"))
  }
  network.forget()
  return {
    network,
    direct,
    back: (options: Parameters<typeof connectAdapter>[2] = {}) =>
      connectAdapter(discord, network, { ...options, memory }),
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  }
}

/** What was said there, as the gateway takes it: what it was told twice counts once. */
const words = (arrivals: readonly Arrival[], place: string) => {
  const there = arrivals.filter(({ conversation }) => conversation.id === place)
  return [...new Map(there.map(({ id, deed }) => [id, deed])).values()].map(
    (deed) => deed.kind === "message" && deed.text,
  )
}

test("what was said while no session was there is heard in the next one, before what is new", async () => {
  await using at = await left()
  const { network, direct } = at
  const { ada, room } = network
  const numbers = Array.from({ length: 230 }, (_, number) => `number ${number}`)
  for (const number of numbers) await network.say(ada, room, number)
  await network.say(ada, direct, "meanwhile")
  const connecting = at.back()
  await network.untilConnected()
  await network.say(ada, room, "new in the room")
  await network.say(ada, direct, "new alone")
  await using host = await connecting
  await host.until(saysOf("new in the room"))
  await host.until(saysOf("new alone"))
  expect(words(host.arrivals, direct.id)).toEqual(["meanwhile", "new alone"])
  expect(words(host.arrivals, room.id)).toEqual([...numbers, "new in the room"])
  const [first] = host.arrivals.filter(({ conversation }) => conversation.id === room.id)
  expect(first).toMatchObject({
    conversation: { kind: "channel", guild: network.guild },
    sender: { ids: [ada.id], roles: [network.role] },
  })
}, 20_000)

test.each([
  ["resumed", () => undefined],
  ["begun anew", (network: FakeDiscord) => network.forget()],
])("what was missed and not taken comes once more in a session that is %s", async (_, restart) => {
  await using at = await left()
  await at.network.say(at.network.ada, at.direct, "meanwhile")
  {
    await using host = await at.back({ hear: () => new Promise<never>(() => {}) })
    await host.until(saysOf("meanwhile"))
  }
  restart(at.network)
  await using host = await at.back()
  await host.until(saysOf("meanwhile"))
})

test("a place that may not be read back holds up nothing", async () => {
  await using at = await left()
  const { network } = at
  await network.say(network.ada, network.room, "unread")
  network.refuse(/\/messages$/, 403, 50001, "Missing Access")
  network.refuse(/\/messages$/, 403, 50001, "Missing Access")
  await using host = await at.back()
  await network.say(network.ada, network.room, "new")
  await host.until(saysOf("new"))
  expect(words(host.arrivals, network.room.id)).toEqual(["new"])
})

test("trouble of the network is waited for, and nothing of what was said is given up", async () => {
  await using at = await left()
  const { network } = at
  await network.say(network.ada, network.room, "meanwhile")
  for (let times = 0; times < 10; times++) network.refuse(/\/messages$/, 503, 0, "Unavailable")
  const brisk = {
    ...systemClock,
    after: (ms: number, work: () => void) => systemClock.after(ms / 500, work),
  }
  await using host = await at.back({ clock: brisk })
  await host.until(saysOf("meanwhile"))
})

test("who comes for the first time asks for nothing that was said before", async () => {
  await using network = await fakeDiscord()
  await network.say(network.ada, network.room, "long ago")
  await using host = await connectAdapter(discord, network)
  await network.say(network.ada, network.room, "now")
  await host.until(saysOf("now"))
  expect(host.arrivals).toHaveLength(1)
  expect(network.requests.map(({ path }) => path).filter((path) => /messages/.test(path))).toEqual(
    [],
  )
})
