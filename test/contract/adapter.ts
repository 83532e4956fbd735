import { describe, expect, test } from "bun:test"
import type { AnyChannel, Part } from "../../src/kernel/network.ts"
import { notSent } from "../../src/kernel/network.ts"
import { plain } from "../../src/kernel/styled.ts"
import { connectAdapter, saysOf } from "../support/adapter.ts"
import type { FakeNetwork, FakeRoom } from "../support/fake-network.ts"

const never = new AbortController().signal

let parts = 0
const partTo = (room: FakeRoom, text: string, more: Partial<Part> = {}): Part => ({
  conversation: {
    id: room.id,
    kind: room.kind,
    ...(room.thread && { thread: { id: room.thread, kind: "thread" } }),
  },
  text: plain(text),
  nonce: `test-${(parts += 1)}`,
  ...more,
})

const failure = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!notSent.is(error)) throw new Error("should have thrown channels.not-sent", { cause: error })
  return error.data
}

/** What every adapter owes the gateway, whatever its network; run against the network's fake. */
export const adapterContract = (channel: AnyChannel, open: () => Promise<FakeNetwork>) => {
  const { can } = channel

  describe(`the adapter of ${channel.label}`, () => {
    test("connects, says who the bot is and shows signs of life", async () => {
      await using network = await open()
      await using host = await connectAdapter(channel, network)
      await network.untilConnected()
      expect(host.connection.self.ids[0]).toBeTruthy()
      await network.say(network.ada, network.direct(network.ada), "hello")
      await host.until(saysOf("hello"))
      expect(host.signs).toBeGreaterThan(0)
    })

    test("hands over what is said once, with the facts", async () => {
      await using network = await open()
      await using host = await connectAdapter(channel, network)
      await network.untilConnected()
      const direct = network.direct(network.ada)
      await network.say(network.ada, direct, "in private")
      await network.say(network.ada, network.room, "in the room", { mention: true })
      const alone = await host.until(saysOf("in private"))
      const there = await host.until(saysOf("in the room"))
      expect(alone.conversation).toMatchObject({ id: direct.id, kind: "direct" })
      expect(there.conversation).toMatchObject({ id: network.room.id, kind: network.room.kind })
      for (const { sender, at } of [alone, there]) {
        expect(sender.ids[0]).toBe(network.ada.id)
        expect(sender.bot).toBeUndefined()
        expect(Number.isSafeInteger(at)).toBe(true)
      }
      expect(there.deed).toMatchObject({ kind: "message", mentions: { bot: true } })
      expect(host.arrivals).toHaveLength(2)
    })

    test("gives an event that is delivered twice the same id", async () => {
      await using network = await open()
      await using host = await connectAdapter(channel, network)
      await network.untilConnected()
      const direct = network.direct(network.ada)
      const id = await network.say(network.ada, direct, "only once")
      await host.until(saysOf("only once"))
      await network.repeat(id)
      await network.say(network.ada, direct, "afterwards")
      await host.until(saysOf("afterwards"))
      const ids = host.arrivals.filter(saysOf("only once")).map((arrival) => arrival.id)
      expect(new Set(ids).size).toBe(1)
    })

    test("keeps the order of a conversation", async () => {
      await using network = await open()
      await using host = await connectAdapter(channel, network)
      await network.untilConnected()
      const texts = Array.from({ length: 20 }, (_, index) => `number ${index};`)
      for (const text of texts) await network.say(network.ada, network.direct(network.ada), text)
      await host.until(saysOf(texts.at(-1)!))
      expect(texts.map((text) => host.arrivals.findIndex(saysOf(text)))).toEqual(
        texts.map((_, index) => index),
      )
    })

    test("comes back after a cut and misses nothing", async () => {
      await using network = await open()
      const memory = new Map<string, string>()
      const direct = network.direct(network.ada)
      const seen = await (async () => {
        await using host = await connectAdapter(channel, network, { memory })
        await network.untilConnected()
        await network.say(network.ada, direct, "before")
        await host.until(saysOf("before"))
        network.drop()
        await network.say(network.ada, direct, "meanwhile")
        await host.until(saysOf("meanwhile"))
        await network.say(network.ada, direct, "after")
        await host.until(saysOf("after"))
        return host.arrivals.map(({ id }) => id)
      })()
      expect(new Set(seen).size).toBe(3)
    })

    test("acknowledges nothing that was not taken: it comes again after a restart", async () => {
      await using network = await open()
      const memory = new Map<string, string>()
      const direct = network.direct(network.ada)
      const first = await (async () => {
        const hanging = () => new Promise<never>(() => {})
        await using host = await connectAdapter(channel, network, { memory, hear: hanging })
        await network.untilConnected()
        await network.say(network.ada, direct, "do not lose me")
        return await host.until(saysOf("do not lose me"))
      })()
      await using host = await connectAdapter(channel, network, { memory })
      const again = await host.until(saysOf("do not lose me"))
      expect(again.id).toBe(first.id)
    })

    test("tells again what could not be taken", async () => {
      await using network = await open()
      let tries = 0
      const hear = () => {
        tries += 1
        if (tries === 1) throw new Error("no room on the disk")
        return { kind: "taken" as const, runId: "run" }
      }
      await using host = await connectAdapter(channel, network, { hear })
      await network.untilConnected()
      await network.say(network.ada, network.direct(network.ada), "try twice")
      await host.until(() => host.arrivals.length === 2)
      const [first, second] = host.arrivals
      expect(second!.id).toBe(first!.id)
    })

    test("sends to a person, to a room, and as an answer", async () => {
      await using network = await open()
      await using host = await connectAdapter(channel, network)
      await network.untilConnected()
      const { connection } = host
      const asked = await network.say(network.ada, network.room, "a question", { mention: true })
      const question = await host.until(saysOf("a question"))
      const direct = network.direct(network.ada)
      const alone = await connection.send(partTo(direct, "for you"), never)
      const there = await connection.send(
        partTo(network.room, "for all", { replyTo: asked, via: question.via }),
        never,
      )
      expect(await network.until(({ id }) => id === alone.id)).toMatchObject({
        room: direct.id,
        text: "for you",
      })
      expect(await network.until(({ id }) => id === there.id)).toMatchObject({
        room: network.room.id,
        text: "for all",
      })
    })

    test("shows hostile text as text", async () => {
      await using network = await open()
      await using host = await connectAdapter(channel, network)
      await network.untilConnected()
      const text =
        "<b>x</b> <script>alert(1)</script> & &amp; *a* **b** _c_ ~~d~~ ||e|| `f` # g > h " +
        "[i](javascript:alert(1)) <@everyone> <!channel> <https://x.invalid|y> \\*z\\* \u202Eevil"
      const sent = await host.connection.send(partTo(network.direct(network.ada), text), never)
      expect((await network.until(({ id }) => id === sent.id)).text).toBe(text)
    })

    test.if(can.edit === true)("edits, reacts, types and removes", async () => {
      await using network = await open()
      await using host = await connectAdapter(channel, network)
      await network.untilConnected()
      const { connection } = host
      const direct = network.direct(network.ada)
      const part = partTo(direct, "a draft")
      const { id } = await connection.send(part, never)
      await connection.edit?.({ ...part, text: plain("the final word") }, id, never)
      expect(await network.until((seen) => seen.id === id && seen.edited > 0)).toMatchObject({
        text: "the final word",
      })
      const said = await network.say(network.ada, direct, "react to me")
      const { sender } = await host.until(saysOf("react to me"))
      if (can.react) {
        await connection.react?.(part.conversation, said, "👍", "add", sender.ids[0])
        await connection.react?.(part.conversation, said, "👍", "remove", sender.ids[0])
      }
      await connection.typing?.(part.conversation, true)
      await connection.typing?.(part.conversation, false)
      if (can.remove) await connection.remove?.(part.conversation, id)
    })

    test("says of every failure which kind it is", async () => {
      const network = await open()
      await using host = await connectAdapter(channel, network)
      await network.untilConnected()
      const { connection } = host
      const send = (text: string) =>
        connection.send(partTo(network.direct(network.ada), text), never)
      network.next("busy", 1, 2000)
      expect(await failure(send("too soon"))).toMatchObject({ why: "busy", retryAfterMs: 2000 })
      network.next("broken")
      expect(["busy", "lost"]).toContain((await failure(send("broken"))).why)
      network.next("lost")
      expect((await failure(send("lost"))).why).toBe("lost")
      network.next("refused")
      expect((await failure(send("refused"))).why).toBe("refused")
      expect((await send("fine again")).id).toBeTruthy()
      await network[Symbol.asyncDispose]()
      expect(["offline", "lost"]).toContain((await failure(send("nobody there"))).why)
    })

    test("leaves nothing running behind", async () => {
      await using network = await open()
      const host = await connectAdapter(channel, network)
      await network.untilConnected()
      await host[Symbol.asyncDispose]()
      while (network.connected) await Bun.sleep(1) // its end reaches the network a moment later
      const before = host.arrivals.length
      await network.say(network.ada, network.direct(network.ada), "anybody?")
      expect(host.arrivals).toHaveLength(before)
      // The network has it still for whoever comes next.
      await using next = await connectAdapter(channel, network, { memory: host.memory })
      await next.until(saysOf("anybody?"))
    })

    test("gives every other event of the network a sender and a place, or leaves it alone", async () => {
      await using network = await open()
      await using host = await connectAdapter(channel, network)
      await network.untilConnected()
      for (const cause of Object.values(network.events)) await cause(network.ada, network.room)
      await network.say(network.ada, network.room, "that was all", { mention: true })
      await host.until(saysOf("that was all"))
      for (const { id, conversation, sender } of host.arrivals) {
        expect(id).toBeTruthy()
        expect(conversation.kind).toBe(network.room.kind)
        expect(sender.ids[0]).toBe(network.ada.id)
      }
      expect(new Set(host.arrivals.map(({ id }) => id)).size).toBe(host.arrivals.length)
    })
  })
}
