import { describe, expect, test } from "bun:test"
import { startGateway, type TestGateway } from "../support/gateway.ts"
import type { FakeNetwork } from "../support/fake-network.ts"

/** Resolves once the gateway can say what became of a message. */
const judged = async ({ client }: TestGateway, target: string) => {
  const isKnown = () =>
    client.request("channels.explain", { target }).then(
      () => true,
      () => false,
    )
  while (!(await isKnown())) await Bun.sleep(20)
}

const code = /\b[A-HJ-NP-Z2-9]{8}\b/

/**
 * N130–N136 on the wire: everything a network can tell, from somebody who may not be heard where they
 * do it. Then they are let in, say one word, and that is all that any model was ever told.
 */
export const unheardContract = (
  name: string,
  /** `other` is somebody who never says anything. */
  { open, other }: { open(): Promise<FakeNetwork>; other: string },
) => {
  describe(`on ${name}`, () => {
    test.each(["unknown", "paired"] as const)(
      "nothing that somebody %s does is answered, starts a turn or is told to a model where they may not be heard",
      async (standing) => {
        await using network = await open()
        const { ada, channel, room } = network
        await using gateway = await startGateway({
          config: {
            agents: { defaults: { skipBootstrap: true } },
            channels: {
              [channel]: {
                ...network.settings,
                dmPolicy: standing === "paired" ? "pairing" : "allowlist",
                allowFrom: [other],
                groupPolicy: "allowlist",
                groupAllowFrom: [other],
              },
            },
          },
        })
        await network.untilConnected()
        const own = network.direct(ada)
        if (standing === "paired") {
          await network.say(ada, own, "let me in")
          const prompt = await network.until(({ text }) => code.test(text))
          await gateway.client.request("pairing.approve", { code: code.exec(prompt.text)![0] })
        }
        const before = network.seen.length
        for (const place of standing === "paired" ? [room] : [own, room]) {
          await network.say(ada, place, "unheard words", { mention: place === room })
          await network.say(ada, place, "/status", { mention: place === room })
          for (const happen of Object.values(network.events)) await happen(ada, place)
          // Judged after all that came before it in that conversation.
          await judged(gateway, await network.say(ada, place, "last unheard words"))
        }
        if (standing === "unknown") {
          const { hash } = (await gateway.client.request("config.get", {})) as { hash: string }
          await gateway.client.request("config.patch", {
            raw: JSON.stringify({ channels: { [channel]: { allowFrom: [ada.id] } } }),
            baseHash: hash,
          })
          await network.untilConnected()
        }
        await network.say(ada, own, "what can you do?")
        await network.until(
          (seen) => seen.room === own.id && seen.text.length > 20 && !code.test(seen.text),
        )
        // Some fakes put words into the bot's mouth, for others to react to.
        const said = network.seen.slice(before).filter(({ text }) => text !== "something said")
        expect(said.map((seen) => seen.room)).toEqual([own.id])
        const { messages } = (await gateway.client.request("chat.history", {
          sessionKey: "main",
        })) as { messages: { role: string }[] }
        expect(messages.filter(({ role }) => role === "user")).toHaveLength(1)
        expect(JSON.stringify(messages)).not.toContain("unheard words")
        const { sessions } = (await gateway.client.request("sessions.list", {})) as {
          sessions: object[]
        }
        expect(sessions).toHaveLength(1)
      },
      10_000,
    )
  })
}
