import { crc32, deflateRawSync, gzipSync } from "node:zlib"

export interface Piece {
  name: string
  content?: string | Uint8Array
  /** Unix mode with its kind, for zip. */
  mode?: number
  /** Type of a tar entry. */
  type?: string
  link?: string
  /** The size its list claims. */
  claims?: number
  flags?: number
  /** The name its own header has, where that differs. */
  ownName?: string
}

const bytesOf = ({ content = "" }: Piece) => Buffer.from(content as string)

/** A zip of these pieces, as honest as they are. */
export const zip = (pieces: readonly Piece[]): Buffer => {
  const locals: Buffer[] = []
  const list: Buffer[] = []
  let at = 0
  for (const piece of pieces) {
    const content = bytesOf(piece)
    const packed = deflateRawSync(content)
    const name = Buffer.from(piece.name)
    const ownName = Buffer.from(piece.ownName ?? piece.name)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(8, 8)
    local.writeUInt32LE(crc32(content), 14)
    local.writeUInt32LE(packed.length, 18)
    local.writeUInt32LE(content.length, 22)
    local.writeUInt16LE(ownName.length, 26)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE(piece.flags ?? 0, 8)
    central.writeUInt16LE(8, 10)
    central.writeUInt32LE(crc32(content), 16)
    central.writeUInt32LE(packed.length, 20)
    central.writeUInt32LE(piece.claims ?? content.length, 24)
    central.writeUInt16LE(name.length, 28)
    central.writeUInt32LE(((piece.mode ?? 0o100644) << 16) >>> 0, 38)
    central.writeUInt32LE(at, 42)
    locals.push(local, ownName, packed)
    list.push(central, name)
    at += 30 + ownName.length + packed.length
  }
  const directory = Buffer.concat(list)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(pieces.length, 8)
  end.writeUInt16LE(pieces.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, directory, end])
}

export const tar = (pieces: readonly Piece[]): Buffer =>
  Buffer.concat([
    ...pieces.flatMap((piece) => {
      const content = bytesOf(piece)
      const head = Buffer.alloc(512)
      head.write(piece.name, 0)
      head.write("0000644\0", 100)
      head.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124)
      head.write(" ".repeat(8), 148)
      head.write(piece.type ?? "0", 156)
      head.write(piece.link ?? "", 157)
      head.write("ustar\u000000", 257)
      const sum = head.reduce((total, byte) => total + byte, 0)
      head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148)
      return [head, content, Buffer.alloc((512 - (content.length % 512)) % 512)]
    }),
    Buffer.alloc(1024),
  ])

export const tgz = (pieces: readonly Piece[]): Buffer => gzipSync(tar(pieces))

export const skillText = (name: string, body = "Do it.", ...lines: string[]) =>
  ["---", `name: ${name}`, `description: Does ${name}.`, ...lines, "---", body].join("\n")
