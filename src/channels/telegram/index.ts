import * as z from "zod"
import { channel } from "../../kernel/network.ts"
import { normalize, roomRules, target } from "./places.ts"
import { type TelegramSettings, telegramSettings } from "./settings.ts"

const to = () => z.string().min(1).describe("Chat, as -1001234 or @name.")

export const telegram = channel<ReturnType<typeof telegramSettings>, TelegramSettings>({
  id: "telegram",
  label: "Telegram",
  aliases: ["tg"],
  setup: "Create a bot with @BotFather (/newbot) and copy its token.",
  settings: telegramSettings,
  defaults: { streaming: "partial", mediaMaxMb: 100, textChunkLimit: 4000 },
  variables: { TELEGRAM_BOT_TOKEN: "botToken" },
  credentials: [{ setting: "botToken", prompt: "Bot token from @BotFather" }],
  limits: { text: 4096, caption: 1024, poll: { least: 2, most: 10 } },
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
  },
  normalize,
  target,
  room: roomRules,
  actions: {
    sticker: {
      summary: "Send a sticker by its file id.",
      args: () => z.strictObject({ to: to(), fileId: z.string().min(1).max(200) }),
      on: ({ actions }) => actions.sticker,
    },
    "sticker-search": {
      summary: "Find stickers that were seen, by emoji or name of their set.",
      args: () =>
        z.strictObject({
          query: z.string().max(100),
          limit: z.int().min(1).max(50).default(5),
        }),
      on: ({ actions }) => actions.sticker,
    },
    "topic-create": {
      summary: "Create a topic in a forum.",
      args: () =>
        z.strictObject({
          to: to(),
          name: z.string().min(1).max(128),
          iconColor: z.int().min(0).max(0xffffff).optional(),
          iconCustomEmojiId: z.string().max(64).optional(),
        }),
      on: () => true,
    },
    pin: {
      summary: "Pin a message.",
      args: () => z.strictObject({ to: to(), messageId: z.string().regex(/^\d+$/) }),
      on: ({ actions }) => actions.sendMessage,
    },
    unpin: {
      summary: "Unpin a message.",
      args: () => z.strictObject({ to: to(), messageId: z.string().regex(/^\d+$/) }),
      on: ({ actions }) => actions.sendMessage,
    },
  },
  check({ webhookUrl, webhookSecret }) {
    if (webhookUrl && !webhookSecret)
      return [{ path: ["webhookSecret"], message: "must be set where webhookUrl is" }]
    return []
  },
  connect: async (settings, context) =>
    (await import("./connect.ts")).connectTelegram(settings, context),
})
