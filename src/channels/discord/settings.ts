import * as z from "zod"
import type { AccountSettings } from "../account.ts"
import { roomSettings } from "../rooms.ts"

const ids = (description: string) =>
  z.array(z.string().trim().min(1).max(64)).optional().describe(description)

/** What holds in a room and in a whole server alike. */
const place = () => {
  const { allowFrom: _, groupPolicy: __, ...room } = roomSettings()
  return {
    ...room,
    users: ids("People that are heard there, by id. With roles: either passes."),
    roles: ids("Roles that are heard there, by id."),
    ignoreOtherMentions: z
      .boolean()
      .optional()
      .describe("Drop what mentions somebody else and not the bot."),
    reactionNotifications: z
      .enum(["off", "own", "all", "allowlist"])
      .optional()
      .describe("Reactions the agent is told of; allowlist: those of `users`."),
  }
}

const guild = () =>
  z.strictObject({
    ...place(),
    slug: z.string().max(100).optional().describe("Its name, for people that read this file."),
    channels: z
      .record(
        z.string().min(1).describe("Channel by id; * is any."),
        z
          .strictObject({
            ...place(),
            allow: z.boolean().optional().describe("Older word for enabled."),
          })
          .describe("What holds in this channel."),
      )
      .optional()
      .describe("Its channels. Where some are named, the others are not heard."),
  })

const gate = (on: boolean, description: string) => z.boolean().default(on).describe(description)

/** What only Discord has (contract 12 §1). */
export const discordSettings = () =>
  z.object({
    token: z.string().optional().meta({
      description: "Token of the bot, from the developer portal.",
      secret: true,
    }),
    apiRoot: z
      .url({ protocol: /^https?$/, error: "must be an http(s) address" })
      .default("https://discord.com/api")
      .describe("Where Discord's API is."),
    proxy: z.string().optional().meta({
      description: "Address of an HTTP proxy on the way to Discord.",
      secret: true,
    }),
    guilds: z
      .record(
        z.string().min(1).describe("Server by id; * is any."),
        guild().describe("What holds in this server."),
      )
      .optional()
      .describe("Servers it listens to. Where servers are named, the others are not heard."),
    dm: z
      .strictObject({
        enabled: z.boolean().default(true).describe("Hear private chats at all."),
        groupEnabled: z.boolean().default(false).describe("Hear private chats of several people."),
        groupChannels: ids("Only these of them, by id."),
      })
      .prefault({})
      .describe("Private chats."),
    dangerouslyAllowNameMatching: z
      .boolean()
      .default(false)
      .describe(
        "Let servers and channels be named by what they are called, which anyone may change.",
      ),
    linkPreview: z.boolean().default(false).describe("Let Discord show previews of links."),
    slashCommand: z
      .strictObject({
        ephemeral: z
          .boolean()
          .default(true)
          .describe("Show answers to menu commands only to who gave them."),
      })
      .prefault({})
      .describe("Commands of its menu."),
    status: z
      .enum(["online", "idle", "dnd", "invisible"])
      .optional()
      .describe("How the bot is shown."),
    activity: z.string().max(128).optional().describe("What stands beside its name."),
    actions: z
      .strictObject({
        reactions: gate(true, "React to messages."),
        messages: gate(true, "Read, send, edit and delete messages."),
        polls: gate(true, "Send polls."),
        threads: gate(true, "Make and list threads."),
        pins: gate(true, "Pin and unpin."),
        memberInfo: gate(true, "Look up members."),
        roleInfo: gate(true, "Look up roles."),
        channelInfo: gate(true, "Look up channels."),
        channels: gate(true, "Make, change and delete channels."),
        emojis: gate(true, "List emojis."),
        roles: gate(false, "Give and take roles."),
        moderation: gate(false, "Time out, kick and ban members."),
      })
      .prefault({})
      .describe("What agents may do there."),
  })

export type DiscordSettings = z.output<ReturnType<typeof discordSettings>> & AccountSettings
