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

const place = "arrived"

export const openKept = (folder: string): Kept => {
  const inside = join(folder, place)
  mkdirSync(inside, { recursive: true, mode: 0o700 })
  const names = () => readdirSync(inside).filter((name) => /^\d{12}$/.test(name))
  let last = Math.max(0, ...names().map(Number))
  return {
    add({ attrs, message }) {
      const name = String(++last).padStart(12, "0")
      const bytes = Buffer.from(proto.Message.encode(message).finish()).toString("base64")
      writeFileAtomic(join(inside, name), JSON.stringify({ attrs, message: bytes }))
      return name
    },
    remove: (name) => rmSync(join(inside, name), { force: true }),
    list: () =>
      names()
        .toSorted()
        .flatMap((name) => {
          const read = readKept(join(inside, name))
          return read ? [{ name, read }] : []
        }),
  }
}

/** For when the account is linked no more: nobody else is to answer. */
export const dropKept = (folder: string): void =>
  rmSync(join(folder, place), { recursive: true, force: true })

const readKept = (file: string): Read | undefined => {
  try {
    const { attrs, message } = JSON.parse(readFileSync(file, "utf8")) as {
      attrs: Record<string, string>
      message: string
    }
    return { attrs, message: proto.Message.decode(Buffer.from(message, "base64")) }
  } catch {
    rmSync(file, { force: true }) // nobody can read it any more
    return undefined
  }
}
