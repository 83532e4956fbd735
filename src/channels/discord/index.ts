import { channel } from "../../kernel/network.ts"
import { actions } from "./actions.ts"
import { normalize, roomRules, target } from "./places.ts"
import { toDiscord } from "./render.ts"
import { type DiscordSettings, discordSettings } from "./settings.ts"

export const discord = channel<ReturnType<typeof discordSettings>, DiscordSettings>({
  id: "discord",
  label: "Discord",
  setup:
    "Create an application at discord.com/developers, copy its bot token, and turn on Message Content Intent.",
  settings: discordSettings,
  defaults: { mediaMaxMb: 8, historyLimit: 20, streaming: "off" },
  variables: { DISCORD_BOT_TOKEN: "token" },
  credentials: [{ setting: "token", prompt: "Bot token from the developer portal" }],
  limits: { text: 2000, lines: 17, caption: 2000, poll: { least: 2, most: 10 } },
  // The signs that escape others count as well.
  measure: (text) => toDiscord(text).length,
  can: {
    edit: true,
    remove: true,
    react: true,
    thread: true,
    typing: true,
    poll: true,
    buttons: true,
    menu: true,
    media: true,
    dedupe: true,
  },
  normalize,
  target,
  room: roomRules,
  actions,
  connect: async (settings, context) =>
    (await import("./connect.ts")).connectDiscord(settings, context),
})
