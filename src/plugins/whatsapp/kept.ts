import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { proto } from "baileys"
import { writeFileAtomic } from "fased/channel"

/** A message that was read, with what stood on its envelope. */
export interface Read {
  attrs: Record<string, string>
  message: proto.IMessage
}

/** What WhatsApp was told that we have, and the gateway has not taken yet; on disk. */
export interface Kept {
  /** On disk when it returns. Throws when it cannot be kept; its name. */
  add(read: Read): string
  remove(name: string): void
  /** The oldest first. */
  list(): readonly { name: string; read: Read }[]
}

export const openKept = (folder: string): Kept => {
  const place = join(folder, "arrived")
  mkdirSync(place, { recursive: true, mode: 0o700 })
  const names = () => readdirSync(place).filter((name) => /^\d{12}$/.test(name))
  let last = Math.max(0, ...names().map(Number))
  return {
    add({ attrs, message }) {
      const name = String(++last).padStart(12, "0")
      const bytes = Buffer.from(proto.Message.encode(message).finish()).toString("base64")
      writeFileAtomic(join(place, name), JSON.stringify({ attrs, message: bytes }))
      return name
    },
    remove: (name) => rmSync(join(place, name), { force: true }),
    list: () =>
      names()
        .toSorted()
        .map((name) => {
          const { attrs, message } = JSON.parse(readFileSync(join(place, name), "utf8")) as {
            attrs: Record<string, string>
            message: string
          }
          return {
            name,
            read: { attrs, message: proto.Message.decode(Buffer.from(message, "base64")) },
          }
        }),
  }
}
