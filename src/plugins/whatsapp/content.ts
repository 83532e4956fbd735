/** What is in a message of WhatsApp, without the wrappers around it. */
import { normalizeMessageContent, proto } from "baileys"
import type { Arrival, Attachment } from "fased/channel"

type Location = NonNullable<Extract<Arrival["deed"], { kind: "message" }>["location"]>

export interface Content {
  text: string
  file?: File
  location?: Location
  /** What it answers, and whom it mentions. */
  context?: proto.IContextInfo | null
}

export interface File {
  kind: Attachment["kind"]
  /** As its keys are derived. */
  type: "image" | "video" | "audio" | "document" | "sticker"
  mediaKey: Uint8Array
  directPath: string
  mimeType?: string
  name?: string
  bytes?: number
}

/** Whether anybody is to hear of it: not the keys that devices hand each other. */
export const isContent = (message: proto.IMessage): boolean => {
  const inner = normalizeMessageContent(message)
  return !!inner && (!!inner.reactionMessage || !!changeOf(inner) || !!contentOf(inner))
}

const kinds = proto.Message.ProtocolMessage.Type

/** A message that was taken back or says something else now. */
export const changeOf = (message: proto.IMessage) => {
  const { type, key, editedMessage } = normalizeMessageContent(message)?.protocolMessage ?? {}
  if (!key?.id) return undefined
  if (type === kinds.REVOKE) return { id: key.id, text: undefined }
  if (type !== kinds.MESSAGE_EDIT || !editedMessage) return undefined
  return { id: key.id, text: contentOf(editedMessage)?.text ?? "" }
}

/** Undefined where nothing is said. */
export const contentOf = (message: proto.IMessage): Content | undefined => {
  const inner = normalizeMessageContent(message)
  if (!inner) return undefined
  if (inner.conversation) return { text: inner.conversation }
  const { extendedTextMessage: extended } = inner
  if (extended?.text) return { text: extended.text, context: extended.contextInfo }
  return fileIn(inner) ?? placeIn(inner) ?? wordsIn(inner)
}

const fileIn = (inner: proto.IMessage): Content | undefined => {
  const { imageMessage: image, audioMessage: audio, documentMessage: document } = inner
  const { stickerMessage: sticker } = inner
  const video = inner.videoMessage ?? inner.ptvMessage
  if (image) return withFile("image", "image", image, image.caption)
  if (video) return withFile("video", "video", video, video.caption)
  if (audio) return withFile(audio.ptt ? "voice" : "audio", "audio", audio)
  if (document) return withFile("document", "document", document, document.caption)
  return sticker ? withFile("sticker", "sticker", sticker) : undefined
}

interface Media {
  mediaKey?: Uint8Array | null
  directPath?: string | null
  mimetype?: string | null
  fileLength?: unknown
  fileName?: string | null
  contextInfo?: proto.IContextInfo | null
}

const withFile = (
  kind: File["kind"],
  type: File["type"],
  { mediaKey, directPath, mimetype, fileLength, fileName, contextInfo }: Media,
  caption?: string | null,
): Content => {
  const bytes = Number(fileLength ?? Number.NaN)
  // It says where it lies on WhatsApp's own servers; anything else would lead us elsewhere.
  const isThere =
    mediaKey?.length === 32 && directPath && /^\/[^\s/\\][^\s\\]{0,2000}$/.test(directPath)
  return {
    text: caption ?? "",
    context: contextInfo,
    ...(isThere && {
      file: {
        kind,
        type,
        mediaKey,
        directPath,
        ...(mimetype && { mimeType: mimetype.slice(0, 200) }),
        ...(fileName && { name: fileName.slice(0, 500) }),
        ...(Number.isSafeInteger(bytes) && bytes >= 0 && { bytes }),
      },
    }),
  }
}

const placeIn = (inner: proto.IMessage): Content | undefined => {
  const { locationMessage: place, liveLocationMessage: live } = inner
  const { degreesLatitude: latitude, degreesLongitude: longitude } = place ?? live ?? {}
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) return undefined
  const accuracyMetres = (place ?? live)?.accuracyInMeters
  return {
    text: place?.comment ?? live?.caption ?? "",
    context: (place ?? live)?.contextInfo,
    location: {
      latitude: latitude!,
      longitude: longitude!,
      ...(accuracyMetres && { accuracyMetres }),
      ...(place?.name && { name: place.name.slice(0, 500) }),
      ...(place?.address && { address: place.address.slice(0, 500) }),
      ...((live || place?.isLive) && { live: true as const }),
    },
  }
}

const wordsIn = (inner: proto.IMessage): Content | undefined => {
  const said = (text: string, context?: proto.IContextInfo | null): Content => ({ text, context })
  const { contactMessage: contact, contactsArrayMessage: several } = inner
  if (contact) return said(contactOf(contact), contact.contextInfo)
  if (several) return said((several.contacts ?? []).map(contactOf).join("\n"), several.contextInfo)
  const poll =
    inner.pollCreationMessage ?? inner.pollCreationMessageV2 ?? inner.pollCreationMessageV3
  if (poll) {
    const options = (poll.options ?? []).map(({ optionName }) => `- ${optionName ?? ""}`)
    return said([`[poll] ${poll.name ?? ""}`, ...options].join("\n"), poll.contextInfo)
  }
  const { buttonsResponseMessage: button, templateButtonReplyMessage: template } = inner
  const { listResponseMessage: list } = inner
  const chosen = button?.selectedDisplayText ?? template?.selectedDisplayText ?? list?.title
  return chosen ? said(chosen, (button ?? template ?? list)?.contextInfo) : undefined
}

const contactOf = ({ displayName, vcard }: proto.Message.IContactMessage) => {
  const numbers = [...(vcard ?? "").matchAll(/^(?:item\d+\.)?TEL[^:\n]*:(.+)$/gim)]
  const list = numbers.slice(0, 5).map(([, number]) => number!.trim())
  return `<contact: ${[displayName ?? "", ...list].filter(Boolean).join(", ")}>`
}
