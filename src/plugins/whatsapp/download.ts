import { downloadContentFromMessage } from "baileys"
import type { File } from "./content.ts"

const host = "mmg.whatsapp.net"

/** What finds a file again, also after a restart. */
export const refOf = ({ type, mediaKey, directPath }: File): string =>
  JSON.stringify({ type, mediaKey: Buffer.from(mediaKey).toString("base64"), directPath })

/** Fetches a file from WhatsApp and opens it. Throws when it is larger than asked for. */
export const download = async (
  ref: string,
  mostBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> => {
  const { type, mediaKey, directPath } = JSON.parse(ref) as {
    type: File["type"]
    mediaKey: string
    directPath: string
  }
  const stream = await downloadContentFromMessage(
    { mediaKey: Buffer.from(mediaKey, "base64"), directPath },
    type,
    { host, options: { signal } },
  )
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of stream as AsyncIterable<Uint8Array>) {
    signal.throwIfAborted()
    bytes += piece.length
    if (bytes > mostBytes) {
      stream.destroy()
      throw new Error(`the file is larger than ${mostBytes} bytes`)
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
