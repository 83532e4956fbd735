import * as z from "zod"
import type { Channel } from "../../kernel/network.ts"
import type { settings, SlackSettings } from "./settings.ts"

const to = () => z.string().min(1).describe("Channel or person, as channel:C1 or user:U1.")
const messageId = () =>
  z
    .string()
    .regex(/^\d+\.\d+$/)
    .describe("Message by its id.")
export const place = () => z.strictObject({ to: to() })
export const message = () => z.strictObject({ to: to(), messageId: messageId() })
export const member = () => z.strictObject({ userId: z.string().min(1).describe("Person, as U1.") })
const nothing = () => z.strictObject({})

type Declared = NonNullable<Channel<ReturnType<typeof settings>, SlackSettings>["actions"]>

/** What only Slack has. */
export const actions = {
  pin: { summary: "Pin a message.", args: message, on: ({ actions }) => actions.pins },
  unpin: {
    summary: "Take the pin from a message.",
    args: message,
    on: ({ actions }) => actions.pins,
  },
  "list-pins": {
    summary: "Pinned messages of a channel.",
    args: place,
    on: ({ actions }) => actions.pins,
  },
  reactions: {
    summary: "Reactions to a message, and whose they are.",
    args: message,
    on: ({ actions }) => actions.reactions,
  },
  "member-info": {
    summary: "What Slack knows of a person.",
    args: member,
    on: ({ actions }) => actions.memberInfo,
  },
  "emoji-list": {
    summary: "The workspace's own emoji.",
    args: nothing,
    on: ({ actions }) => actions.emojiList,
  },
} satisfies Declared
