import type { Drop } from "./drops.ts"
import type { DropCode } from "./verdict.ts"

type Words = Omit<Drop, "at">

interface Explained {
  why: (drop: Words) => string
  change: (drop: Words) => string
}

const id = ({ sender }: Words) => JSON.stringify(sender)
const at = ({ channel }: Words) => `channels.${channel}`

/** In words why something was not answered, and what to change where it should be. */
const words: Record<DropCode, Explained> = {
  "no-chat-kind": {
    why: () => "The network did not say what kind of chat it is, so nobody is heard there.",
    change: () => "Nothing to set: this protects private rules from being used in groups.",
  },
  "own-message": {
    why: () => "The account wrote it itself.",
    change: () => "Nothing to change: answering oneself never ends.",
  },
  bot: {
    why: () => "Its sender is a bot.",
    change: (drop) => `To hear bots: fased config set ${at(drop)}.allowBots mentions`,
  },
  "account-disabled": {
    why: ({ account }) => `The account ${account} is off.`,
    change: (drop) => `fased config set ${at(drop)}.enabled true`,
  },
  "dm-disabled": {
    why: () => "Private chats are off.",
    change: (drop) => `fased config set ${at(drop)}.dmPolicy pairing`,
  },
  "dm-not-listed": {
    why: (drop) => `Private chats are for those in ${at(drop)}.allowFrom, and ${id(drop)} is not.`,
    change: (drop) => `Add ${id(drop)} to ${at(drop)}.allowFrom.`,
  },
  "not-paired": {
    why: (drop) =>
      `${id(drop)} was not let in yet.${drop.reason.detail ? ` ${drop.reason.detail}` : ""}`,
    change: (drop) => `See who waits: fased pairing list ${drop.channel}`,
  },
  "groups-disabled": {
    why: () => "Groups are off.",
    change: (drop) => `fased config set ${at(drop)}.groupPolicy allowlist`,
  },
  "room-not-listed": {
    why: ({ chat }) => `The room ${JSON.stringify(chat)} is on no list.`,
    change: (drop) => `Name ${JSON.stringify(drop.chat)} among the rooms of ${at(drop)}.`,
  },
  "room-disabled": {
    why: ({ chat }) => `The room ${JSON.stringify(chat)} is switched off.`,
    change: (drop) => `Set enabled to true for that room below ${at(drop)}.`,
  },
  "sender-not-listed": {
    why: (drop) =>
      `In this room ${id(drop)} is on no list (${drop.reason.value ?? "its own"}); being paired counts in private chats only.`,
    change: (drop) =>
      drop.reason.setting
        ? `Add ${id(drop)} to ${at(drop)}.groupAllowFrom, or to the list of that room.`
        : `Add ${id(drop)} to the list of that room below ${at(drop)}.`,
  },
  "not-mentioned": {
    why: () =>
      "It did not speak to the agent, which the room requires. It is told with the next one that does.",
    change: (drop) =>
      `To answer everything there: requireMention false for that room below ${at(drop)}, or /activation always in it.`,
  },
  "mentions-others": {
    why: () => "It speaks to somebody else.",
    change: (drop) => `Set ignoreOtherMentions to false below ${at(drop)}.`,
  },
  "reaction-unwanted": {
    why: ({ reason }) =>
      `Such reactions are not told of (reactionNotifications is ${reason.value}).`,
    change: (drop) => `fased config set ${at(drop)}.reactionNotifications all`,
  },
  "command-not-allowed": {
    why: (drop) => `${id(drop)} may not use commands here.`,
    change: (drop) => `Add "${drop.channel}:${drop.sender}" to commands.ownerAllowFrom.`,
  },
  "too-old": {
    why: () => "It was said too long before it arrived, most likely while the gateway was down.",
    change: () => "Ask for it to be sent again.",
  },
  empty: {
    why: () => "There was nothing in it that could be read.",
    change: () => "Nothing to change.",
  },
}

export const explain = (drop: Words) => ({
  why: words[drop.reason.code].why(drop),
  change: words[drop.reason.code].change(drop),
})
