/** What goes out, in the words of WhatsApp. */
import type { AnyMessageContent, BinaryNode, WAMessage, WAMessageKey } from "baileys"
import { type ConnectContext, type Connection, notSent, type Part, type Sent } from "fased/channel"
import type { Groups } from "./groups.ts"
import { isOurs, messageIdOf } from "./ids.ts"
import type { Socket } from "./link.ts"
import { jidOf, phoneOf } from "./people.ts"
import type { Recent } from "./recent.ts"
import { render } from "./render.ts"

const ackMs = 30_000
const uploadMs = 120_000

interface Outbound {
  live(): Promise<Socket>
  recent: Recent
  groups: Groups
  clock: ConnectContext["clock"]
}

type Conversation = Part["conversation"]

export const sender =
  ({ live, recent, groups, clock }: Outbound): Connection["send"] =>
  async (part): Promise<Sent> => {
    const socket = await live()
    const jid = jidOf(part.conversation.id)
    const messageId = messageIdOf(part.nonce)
    const content = await contentOf(part, groups)
    const quoted = part.replyTo === undefined ? undefined : quotable(part, part.replyTo, recent)
    const taken = ackOf(socket, messageId)
    let message: WAMessage | undefined
    try {
      message = await socket.sendMessage(jid, content, {
        messageId,
        mediaUploadTimeoutMs: uploadMs,
        ...(quoted && { quoted }),
      })
    } catch (error) {
      taken.forget()
      throw failureOf(error, socket)
    }
    if (message) recent.add(message)
    await taken.answer
    return { id: messageId, at: clock.now() }
  }

/** WhatsApp's word that it has the message: Baileys itself waits for none. */
const ackOf = (socket: Socket, messageId: string) => {
  const forgotten = Promise.withResolvers<"forgotten">()
  const judge = async () => {
    const told = socket.waitForMessage<BinaryNode | undefined>(messageId, ackMs)
    const node = await Promise.race([told, forgotten.promise]).catch((error: Error) => {
      throw lost(`The connection ended: ${error.message}`)
    })
    if (node === "forgotten") return
    if (!node) throw lost("WhatsApp did not say that it has the message.")
    const { error, backoff } = node.attrs
    if (node.tag === "ack" && error) throw refusalOf(Number(error), Number(backoff))
  }
  const answer = judge()
  answer.catch(() => undefined)
  return { answer, forget: () => forgotten.resolve("forgotten") }
}

const lost = (text: string) => notSent({ why: "lost", text })

const refusalOf = (code: number, backoffSeconds: number) => {
  if (code === 429)
    return notSent({
      why: "busy",
      text: "WhatsApp asks to slow down.",
      retryAfterMs: (backoffSeconds || 30) * 1000,
    })
  if (code >= 500) return notSent({ why: "busy", text: `WhatsApp has trouble (${code}).` })
  if (code === 463)
    return notSent({
      why: "refused",
      text: "WhatsApp lets this account begin no new chats at the moment.",
      hint: "Let the other one write first, or wait until WhatsApp lifts it.",
    })
  return notSent({ why: "refused", text: `WhatsApp does not take the message (${code}).` })
}

/** It never left: what is sent is made ready first, and a closed socket refuses it as a whole. */
const failureOf = (error: unknown, socket: Socket) => {
  if (notSent.is(error)) return error
  const { message, output } = error as { message: string; output?: { statusCode?: number } }
  const code = output?.statusCode
  if (!socket.ws.isOpen || code === 428)
    return notSent({ why: "offline", text: "WhatsApp is not connected at the moment." })
  if (code === 404 || code === 403 || code === 406)
    return notSent({ why: "refused", text: `WhatsApp does not know where to: ${message}` })
  return notSent({ why: "offline", text: `The message was not sent: ${message}` })
}

const contentOf = async (part: Part, groups: Groups): Promise<AnyMessageContent> => {
  const { poll, enclosure } = part
  const text = part.text ? render(part.text) : ""
  if (poll)
    return { poll: { name: poll.question, values: [...poll.options], selectableCount: poll.most } }
  const mentions = await mentionedIn(text, part.conversation, groups)
  const words = mentions.length ? { mentions } : {}
  if (!enclosure) return { text, linkPreview: null, ...words }
  const { path, kind, mimeType, name, round = false } = enclosure
  const media = { url: path }
  const caption = { ...(text && { caption: text }), ...words }
  switch (kind) {
    case "image":
      return { image: media, mimetype: mimeType, ...withoutPreview, ...caption }
    case "video":
      return { video: media, mimetype: mimeType, ptv: round, ...withoutPreview, ...caption }
    case "voice":
    case "audio": {
      const isOgg = mimeType.startsWith("audio/ogg")
      const mimetype = isOgg ? "audio/ogg; codecs=opus" : mimeType
      return { audio: media, mimetype, ptt: kind === "voice" || isOgg }
    }
    case "document":
      return { document: media, mimetype: mimeType, fileName: name, ...caption }
  }
}

/** Else Baileys looks for programs on this machine that could make one. */
const withoutPreview = { jpegThumbnail: null as unknown as string }

/** `@4915112345678` of somebody in the group rings with them. */
const mentionedIn = async (text: string, { id, kind }: Conversation, groups: Groups) => {
  const numbers = new Set([...text.matchAll(/@(\d{6,15})\b/g)].map(([, digits]) => `+${digits}`))
  if (kind !== "group" || !numbers.size) return []
  const { participants = [] } = (await groups.get(jidOf(id))) ?? {}
  return participants.flatMap(({ id, phoneNumber }) => {
    const number = phoneOf(id) ?? phoneOf(phoneNumber)
    return number && numbers.has(number) ? [id] : []
  })
}

/** What it answers, as far as we know: the app shows what its own device has of it. */
const quotable = ({ conversation }: Part, id: string, recent: Recent): WAMessage =>
  recent.get(id) ?? {
    key: keyOf(conversation, id, undefined, recent),
    message: { conversation: "" },
  }

const keyOf = (
  conversation: Conversation,
  id: string,
  author: string | undefined,
  recent: Recent,
): WAMessageKey => {
  const known = recent.get(id)?.key
  if (known) return known
  const isGroup = conversation.kind === "group"
  return {
    id,
    remoteJid: jidOf(conversation.id),
    fromMe: isOurs(id),
    ...(isGroup && author && { participant: jidOf(author) }),
  }
}

/** What else an account does in a conversation. */
export const deeds = ({ live, recent }: Outbound): Pick<Connection, "react" | "typing"> => ({
  async react(conversation, messageId, emoji, take, author) {
    const key = keyOf(conversation, messageId, author, recent)
    if (conversation.kind === "group" && !key.fromMe && !key.participant)
      throw notSent({
        why: "refused",
        text: "WhatsApp has to know who wrote the message to react to.",
        hint: "Name the author as well (--author).",
      })
    const text = take === "add" ? emoji : ""
    await (await live()).sendMessage(jidOf(conversation.id), { react: { text, key } })
  },
  async typing(conversation, on) {
    await (await live()).sendPresenceUpdate(on ? "composing" : "paused", jidOf(conversation.id))
  },
})

/** Blue ticks, for all but the chat with oneself. */
export const receipts =
  ({ live, recent }: Outbound): NonNullable<Connection["read"]> =>
  async (conversation, messageId, author) => {
    const key = keyOf(conversation, messageId, author, recent)
    if (!key.fromMe) await (await live()).readMessages([key])
  }
