/** What WhatsApp tells, in the words of the gateway. */
import type { proto, WAMessage } from "baileys"
import { isJidGroup, isLidUser } from "baileys"
import type { Arrival, Deed, Person } from "fased/channel"
import { changeOf, contentOf, type Content } from "./content.ts"
import { refOf } from "./download.ts"
import { isOurs } from "./ids.ts"
import { isOwn, jidOf, type Own, personOf, phoneOf } from "./people.ts"

export interface Around {
  own: Own
  /** Hear what the account's owner writes to themselves. */
  selfChat: boolean
  /** The address with a number that belongs to one without; undefined where nobody knows. */
  numberOf(lid: string): Promise<string | undefined>
  titleOf(group: string): Promise<string | undefined>
}

// Nobody's app sends more; what is longer was made to be in the way.
const longestId = 200
const longestText = 70_000
const longestQuote = 4_000
const longestEmoji = 40

/** Undefined for what is our own doing, or of no interest. */
export const arrivalOf = async (
  message: WAMessage,
  around: Around,
): Promise<Arrival | undefined> => {
  const { key, message: content } = message
  const { id, remoteJid: chat } = key
  if (!id || id.length > longestId || !chat || !content) return undefined
  const isGroup = isJidGroup(chat) === true
  if (!isHeard(message, isGroup, around)) return undefined
  const sender = await senderOf(message, isGroup, around)
  if (!sender) return undefined
  const title = isGroup ? await around.titleOf(chat) : undefined
  const deed = await deedOf(content, isGroup, sender, around)
  if (!deed) return undefined
  return {
    id,
    conversation: isGroup
      ? { id: chat, kind: "group", ...(title && { title: title.slice(0, 500) }) }
      : { id: sender.ids[0], kind: "direct" },
    sender,
    at: (Number(message.messageTimestamp) || 0) * 1000,
    deed,
  }
}

/** What the owner writes from another device is heard in the chat with themselves only. */
const isHeard = ({ key }: WAMessage, isGroup: boolean, { own, selfChat }: Around) => {
  if (!key.fromMe) return true
  return selfChat && !isGroup && isOwn(own, key.remoteJid) && !isOurs(key.id!)
}

const senderOf = async ({ key, pushName }: WAMessage, isGroup: boolean, around: Around) => {
  if (key.fromMe) return personOf([around.own.jid, around.own.lid], pushName)
  const [jid, other] = isGroup
    ? [key.participant, key.participantAlt]
    : [key.remoteJid, key.remoteJidAlt]
  return personOf([jid, other ?? (await numberOf(jid, around))], pushName)
}

const numberOf = async (jid: string | null | undefined, { numberOf }: Around) =>
  jid && isLidUser(jid) ? await numberOf(jid) : undefined

const deedOf = async (
  message: proto.IMessage,
  isGroup: boolean,
  sender: Person,
  around: Around,
): Promise<Deed | undefined> => {
  const { reactionMessage: reaction } = message
  if (reaction) {
    const { text, key } = reaction
    if (!key?.id || key.id.length > longestId || (text?.length ?? 0) > longestEmoji)
      return undefined
    const own = isOurs(key.id)
    return { kind: "reaction", emoji: text ?? "", added: !!text, messageId: key.id, own }
  }
  const change = changeOf(message)
  if (change) {
    const { id, text } = change
    if (id.length > longestId) return undefined
    return text === undefined
      ? { kind: "notice", topic: "delete", text: `Message ${id} was deleted.` }
      : {
          kind: "notice",
          topic: "edit",
          text: `Message ${id} now says: ${text.slice(0, longestQuote)}`,
        }
  }
  const content = contentOf(message)
  if (!content) return undefined
  const { text, file, location } = content
  const quoted = await quotedOf(content, sender, around)
  return {
    kind: "message",
    text: text.slice(0, longestText),
    ...(file && {
      attachments: [
        {
          ref: refOf(file),
          kind: file.kind,
          ...(file.mimeType && { mimeType: file.mimeType }),
          ...(file.name && { name: file.name }),
          ...(file.bytes !== undefined && { bytes: file.bytes }),
        },
      ],
    }),
    ...(location && { location }),
    ...(quoted && { quoted }),
    ...(isGroup && { mentions: mentionsOf(content, around.own) }),
  }
}

/** By name, or by the digits of the account's number where an app wrote only those. */
const mentionsOf = ({ text, context }: Content, own: Own) => {
  const mentioned = context?.mentionedJid ?? []
  const digits = phoneOf(own.jid)?.slice(1)
  return {
    bot: mentioned.some((jid) => isOwn(own, jid)) || (!!digits && text.includes(`@${digits}`)),
    others: mentioned.some((jid) => !isOwn(own, jid)),
  }
}

const quotedOf = async ({ context }: Content, sender: Person, around: Around) => {
  const { stanzaId, participant, quotedMessage } = context ?? {}
  if (!stanzaId || stanzaId.length > longestId) return undefined
  const said = quotedMessage ? contentOf(quotedMessage) : undefined
  const text = said?.text || (said?.file && `<media:${said.file.kind}>`)
  const own = isOurs(stanzaId) || isOwn(around.own, participant)
  const author = participant
    ? personOf([participant, await numberOf(participant, around)])
    : own
      ? personOf([around.own.jid, around.own.lid])
      : { ids: sender.ids }
  return {
    id: stanzaId,
    own,
    ...(text && { text: text.slice(0, longestQuote) }),
    ...(author && { sender: author }),
  }
}

/** Whether the list of who is heard names the account's own number. */
export const namesOwn = (allowFrom: readonly string[], own: Own) =>
  allowFrom.some((entry) => jidOf(entry) === `${own.jid.split(/[:@]/)[0]}@s.whatsapp.net`)
