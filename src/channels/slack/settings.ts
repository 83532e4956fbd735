import * as z from "zod"
import type { AccountSettings } from "../account.ts"
import { roomSettings } from "../rooms.ts"

const switchOn = (description: string) => z.boolean().default(true).describe(description)

const slackSettings = () => ({
  mode: z
    .enum(["socket", "http"])
    .default("socket")
    .describe("How events arrive: over a socket that fased opens, or as requests from Slack."),
  botToken: z
    .string()
    .optional()
    .meta({ description: "Bot token of the app, xoxb-….", secret: true }),
  appToken: z
    .string()
    .optional()
    .meta({ description: "App token with connections:write, xapp-…; for sockets.", secret: true }),
  signingSecret: z
    .string()
    .optional()
    .meta({ description: "Proves that a request is Slack's; for http.", secret: true }),
  webhookPath: z
    .string()
    .regex(/^\/[\w./-]{1,200}$/)
    .default("/slack/events")
    .describe("Where Slack's requests arrive; for http. Each account has its own."),
  userToken: z
    .string()
    .optional()
    .meta({ description: "User token, xoxp-…; what is read is read with it.", secret: true }),
  userTokenReadOnly: switchOn("Never write with the user token, even where no bot token is."),
  apiUrl: z.url().default("https://slack.com/api/").describe("Slack's Web API."),
  dm: z
    .strictObject({
      enabled: switchOn("Hear private chats."),
      groupEnabled: z.boolean().default(false).describe("Hear private chats of several people."),
      groupChannels: z
        .array(z.string())
        .default([])
        .describe("Those it hears, by id. Empty: every one."),
    })
    .prefault({})
    .describe("Private chats."),
  channels: z
    .record(
      z.string().min(1).describe("Channel by id; #name until its id is known; * is any."),
      z
        .strictObject({
          allow: z.boolean().optional().describe("Listen there. Default: true."),
          allowBots: z
            .union([z.boolean(), z.literal("mentions")])
            .optional()
            .describe("Hear other bots there."),
          users: z.array(z.string()).optional().describe("People heard there, by id."),
          ...roomSettings(),
        })
        .describe("What holds there."),
    )
    .default({})
    .describe("Channels it listens to. A channel not named here is not heard."),
  dangerouslyAllowNameMatching: z
    .boolean()
    .default(false)
    .describe("Let a channel be known by its name, which others can take."),
  thread: z
    .strictObject({
      historyScope: z
        .enum(["thread", "channel"])
        .default("thread")
        .refine(
          (scope) => scope === "thread",
          "must be thread: what was said beside a thread is not told in it",
        )
        .describe("Whose unanswered messages are told along in a thread: its own."),
      inheritParent: z
        .boolean()
        .default(false)
        .refine(
          (inherits) => !inherits,
          "must be false: a thread begins with its own messages, not its channel's",
        )
        .describe("Whether a thread's session begins with its channel's. It does not."),
      initialHistoryLimit: z
        .int()
        .min(0)
        .max(200)
        .default(20)
        .describe("Earlier messages of a thread told along when it is first heard."),
    })
    .prefault({})
    .describe("Threads."),
  actions: z
    .strictObject({
      reactions: switchOn("Reactions: set and read."),
      messages: switchOn("Messages: read, edit, delete, files."),
      pins: switchOn("Pins: set, take away and list."),
      memberInfo: switchOn("Look up a member."),
      emojiList: switchOn("List the workspace's own emoji."),
    })
    .prefault({})
    .describe("What agents may do besides answering."),
  slashCommand: z
    .strictObject({
      enabled: z.boolean().default(false).describe("Answer one slash command."),
      name: z
        .string()
        .regex(/^[a-z0-9_-]{1,32}$/)
        .default("fased")
        .describe("Its name, as the app registers it."),
      sessionPrefix: z
        .string()
        .min(1)
        .default("slack:slash")
        .refine(
          (prefix) => prefix === "slack:slash",
          "cannot be changed: the command speaks to the session of the chat it is used in",
        )
        .describe(
          "From older configs. The command speaks to the session of the chat it is used in.",
        ),
      ephemeral: switchOn("Show answers only to who asked."),
    })
    .prefault({})
    .describe("A slash command for everything."),
  nativeStreaming: switchOn(
    "From older configs; it changes nothing. A reply grows by edits of one message, see streaming.",
  ),
  typingReaction: z
    .string()
    .regex(/^:?[a-z0-9_+'-]{1,100}:?$/)
    .optional()
    .describe("Reaction that stands while a reply is written, where Slack shows no typing."),
})

export const settings = () => z.object(slackSettings())
export type SlackSettings = z.output<ReturnType<typeof settings>> & AccountSettings
