import { randomUUID } from "node:crypto"
import type { Picture } from "../kernel/channel.ts"
import type { Clock } from "../kernel/clock.ts"
import { TooSlow, within } from "../kernel/deadline.ts"
import type { Attachment } from "../kernel/network.ts"
import { untrusted } from "../kernel/untrusted.ts"
import { notAPicture, pictureTooLarge } from "../media/faults.ts"
import type { Media } from "../media/service.ts"
import { privateFolder } from "../store/files.ts"
import { writeWithin } from "../tools/boundary.ts"
import { knownType, pictureType } from "../tools/file-type.ts"
import { fileNotHad } from "./faults.ts"
import { called } from "./frame.ts"

const bytesOfMb = 1_048_576
const defaultMb = 20
const deadlineMs = 60_000
/** Characters of a text file that a model reads with the message. */
const mostText = 20_000
const mostFiles = 10

export type Download = (ref: string, mostBytes: number, signal: AbortSignal) => Promise<Uint8Array>

export interface Fetched {
  pictures: Picture[]
  /** What recordings say. */
  words: string[]
  /** What to tell of everything else, each on a line of its own. */
  lines: string[]
}

/**
 * Fetches what came with a message, which is judged by then. What it holds decides what it is; its
 * name is its sender's word and never a path. What cannot be had is told of instead.
 */
export const fetchFiles = async (
  attachments: readonly Attachment[],
  {
    download,
    maxMb = defaultMb,
    media,
    sessionKey,
    workspace,
    transcribe,
    clock,
    signal,
  }: {
    /** Undefined: the network gives no files. */
    download?: Download
    maxMb?: number
    media: Media
    sessionKey: string
    /** The agent's folder; files are put into `media/inbound` of it. */
    workspace: string
    transcribe: (bytes: Uint8Array, ending: string) => Promise<string | undefined>
    clock: Clock
    signal: AbortSignal
  },
): Promise<Fetched> => {
  const pictures: Picture[] = []
  const lines: string[] = []
  const words: string[] = []
  const take = async (attachment: Attachment) => {
    const { ref, kind, bytes: said = 0 } = attachment
    if (!download) throw fileNotHad({ why: "the network gives no files" })
    if (said > maxMb * bytesOfMb) throw fileNotHad({ why: `it is larger than ${maxMb} MB` })
    const bytes = await within(
      clock,
      deadlineMs,
      (inner) => download(ref, maxMb * bytesOfMb, inner),
      signal,
    )
    if (bytes.length > maxMb * bytesOfMb) throw fileNotHad({ why: `it is larger than ${maxMb} MB` })
    if (kind === "image" || kind === "sticker" || looksLikePicture(bytes)) {
      const picture = await asPicture(bytes, attachment)
      if (picture) return void pictures.push(picture)
    }
    const ending = endingOf(bytes)
    const path = `media/inbound/${randomUUID()}.${ending}`
    privateFolder(workspace)
    writeWithin({ workspace, workspaceOnly: true, own: [] }, path, bytes)
    lines.push(`${aboutFile(attachment, bytes.length)} in your folder: ${path}`)
    if (kind === "voice" || kind === "audio") {
      const heard = await transcribe(bytes, ending)
      if (heard) words.push(heard)
    }
    const text = kind === "document" ? textOf(bytes) : undefined
    if (text) lines.push(untrusted(text, { source: `the file ${called(attachment.name) || path}` }))
  }
  const asPicture = (bytes: Uint8Array, { name }: Attachment) =>
    media.keep(sessionKey, bytes, called(name) || "the picture").catch((error: unknown) => {
      if (notAPicture.is(error)) return undefined
      throw error
    })

  for (const attachment of attachments.slice(0, mostFiles))
    try {
      await take(attachment)
    } catch (error) {
      signal.throwIfAborted()
      lines.push(`${aboutFile(attachment)} [not here: ${whyNot(error)}]`)
    }
  const more = attachments.length - mostFiles
  if (more > 0) lines.push(`[${more} more files left out]`)
  return { pictures, words, lines }
}

/** What anyone else says of it may hold an address with a token in it. */
const whyNot = (error: unknown) => {
  if (fileNotHad.is(error) || pictureTooLarge.is(error)) return error.message
  return error instanceof TooSlow ? "it took too long" : "it could not be fetched"
}

const aboutFile = ({ kind, name }: Attachment, bytes?: number) =>
  [
    `<media:${kind === "voice" ? "audio" : kind}>`,
    called(name) && `"${called(name)}"`,
    bytes !== undefined && `(${Math.ceil(bytes / 1024)} KB)`,
  ]
    .filter(Boolean)
    .join(" ")

/** Models take no bitmaps, so that they count as pictures nowhere else; here they are made one. */
const looksLikePicture = (bytes: Uint8Array) =>
  pictureType(bytes) !== undefined || (bytes[0] === 0x42 && bytes[1] === 0x4d)

/** By what it holds, so that nothing is opened as what its sender calls it. */
const endingOf = (bytes: Uint8Array) =>
  knownType(bytes)?.ending ?? (textOf(bytes) === undefined ? "bin" : "txt")

const textOf = (bytes: Uint8Array): string | undefined => {
  if (bytes.includes(0)) return undefined
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    return text.length > mostText ? `${text.slice(0, mostText).toWellFormed()}\n[cut]` : text
  } catch {
    return undefined
  }
}
