import { connectionOver, notSent } from "../../kernel/network.ts"
import { notReached } from "../over-http.ts"
import { BotApiError } from "./api.ts"

/** The connection cannot go on after this; undefined when trying again may help. */
export const endOf = (error: BotApiError) => {
  switch (error.code) {
    case 401:
    case 404:
      return connectionOver({
        why: "credentials",
        text: "Telegram refuses the bot token (unauthorized).",
        hint: "Copy the token again from @BotFather, or make a new one with /revoke.",
      })
    case 409:
      return connectionOver({
        why: "conflict",
        text: `Another program asks for updates of this bot: ${error.description}`,
        hint: "Stop the other program, or give this gateway a bot of its own.",
      })
    default:
      return undefined
  }
}

/** As `connectionOver`, whatever failed while connecting. */
export const notConnected = (error: BotApiError) => endOf(error) ?? notReached(error)

const hints: readonly [RegExp, string][] = [
  [
    /chat not found/,
    "Check the id; the person has to write to the bot first, or the bot has to be in the group.",
  ],
  [/bot was blocked/, "The person has to unblock the bot in Telegram."],
  [/bot was kicked|not a member/, "Add the bot to the chat again."],
  [
    /not enough rights|have no rights|CHAT_WRITE_FORBIDDEN|need administrator rights/,
    "Give the bot that right in the chat's settings.",
  ],
  [/TOPIC_CLOSED|topic.*closed/i, "Open the topic again."],
  [/message thread not found/, "The topic is gone; send to another one."],
  [/VOICE_MESSAGES_FORBIDDEN/, "The person takes no voice messages; send an audio file."],
  [/REACTION_INVALID/, "Use one of Telegram's own reactions, such as 👍 ❤ 🔥 🎉 👀."],
  [/too big|too large|entity too large/i, "Send a smaller file; the Bot API takes 50 MB."],
  [/unauthorized/i, "Check the bot token."],
]

/** Why something was not sent, as the outbox understands it. */
export const asNotSent = (error: unknown) => {
  if (!(error instanceof BotApiError)) return error
  const { kind, code = 0, message: text, description, details } = error
  if (kind !== "answered") return notSent({ why: kind, text })
  if (code === 429) return notSent({ why: "busy", text, retryAfterMs: details.retryAfterMs })
  if (code >= 500) return notSent({ why: "busy", text })
  if (/can't parse entities|can't find end/i.test(description))
    return notSent({ why: "unformatted", text })
  return notSent({
    why: "refused",
    text,
    hint: hints.find(([pattern]) => pattern.test(description))?.[1],
  })
}
