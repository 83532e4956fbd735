import type { Connection, Part, Sent } from "../../kernel/network.ts"
import { attempt, codes, SignalRefusal } from "./failures.ts"
import { addressOf, personId, readMessageId, recipientOf } from "./places.ts"
import type { Recent } from "./recent.ts"
import { render } from "./render.ts"
import type { SignalRpc } from "./rpc.ts"

type Place = Part["conversation"]

interface Outward {
  rpc: SignalRpc
  /** Who said what lately: Signal wants the author of a message that is answered or reacted to. */
  recent: Recent
  self: () => string | undefined
}

interface SendResult {
  timestamp: number
  results?: readonly { type?: string; retryAfterSeconds?: number | null }[]
}

export const createOutbound = (
  outward: Outward,
): Required<Pick<Connection, "send" | "react" | "typing">> => {
  const { rpc, recent, self } = outward

  const authorOf = ({ id, kind }: Place, messageId: string, given?: string) => {
    const read = readMessageId(messageId)
    if (!read) throw new SignalRefusal("send", codes.user, `"${messageId}" is no message id`)
    const author =
      (given && personId(given)) ??
      read.author ??
      recent.author(id, read.at) ??
      (kind === "group" ? undefined : personId(id))
    return { at: read.at, author: author && addressOf(author), text: recent.text(id, read.at) }
  }

  const quote = ({ conversation, replyTo }: Part) => {
    if (replyTo === undefined) return {}
    const { at, author, text = "" } = authorOf(conversation, replyTo)
    return author ? { quoteTimestamp: at, quoteAuthor: author, quoteMessage: text } : {}
  }

  const send = async (part: Part, signal: AbortSignal): Promise<Sent> => {
    const { message, textStyle } = part.text ? render(part.text) : { message: "", textStyle: [] }
    const sent = await rpc.call<SendResult>(
      "send",
      {
        ...recipientOf(part.conversation),
        message,
        ...(textStyle.length > 0 && { textStyle }),
        ...(part.enclosure && { attachments: [await enclosed(part.enclosure)] }),
        ...quote(part),
      },
      { signal },
    )
    judge(sent, part.conversation)
    recent.said(part.conversation.id, sent.timestamp, { author: self(), text: message })
    return { id: String(sent.timestamp), at: sent.timestamp }
  }

  return {
    send: (part, signal) => attempt(() => send(part, signal)),

    react: (conversation, messageId, emoji, take, given) =>
      attempt(async () => {
        const { at, author } = authorOf(conversation, messageId, given)
        if (!author)
          throw new SignalRefusal(
            "sendReaction",
            codes.user,
            "in a group the author of the message has to be named",
          )
        // Whoever takes back all has one at most: Signal keeps a single reaction of each person.
        const remove = take === "remove" || !emoji
        const shown = emoji || recent.reaction(conversation.id, at)
        if (!shown) return
        await rpc.call("sendReaction", {
          ...recipientOf(conversation),
          emoji: shown,
          targetAuthor: author,
          targetTimestamp: at,
          ...(remove && { remove: true }),
        })
        recent.reacted(conversation.id, at, remove ? undefined : emoji)
      }),

    typing: (conversation, on) =>
      attempt(async () => {
        const stop = on ? {} : { stop: true }
        await rpc.call("sendTyping", { ...recipientOf(conversation), ...stop })
      }),
  }
}

/** As data: a daemon may run as another user or elsewhere, and a file has no name of its own. */
const enclosed = async ({ path, mimeType, name }: NonNullable<Part["enclosure"]>) => {
  const bytes = Buffer.from(await Bun.file(path).arrayBuffer())
  const plain = name.replace(/[;,"\\\r\n]/g, "_")
  return `data:${mimeType};filename=${plain};base64,${bytes.toString("base64")}`
}

/** Nobody got it: then it was not sent. In a group, those whose phone is gone are no failure. */
const judge = ({ results = [] }: SendResult, { kind }: Place) => {
  const failed = results.filter(({ type }) => type !== undefined && type !== "SUCCESS")
  if (!failed.length || (kind === "group" && failed.length < results.length)) return
  const [{ type = "", retryAfterSeconds }] = failed as [(typeof failed)[number]]
  const said = type.toLowerCase().replaceAll("_", " ")
  if (type === "NETWORK_FAILURE") throw new SignalRefusal("send", codes.io, said)
  if (type === "RATE_LIMIT_FAILURE")
    throw new SignalRefusal("send", codes.limited, said, (retryAfterSeconds ?? 60) * 1000)
  throw new SignalRefusal("send", type === "IDENTITY_FAILURE" ? codes.untrusted : codes.user, said)
}
