import { crc32, inflateRawSync } from "node:zlib"
import { meter, type Packed, refuse } from "./packed.ts"

const endMark = 0x06054b50
const centralMark = 0x02014b50
const localMark = 0x04034b50
const mostComment = 65_535

/** Reads a zip. Its list at the end has to agree with what lies before it. */
export const readZip = (bytes: Buffer): Packed[] => {
  const end = findEnd(bytes)
  const count = bytes.readUInt16LE(end + 10)
  const size = bytes.readUInt32LE(end + 12)
  const start = bytes.readUInt32LE(end + 16)
  if (bytes.readUInt16LE(end + 4) || bytes.readUInt16LE(end + 8) !== count)
    refuse("it is one part of several")
  if (count === 0xffff || start === 0xffffffff) refuse("it is a zip64, which no skill needs")
  if (start + size > end) refuse("its list is damaged")
  const measure = meter(bytes.length)
  const files: Packed[] = []
  const taken: [from: number, to: number][] = []
  let at = start
  for (let left = count; left > 0; left--) {
    measure.entry()
    if (at + 46 > end || bytes.readUInt32LE(at) !== centralMark) refuse("its list is damaged")
    const entry = centralEntry(bytes, at)
    at += entry.length
    if (at > end) refuse("its list is damaged")
    requirePlain(entry)
    const data = contentOf(bytes, entry, start)
    if (taken.some(([from, to]) => data.from < to && from < data.to))
      refuse("two of its files share their bytes")
    taken.push([entry.offset, data.to])
    if (entry.name.endsWith("/")) continue
    const content = unpacked(data.packed, entry, measure.room())
    measure.bytes(content.length)
    files.push({ path: entry.name, bytes: content, executable: Boolean(entry.mode & 0o100) })
  }
  return files
}

const findEnd = (bytes: Buffer) => {
  const first = Math.max(0, bytes.length - mostComment - 22)
  for (let at = bytes.length - 22; at >= first; at--)
    if (
      bytes.readUInt32LE(at) === endMark &&
      at + 22 + bytes.readUInt16LE(at + 20) === bytes.length
    )
      return at
  return refuse("it is no whole zip")
}

const centralEntry = (bytes: Buffer, at: number) => {
  const nameLength = bytes.readUInt16LE(at + 28)
  const extra = bytes.readUInt16LE(at + 30)
  const comment = bytes.readUInt16LE(at + 32)
  return {
    flags: bytes.readUInt16LE(at + 8),
    method: bytes.readUInt16LE(at + 10),
    crc: bytes.readUInt32LE(at + 16),
    packedSize: bytes.readUInt32LE(at + 20),
    size: bytes.readUInt32LE(at + 24),
    /** Permissions and kind, where it was made on a Unix. */
    mode: bytes.readUInt32LE(at + 38) >>> 16,
    offset: bytes.readUInt32LE(at + 42),
    name: nameOf(bytes.subarray(at + 46, at + 46 + nameLength)),
    length: 46 + nameLength + extra + comment,
  }
}
type Entry = ReturnType<typeof centralEntry>

const nameOf = (bytes: Uint8Array) => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    return refuse("a name in it is not UTF-8")
  }
}

const requirePlain = ({ flags, method, mode, name }: Entry) => {
  const kind = mode & 0o170000
  if (flags & 0x2041) refuse("a file in it is encrypted")
  if (method !== 0 && method !== 8) refuse("a file in it is packed in an unusual way")
  if (kind && kind !== 0o100000 && kind !== 0o040000)
    refuse(`${JSON.stringify(name.slice(0, 80))} is a link or a device`)
}

/** What a file's own header leads to; its name there has to be the one of the list. */
const contentOf = (bytes: Buffer, { offset, name, packedSize, method }: Entry, listAt: number) => {
  if (offset + 30 > listAt || bytes.readUInt32LE(offset) !== localMark) refuse("it is damaged")
  const nameLength = bytes.readUInt16LE(offset + 26)
  const from = offset + 30 + nameLength + bytes.readUInt16LE(offset + 28)
  const to = from + packedSize
  if (to > listAt) refuse("it is damaged")
  const own = nameOf(bytes.subarray(offset + 30, offset + 30 + nameLength))
  if (own !== name || bytes.readUInt16LE(offset + 8) !== method)
    refuse("its list and its files disagree")
  return { from, to, packed: bytes.subarray(from, to) }
}

const unpacked = (packed: Buffer, { method, size, crc }: Entry, room: number): Buffer => {
  if (size > room) refuse("it unpacks to far more than it should")
  const content = method === 0 ? packed : inflated(packed, room)
  if (content.length !== size || crc32(content) !== crc) refuse("a file in it is damaged")
  return content
}

const inflated = (packed: Buffer, room: number): Buffer => {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(room, 1) })
  } catch {
    return refuse("a file in it is damaged, or unpacks to far more than it should")
  }
}
