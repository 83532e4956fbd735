import { archiveBroken } from "./faults.ts"

/** One thing in an archive. `path` is relative and uses `/`. */
export interface Entry {
  path: string
  mode: number
  /** Seconds since the epoch. */
  modified: number
  kind: "file" | "folder" | "link"
  /** Bytes of a file; 0 for the rest. */
  size: number
  /** Where a link leads. */
  target?: string
}

const block = 512
const kinds = { file: "0", link: "2", folder: "5" } as const
const endMark = Buffer.alloc(block * 2)

/** The header of an entry, preceded by an extended one where the plain one has no room. */
export const header = (entry: Entry): Buffer => {
  const records = { path: entry.path, linkpath: entry.target ?? "", size: String(entry.size) }
  const long = Object.entries(records).filter(([name, value]) =>
    name === "size" ? entry.size >= 8 ** 11 : Buffer.byteLength(value) > 100,
  )
  const plain = plainHeader(
    { ...entry, size: Math.min(entry.size, 8 ** 11 - 1) },
    kinds[entry.kind],
  )
  if (!long.length) return plain
  const body = Buffer.from(long.map(([name, value]) => paxRecord(name, value)).join(""))
  const extended = { path: "pax", mode: 0o600, modified: entry.modified, size: body.length }
  return Buffer.concat([plainHeader(extended, "x"), body, padding(body.length), plain])
}

/** What fills the last block of `size` bytes. */
export const padding = (size: number) => Buffer.alloc((block - (size % block)) % block)

export const end = () => endMark

const plainHeader = (
  { path, mode, modified, size, target = "" }: Omit<Entry, "kind">,
  type: string,
) => {
  const bytes = Buffer.alloc(block)
  const octal = (value: number, width: number) => value.toString(8).padStart(width - 1, "0")
  bytes.write(cut(path), 0, 100)
  bytes.write(octal(mode & 0o7777, 8), 100)
  bytes.write(octal(0, 8), 108)
  bytes.write(octal(0, 8), 116)
  bytes.write(octal(size, 12), 124)
  bytes.write(octal(Math.max(0, Math.floor(modified)), 12), 136)
  bytes.write(" ".repeat(8), 148)
  bytes.write(type, 156)
  bytes.write(cut(target), 157, 100)
  bytes.write("ustar\u000000", 257)
  bytes.write(`${octal(sumOf(bytes), 7)}\u0000 `, 148)
  return bytes
}

/** The first hundred bytes, whole characters only; the extended header has the rest. */
const cut = (text: string) => {
  let kept = text
  while (Buffer.byteLength(kept) > 100) kept = kept.slice(0, -1)
  return kept
}

const sumOf = (bytes: Buffer) => bytes.reduce((sum, byte) => sum + byte, 0)

/** `<length> <name>=<value>\n`, where the length counts itself. */
const paxRecord = (name: string, value: string) => {
  const rest = Buffer.byteLength(` ${name}=${value}\n`)
  const digits = String(rest + String(rest).length).length
  return `${rest + digits} ${name}=${value}\n`
}

/** The entries of an archive, one after the other; each one's content is read before the next. */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ entry: Entry; content: AsyncIterable<Uint8Array> }> {
  const bytes = new ByteReader(source)
  let extended: Record<string, string> = {}
  for (;;) {
    const head = await bytes.take(block)
    if (head.every((byte) => byte === 0)) return
    const given = Number.parseInt(text(head, 148, 8).trim(), 8)
    const blank = Buffer.from(head).fill(0x20, 148, 156)
    if (sumOf(blank) !== given) throw archiveBroken({ reason: "a header in it is damaged" })
    const type = String.fromCharCode(head[156]!)
    const plainSize = Number.parseInt(text(head, 124, 12).trim() || "0", 8)
    if (type === "x") {
      if (plainSize > 64 * 1024) throw archiveBroken({ reason: "a name in it is far too long" })
      extended = paxRecords(await bytes.take(plainSize))
      await bytes.take(padding(plainSize).length)
      continue
    }
    const kind = Object.entries(kinds).find(([, mark]) => mark === type)?.[0]
    if (!kind) throw archiveBroken({ reason: "it holds something that is no file, folder or link" })
    const size = extended.size === undefined ? plainSize : Number(extended.size)
    if (!Number.isSafeInteger(size) || size < 0 || (size > 0 && kind !== "file"))
      throw archiveBroken({ reason: "a size in it makes no sense" })
    const entry: Entry = {
      path: extended.path ?? text(head, 0, 100),
      mode: Number.parseInt(text(head, 100, 8).trim() || "0", 8) & 0o777,
      modified: Number.parseInt(text(head, 136, 12).trim() || "0", 8),
      kind: kind as Entry["kind"],
      size,
      ...(kind === "link" && { target: extended.linkpath ?? text(head, 157, 100) }),
    }
    extended = {}
    let left = size
    async function* content() {
      while (left > 0) {
        const piece = await bytes.some(left)
        left -= piece.length
        yield piece
      }
    }
    yield { entry, content: content() }
    while (left > 0) left -= (await bytes.some(left)).length
    await bytes.take(padding(size).length)
  }
}

const text = (bytes: Buffer, at: number, length: number) => {
  const field = bytes.subarray(at, at + length)
  const stop = field.indexOf(0)
  return field.toString("utf8", 0, stop < 0 ? length : stop)
}

const paxRecords = (body: Buffer) => {
  const records: Record<string, string> = {}
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at)
    const length = Number(body.toString("latin1", at, space))
    if (space < 0 || !Number.isInteger(length) || length <= space - at || at + length > body.length)
      throw archiveBroken({ reason: "a header in it is damaged" })
    const record = body.toString("utf8", space + 1, at + length - 1)
    const equals = record.indexOf("=")
    records[record.slice(0, equals)] = record.slice(equals + 1)
    at += length
  }
  return records
}

/** Reads a stream of pieces by so many bytes at a time. */
class ByteReader {
  #held: Buffer = Buffer.alloc(0)
  readonly #pieces: AsyncIterator<Uint8Array>

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = source[Symbol.asyncIterator]()
  }

  /** Exactly `count` bytes. */
  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = []
    for (let left = count; left > 0;) {
      const part = await this.some(left)
      parts.push(part)
      left -= part.length
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  }

  /** At least one byte and at most `most`. */
  async some(most: number): Promise<Buffer> {
    while (!this.#held.length) {
      const { done, value } = await this.#pieces.next()
      if (done) throw archiveBroken({ reason: "it was cut short" })
      this.#held = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    }
    const part = this.#held.subarray(0, most)
    this.#held = this.#held.subarray(part.length)
    return part
  }
}
