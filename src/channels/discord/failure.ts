import { connectionOver, notSent } from "../../kernel/network.ts"
import { notReached } from "../over-http.ts"
import { DiscordError } from "./rest.ts"

const intentsHint =
  "Turn on Message Content Intent in the Discord developer portal under Bot → Privileged Gateway Intents, then start the account again."

/** The connection cannot go on after Discord closed with this; undefined when trying again may help. */
export const endOfClose = (code: number) => {
  switch (code) {
    case 4004:
      return wrongToken()
    case 4013:
    case 4014:
      return connectionOver({
        why: "credentials",
        text: "Discord refuses the bot: Used disallowed intents (4014).",
        hint: intentsHint,
      })
    case 4010:
    case 4011:
      return connectionOver({
        why: "credentials",
        text: "The bot is in more servers than one connection may serve.",
        hint: "Take it out of some; sharding is not supported.",
      })
    case 4012:
      return connectionOver({ why: "credentials", text: "Discord dropped this API version." })
    default:
      return undefined
  }
}

const wrongToken = () =>
  connectionOver({
    why: "credentials",
    text: "Discord refuses the bot token (unauthorized).",
    hint: "Reset the token in the Discord developer portal under Bot, and set the new one.",
  })

export const missingIntent = {
  text: "Message Content Intent is off: the bot sees no words of messages in servers.",
  hint: intentsHint,
}

/** As `connectionOver`, whatever failed while connecting. */
export const notConnected = (error: DiscordError) =>
  error.details.status === 401 ? wrongToken() : notReached(error)

const hints: Record<number, string> = {
  10003: "Check the channel's id, and that the bot is in that server.",
  50001: "Give the bot View Channel in that channel.",
  50007: "The person takes no private messages from this bot; they have to allow them.",
  50013: "Give the bot the permission in that channel: Send Messages, and what this needs besides.",
  50083: "Open the archived thread again.",
  40005: "Send a smaller file.",
  30010: "A message takes twenty different reactions.",
  10014: "Use an emoji of this server as name:id, or a usual one.",
}

/** Why something was not sent, as the outbox understands it. */
export const asNotSent = (error: unknown) => {
  if (!(error instanceof DiscordError)) return error
  const { kind, message: text, details } = error
  if (kind !== "answered") return notSent({ why: kind, text })
  const { status = 0, code = 0, retryAfterMs } = details
  if (status === 429) return notSent({ why: "busy", text, retryAfterMs })
  if (status >= 500) return notSent({ why: "busy", text })
  return notSent({
    why: "refused",
    text,
    hint: status === 401 ? "Check the bot token." : hints[code],
  })
}

/** Lets what is already so pass. */
export const unless =
  (...codes: readonly number[]) =>
  (error: unknown) => {
    if (!(error instanceof DiscordError) || !codes.includes(error.details.code ?? 0)) throw error
  }
