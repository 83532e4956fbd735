import { channel } from "../../kernel/network.ts"
import { rulesOf } from "../rooms.ts"
import { normalize, target } from "./places.ts"
import { render } from "./render.ts"
import { check, settings, type SignalSettings } from "./settings.ts"

export const signal = channel<ReturnType<typeof settings>, SignalSettings>({
  id: "signal",
  label: "Signal",
  setup: "Install signal-cli, then link an account of the bot's own: fased channels login signal",
  settings,
  defaults: {
    mediaMaxMb: 8,
    textChunkLimit: 4000,
    markdown: { tables: "bullets" },
  },
  credentials: [
    { setting: "account", prompt: "The bot's number, such as +4915112345678", optional: true },
  ],
  limits: { text: 4000, caption: 4000 },
  measure: (text) => render(text).message.length,
  can: { react: true, typing: true, media: true, login: true },
  normalize,
  target,
  room: (config, conversation) =>
    conversation.kind === "direct"
      ? { listed: "open", enabled: true, requireMention: false }
      : rulesOf(config.groups, conversation),
  check,
  connect: async (config, context) => (await import("./connect.ts")).connectSignal(config, context),
  login: async (config, context, step) =>
    (await import("./link.ts")).linkSignal(config, context, step),
})
