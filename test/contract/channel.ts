import { describe, expect, test } from "bun:test"
import type { FakeNetwork, FakePerson, FakeRoom, Seen } from "../support/fake-network.ts"
import { startGateway, type TestGateway } from "../support/gateway.ts"

const code = /\b[A-HJ-NP-Z2-9]{8}\b/
/** Whatever the built-in guide says is an answer; a prompt with a code is none. */
const answered = ({ text }: Pick<Seen, "text">) => text.length > 20 && !code.test(text)
const longMs = 8_000

interface Account {
  state: string
  restarts: number
  reason?: string
}

/** A running gateway whose only way in is this network. */
const onNetwork = async (
  network: FakeNetwork,
  settings: Record<string, unknown> = {},
  home?: string,
) => {
  const gateway = await startGateway({
    ...(home !== undefined && { home }),
    config: {
      agents: { defaults: { skipBootstrap: true } },
      channels: { [network.channel]: { ...network.settings, ...settings } },
    },
  })
  await network.untilConnected()
  return gateway
}

const everybody = { dmPolicy: "open", allowFrom: ["*"], groupPolicy: "open" }

const stateOf = async ({ client }: TestGateway, channel: string) => {
  const { channelAccounts } = (await client.request("channels.status", {})) as {
    channelAccounts: Record<string, Account[]>
  }
  return channelAccounts[channel]![0]!
}

/** Answers to this room so far. */
const answersIn = (network: FakeNetwork, room: FakeRoom) =>
  network.seen.filter((seen) => seen.room === room.id && answered(seen)).length

/** What a channel owes a person in front of it, whichever its network: a gateway in between, nothing replaced. */
export const channelContract = (name: string, open: () => Promise<FakeNetwork>) => {
  describe(`a gateway on ${name}`, () => {
    /** Says something and waits for its answer in the same room. */
    const exchange = async (
      network: FakeNetwork,
      person: FakePerson,
      room: FakeRoom,
      text: string,
      extra?: Parameters<FakeNetwork["say"]>[3],
    ) => {
      const before = answersIn(network, room)
      const id = await network.say(person, room, text, extra)
      await network.until(
        (seen) => answered(seen) && seen.room === room.id && answersIn(network, room) > before,
      )
      return id
    }

    test(
      "a stranger gets a code, is not heard until it is approved, and is answered then",
      async () => {
        await using network = await open()
        await using gateway = await onNetwork(network)
        const room = network.direct(network.ada)
        await network.say(network.ada, room, "hello")
        const prompt = await network.until(({ text }) => code.test(text))
        await network.say(network.ada, room, "hello again")
        expect(answersIn(network, room)).toBe(0)
        await gateway.client.request("pairing.approve", { code: code.exec(prompt.text)![0] })
        await exchange(network, network.ada, room, "and now?")
        expect(answersIn(network, room)).toBe(1)
      },
      longMs,
    )

    test(
      "in a room only who speaks to the bot is answered, and there",
      async () => {
        await using network = await open()
        await using _ = await onNetwork(network, everybody)
        await network.say(network.ada, network.room, "just talking")
        await exchange(network, network.ada, network.room, "hello bot", { mention: true })
        expect(answersIn(network, network.room)).toBe(1)
        expect(network.seen.filter(answered).map(({ room }) => room)).toEqual([network.room.id])
      },
      longMs,
    )

    test(
      "what is delivered twice is answered once",
      async () => {
        await using network = await open()
        await using _ = await onNetwork(network, everybody)
        const room = network.direct(network.ada)
        const id = await exchange(network, network.ada, room, "once")
        await network.repeat(id)
        await exchange(network, network.ada, room, "afterwards")
        expect(answersIn(network, room)).toBe(2)
      },
      longMs,
    )

    test(
      "a connection that is cut is made anew, and nothing said meanwhile is lost",
      async () => {
        await using network = await open()
        await using gateway = await onNetwork(network, everybody)
        const room = network.direct(network.ada)
        await exchange(network, network.ada, room, "before")
        network.drop()
        await exchange(network, network.ada, room, "after")
        expect(answersIn(network, room)).toBe(2)
        await network.untilConnected()
        expect((await stateOf(gateway, network.channel)).state).toMatch(/^(connected|connecting)$/)
      },
      longMs,
    )

    test(
      "an answer waits where the network is busy or broken, and is sent once",
      async () => {
        await using network = await open()
        await using _ = await onNetwork(network, everybody)
        const room = network.direct(network.ada)
        network.next("busy", 1, 100)
        await exchange(network, network.ada, room, "are you busy?")
        network.next("broken", 1)
        await exchange(network, network.ada, room, "are you broken?")
        expect(answersIn(network, room)).toBe(2)
      },
      longMs,
    )

    test(
      "after a restart it goes on where it was, and answers nothing again",
      async () => {
        await using network = await open()
        const first = await onNetwork(network, everybody)
        const room = network.direct(network.ada)
        await exchange(network, network.ada, room, "before")
        await first.stop()
        await using _ = await onNetwork(network, everybody, first.home)
        await exchange(network, network.ada, room, "after")
        expect(answersIn(network, room)).toBe(2)
        await first[Symbol.asyncDispose]()
      },
      longMs,
    )

    test(
      "N140: an account that is disabled hears nothing and says nothing from then on",
      async () => {
        await using network = await open()
        await using gateway = await onNetwork(network, everybody)
        const room = network.direct(network.ada)
        await exchange(network, network.ada, room, "before")
        const { hash } = (await gateway.client.request("config.get", {})) as { hash: string }
        await gateway.client.request("config.patch", {
          raw: JSON.stringify({ channels: { [network.channel]: { enabled: false } } }),
          baseHash: hash,
        })
        expect((await stateOf(gateway, network.channel)).state).toBe("disabled")
        await network.say(network.ada, room, "anybody there?")
        expect(answersIn(network, room)).toBe(1)
      },
      longMs,
    )
  })
}
