import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import type { Arrival, Conversation, Deed, Person } from "../../src/kernel/network.ts"
import { direct, room, startWithRooms } from "../support/room-channel.ts"

/**
 * Every kind of event × every class of sender × every kind of place (threats A7): whatever somebody
 * does, it counts only where and for whom a rule says so.
 */
const senders = {
  stranger: { ids: ["999"], name: "owner", username: "111" },
  paired: { ids: ["222"] },
  "paired elsewhere": { ids: ["333"] },
  allowed: { ids: ["111"] },
  "allowed by a second id": { ids: ["999-a", "111"] },
  owner: { ids: ["444"] },
  "a bot that is allowed": { ids: ["111"], bot: true },
  itself: { ids: ["bot"] },
} satisfies Record<string, Person>
type Who = keyof typeof senders

const places = {
  direct,
  "a listed room": room,
  "a room on no list": { id: "elsewhere", kind: "group" },
  "a place of unknown kind": { id: "dm-1" },
} satisfies Record<string, Conversation>
type Where = keyof typeof places

const deeds = {
  words: { kind: "message", text: "hi", mentions: { bot: false, others: false } },
  "a mention": { kind: "message", text: "@bot hi", mentions: { bot: true, others: false } },
  "an edit": { kind: "notice", topic: "edited", text: "hi" },
  "a reaction to the bot": {
    kind: "reaction",
    emoji: "👍",
    added: true,
    messageId: "1",
    own: true,
  },
  "a reaction to others": {
    kind: "reaction",
    emoji: "👍",
    added: true,
    messageId: "1",
    own: false,
  },
  "a command": { kind: "command", text: "/status" },
  "a typed command": { kind: "message", text: "/status", mentions: { bot: false, others: false } },
  "a command of owners": { kind: "command", text: "/send off" },
  "a button": { kind: "press", data: "/status", messageId: "1" },
  "a button of owners": { kind: "press", data: "/send off", messageId: "1" },
  "a voice note": {
    kind: "message",
    text: "",
    attachments: [{ ref: "1", kind: "voice" }],
    mentions: { bot: false, others: false },
  },
} satisfies Record<string, Deed>
type What = keyof typeof deeds

const mayBeHeard = (who: Who, where: Where) => {
  const isAllowed = who === "allowed" || who === "allowed by a second id" || who === "owner"
  if (where === "direct") return isAllowed || who === "paired"
  return where === "a listed room" && isAllowed
}

const expected = (who: Who, where: Where, what: What): string => {
  if (!mayBeHeard(who, where)) return "dropped"
  switch (what) {
    case "words":
    case "a voice note":
      return where === "direct" ? "taken" : "dropped"
    case "an edit":
    case "a reaction to the bot":
      return "noted"
    case "a reaction to others":
      return "dropped"
    case "a command of owners":
    case "a button of owners":
      return who === "owner" ? "taken" : "dropped"
    default:
      return "taken"
  }
}

let script: Awaited<ReturnType<typeof startWithRooms>>

beforeAll(async () => {
  script = await startWithRooms({
    settings: {
      allowFrom: [111, "rooms:444"],
      groups: { room: {} },
      accounts: { default: {}, other: {} },
    },
    config: { commands: { ownerAllowFrom: ["rooms:444", "elsewhere:111"] } },
  })
  for (const [account, sender] of [
    ["default", senders.paired],
    ["other", senders["paired elsewhere"]],
  ] as const) {
    await script.arrive({ conversation: direct, sender }, account)
    const { pending } = (await script.gateway.client.request("pairing.list", { account })) as {
      pending: { code: string }[]
    }
    await script.gateway.client.request("pairing.approve", { code: pending[0]!.code })
  }
})
afterAll(() => script[Symbol.asyncDispose]())

describe.each(Object.keys(places) as Where[])("in %s", (where) => {
  describe.each(Object.keys(senders) as Who[])("%s", (who) => {
    test.each(Object.keys(deeds) as What[])("%s", async (what) => {
      const arrival: Partial<Arrival> & Pick<Arrival, "conversation"> = {
        conversation: places[where],
        sender: senders[who],
        deed: deeds[what],
      }
      expect((await script.arrive(arrival)).kind).toBe(expected(who, where, what) as "taken")
    })
  })
})
