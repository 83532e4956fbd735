import { channel } from "../../kernel/network.ts"
import { actions } from "./actions.ts"
import { check, normalize, room, target } from "./places.ts"
import { toMrkdwn } from "./render.ts"
import { settings, type SlackSettings } from "./settings.ts"

export const slack = channel<ReturnType<typeof settings>, SlackSettings>({
  id: "slack",
  label: "Slack",
  setup:
    "Create an app at api.slack.com/apps, turn on Socket Mode, install it, and copy its bot token (xoxb-) and app token (xapp-).",
  settings,
  defaults: { streaming: "partial", mediaMaxMb: 20, textChunkLimit: 4000 },
  variables: { SLACK_BOT_TOKEN: "botToken", SLACK_APP_TOKEN: "appToken" },
  credentials: [
    { setting: "botToken", prompt: "Bot token (xoxb-…), from OAuth & Permissions" },
    { setting: "appToken", prompt: "App token (xapp-…) with connections:write" },
  ],
  limits: { text: 4000, caption: 4000 },
  // The signs that Slack reads as its own take more room than one.
  measure: (text) => toMrkdwn(text).length,
  can: {
    edit: true,
    remove: true,
    react: true,
    thread: true,
    typing: true,
    buttons: true,
    menu: true,
    media: true,
  },
  normalize,
  target,
  room,
  actions,
  check,
  connect: async (config, context) => (await import("./connect.ts")).connectSlack(config, context),
})
