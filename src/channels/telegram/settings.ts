import * as z from "zod"
import type { AccountSettings } from "../account.ts"
import { forumSettings } from "../rooms.ts"

export const buttonScopes = ["off", "dm", "group", "all", "allowlist"] as const
export type ButtonScope = (typeof buttonScopes)[number]

const httpAddress = () => z.url({ protocol: /^https?$/, error: "must be an http(s) address" })
const path = () => z.string().regex(/^\/[\w./-]*$/, "must be a path such as /telegram-webhook")

/** What only Telegram has (contract 11 §1). */
export const telegramSettings = () =>
  z.object({
    botToken: z
      .string()
      .optional()
      .meta({ description: "Token of the bot, from @BotFather.", secret: true }),
    tokenFile: z
      .string()
      .min(1)
      .optional()
      .describe("File with the token instead: a plain file that is no link."),
    apiRoot: httpAddress()
      .default("https://api.telegram.org")
      .describe("Bot API server; another one only where you run it yourself."),
    groups: forumSettings(),
    direct: forumSettings().describe("Single private chats, by the sender's id."),
    customCommands: z
      .array(
        z.strictObject({
          command: z.string().min(1).max(64).describe("Name, with or without /."),
          description: z.string().min(1).max(256).describe("What the menu says of it."),
        }),
      )
      .default([])
      .describe("More entries of the menu; they are plain text to the agent."),
    capabilities: z
      .union([
        z.strictObject({
          inlineButtons: z
            .enum(buttonScopes)
            .default("allowlist")
            .describe("Where buttons under messages are shown and count."),
        }),
        z.array(z.string()).transform((list) => ({
          inlineButtons: (list.includes("inlineButtons") ? "all" : "off") as ButtonScope,
        })),
      ])
      .prefault({})
      .describe("What may be used of Telegram."),
    actions: z
      .strictObject({
        reactions: z.boolean().default(true).describe("React to messages."),
        sendMessage: z.boolean().default(true).describe("Send messages; off, polls are too."),
        poll: z.boolean().default(true).describe("Send polls."),
        deleteMessage: z.boolean().default(true).describe("Delete messages."),
        sticker: z.boolean().default(false).describe("Send and look up stickers."),
      })
      .prefault({})
      .describe("What agents may do there."),
    linkPreview: z.boolean().default(true).describe("Let Telegram show previews of links."),
    timeoutSeconds: z
      .number()
      .min(1)
      .max(600)
      .default(60)
      .describe("How long one request may take, an upload included."),
    proxy: z
      .string()
      .optional()
      .meta({ description: "Address of an HTTP proxy on the way to Telegram.", secret: true }),
    webhookUrl: z
      .url({ protocol: /^https$/, error: "must be an https address" })
      .optional()
      .describe("Have updates delivered to this public address instead of asking for them."),
    webhookSecret: z
      .string()
      .optional()
      .meta({ description: "What Telegram proves itself with at the webhook.", secret: true }),
    webhookPath: path()
      .default("/telegram-webhook")
      .describe("Path of the gateway's port that the webhook's address leads to."),
  })

export type TelegramSettings = z.output<ReturnType<typeof telegramSettings>> & AccountSettings
