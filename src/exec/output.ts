import { stripVTControlCharacters } from "node:util"

/** Kept of what a command prints: its beginning, and its end. */
const headBytes = 64 * 1024
const tailBytes = 192 * 1024

/** What a command has printed: beginning and end are kept, all of it is counted. */
export class Output {
  #head: Uint8Array[] = []
  #headLength = 0
  /** Chunks after the head, the oldest first; together a little more than `tailBytes`. */
  #tail: Uint8Array[] = []
  #tailLength = 0
  /** Bytes printed in all. */
  total = 0
  /** Bytes that `poll` has shown. */
  #shown = 0

  /** A way in for one stream, which keeps a character whole that is cut between two chunks. */
  entry(): (chunk: Uint8Array) => void {
    let rest = new Uint8Array()
    return (chunk) => {
      const bytes = rest.length ? joined([rest, chunk]) : chunk
      const cut = bytes.length - unfinished(bytes)
      rest = bytes.slice(cut)
      this.#add(bytes.subarray(0, cut))
    }
  }

  #add(bytes: Uint8Array) {
    if (!bytes.length) return
    this.total += bytes.length
    const room = Math.min(headBytes - this.#headLength, bytes.length)
    if (room > 0) {
      // Copied, so that no larger buffer is kept alive by it.
      this.#head.push(bytes.slice(0, room))
      this.#headLength += room
    }
    if (bytes.length <= room) return
    const kept = bytes.slice(Math.max(room, bytes.length - tailBytes))
    this.#tail.push(kept)
    this.#tailLength += kept.length
    while (this.#tailLength - this.#tail[0]!.length >= tailBytes)
      this.#tailLength -= this.#tail.shift()!.length
  }

  /** All that is kept, as text without control sequences. */
  text(): string {
    const left = this.total - this.#headLength - this.#tailLength
    const head = readable(this.#head)
    if (left <= 0) return readable([...this.#head, ...this.#tail])
    return `${head}\n[… ${left} bytes left out …]\n${readable(this.#tail)}`
  }

  /** Beginning and end within so many characters. */
  brief(most: number): string {
    const text = this.text()
    if (text.length <= most) return text
    const head = Math.floor(most / 3)
    const note = `\n[… ${text.length - most} characters left out; process log has more …]\n`
    return (text.slice(0, head) + note + text.slice(text.length - (most - head))).toWellFormed()
  }

  /** The last of it. */
  last(most: number): string {
    const text = readable(this.#tail.length ? this.#tail : this.#head)
    return text.slice(-most).toWellFormed()
  }

  /** What was printed since this was last asked, as far as it is kept. */
  fresh(most: number): string {
    const count = this.total - this.#shown
    this.#shown = this.total
    if (!count) return ""
    const all = joined([...this.#head, ...this.#tail])
    const text = readable([all.subarray(Math.max(0, all.length - count))])
    return text.length <= most ? text : `[… cut …]\n${text.slice(-most).toWellFormed()}`
  }

  clear() {
    this.#head = []
    this.#tail = []
    this.#headLength = this.#tailLength = this.total = this.#shown = 0
  }
}

const joined = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))

/** How many bytes at the end begin a character that is not complete. */
const unfinished = (bytes: Uint8Array): number => {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!
    // Plain, or a byte that begins no character.
    if (byte < 0x80 || byte > 0xf4) return 0
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return back < length ? back : 0
    }
  }
  return 0
}

/** Text as a terminal would leave it: colours and moves gone, a line written over counts as it stood last. */
const readable = (parts: readonly Uint8Array[]) => {
  const bytes = joined(parts)
  let from = 0
  // The end may begin in the middle of a character.
  while (from < 3 && from < bytes.length && (bytes[from]! & 0xc0) === 0x80) from++
  return (
    stripVTControlCharacters(new TextDecoder().decode(bytes.subarray(from)))
      .replaceAll("\r\n", "\n")
      .replace(/^[^\n]*\r(?=[^\n])/gm, "")
      // oxlint-disable-next-line no-control-regex -- what no person sees is no use to a model
      .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "")
  )
}
