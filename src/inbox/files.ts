import { randomUUID } from "node:crypto"
import type { Picture } from "../kernel/channel.ts"
import type { Clock } from "../kernel/clock.ts"
import { pause } from "../kernel/clock.ts"
import type { Attachment } from "../kernel/network.ts"
import { untrusted } from "../kernel/untrusted.ts"
import { notAPicture, pictureTooLarge } from "../media/faults.ts"
import type { Media } from "../media/service.ts"
import { privateFolder } from "../store/files.ts"
import { writeWithin } from "../tools/boundary.ts"
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
    const bytes = await inTime((signal) => download(ref, maxMb * bytesOfMb, signal), clock, signal)
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
      // What anyone else says of it may hold an address with a token in it.
      const isOurs = fileNotHad.is(error) || pictureTooLarge.is(error)
      const why = isOurs ? error.message : "it could not be fetched"
      lines.push(`${aboutFile(attachment)} [not here: ${why}]`)
    }
  const more = attachments.length - mostFiles
  if (more > 0) lines.push(`[${more} more files left out]`)
  return { pictures, words, lines }
}

const inTime = async <T>(
  work: (signal: AbortSignal) => Promise<T>,
  clock: Clock,
  signal: AbortSignal,
): Promise<T> => {
  const late = new AbortController()
  const both = AbortSignal.any([signal, late.signal])
  try {
    return await Promise.race([
      work(both),
      pause(clock, deadlineMs, late.signal).then((): never => {
        throw fileNotHad({ why: "it took too long" })
      }),
    ])
  } finally {
    late.abort()
  }
}

const aboutFile = ({ kind, name }: Attachment, bytes?: number) =>
  [
    `<media:${kind === "voice" ? "audio" : kind}>`,
    called(name) && `"${called(name)}"`,
    bytes !== undefined && `(${Math.ceil(bytes / 1024)} KB)`,
  ]
    .filter(Boolean)
    .join(" ")

/** First bytes, and the ending of what begins so. */
const signatures: readonly [string, string][] = [
  ["%PDF-", "pdf"],
  ["OggS", "ogg"],
  ["ID3", "mp3"],
  ["\u00ff\u00fb", "mp3"],
  ["fLaC", "flac"],
  ["PK\u0003\u0004", "zip"],
  ["\u001f\u008b", "gz"],
  ["\u001aE\u00df\u00a3", "webm"],
]
const pictureSigns = ["\u0089PNG", "\u00ff\u00d8\u00ff", "GIF8", "BM"]

const headOf = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, 16)).toString("latin1")

const looksLikePicture = (bytes: Uint8Array) => {
  const head = headOf(bytes)
  return (
    pictureSigns.some((sign) => head.startsWith(sign)) ||
    (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP")
  )
}

/** By what it holds, so that nothing is opened as what its sender calls it. */
const endingOf = (bytes: Uint8Array) => {
  const head = headOf(bytes)
  const known = signatures.find(([sign]) => head.startsWith(sign))
  if (known) return known[1]
  if (head.slice(4, 8) === "ftyp") return head.slice(8, 11) === "M4A" ? "m4a" : "mp4"
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WAVE") return "wav"
  return textOf(bytes) === undefined ? "bin" : "txt"
}

const textOf = (bytes: Uint8Array): string | undefined => {
  if (bytes.includes(0)) return undefined
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    return text.length > mostText ? `${text.slice(0, mostText).toWellFormed()}\n[cut]` : text
  } catch {
    return undefined
  }
}
