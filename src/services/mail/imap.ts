/** As much of IMAP4rev1 (RFC 3501) as reading a mailbox takes. */
import { notLetIn, notSecured, refused } from "../faults.ts"
import { untrusted } from "../../kernel/untrusted.ts"
import { encodeMailbox, readValues, textOf, type Value } from "./imap-values.ts"
import { type MailServer, protectionOf } from "./settings.ts"
import { openWire } from "./wire.ts"

const label = "The mail server"

export interface Credential {
  user: string
  password: string
}

/** Words of a command go as they are; what a stranger or a model wrote goes as a literal. */
export type Word = string | { literal: string | Buffer }

export interface Imap {
  has(capability: string): boolean
  /** Sends one command and gives its untagged answers. Throws when it was refused. */
  command(...words: Word[]): Promise<Value[][]>
  /** Opens a folder; `EXAMINE` changes nothing in it. Gives how many messages it has. */
  open(folder: string, how: "EXAMINE" | "SELECT"): Promise<number>
  close(): Promise<void>
}

export const mailbox = (name: string): Word => ({ literal: encodeMailbox(name) })

export const openImap = async (
  server: MailServer,
  { user, password }: Credential,
  signal: AbortSignal,
): Promise<Imap> => {
  const wire = await openWire(label, server, signal)
  let number = 0
  let capabilities: readonly string[] = []

  /** One answer: a line, and each literal it announces with the line that goes on after it. */
  const answer = async () => {
    let piece = await wire.line()
    let line = piece
    const literals: Buffer[] = []
    for (let size = sizeOf(piece); size !== undefined; size = sizeOf(piece)) {
      literals.push(await wire.bytes(size))
      piece = await wire.line()
      line += piece
    }
    return { line, literals }
  }

  const noteCapabilities = (line: string) => {
    const [, list] = /\bCAPABILITY ([^\]]+)/i.exec(line) ?? []
    if (list) capabilities = list.trim().toUpperCase().split(/\s+/)
  }

  const exchange = async (words: readonly Word[]) => {
    const tag = `f${++number}`
    const answers: Value[][] = []
    let text = tag
    const untilAsked = async () => {
      for (;;) {
        const { line, literals } = await answer()
        if (line.startsWith("+")) return undefined
        noteCapabilities(line)
        if (line.startsWith(`${tag} `)) return line.slice(tag.length + 1)
        if (line.startsWith("* ")) answers.push(readValues(line.slice(2), literals))
      }
    }
    for (const word of words) {
      if (typeof word === "string") {
        text += ` ${word}`
        continue
      }
      const bytes = Buffer.from(word.literal as string)
      wire.write(`${text} {${bytes.length}}\r\n`)
      const early = await untilAsked()
      if (early !== undefined) return { answers, status: early }
      wire.write(bytes)
      text = ""
    }
    wire.write(`${text}\r\n`)
    let status = await untilAsked()
    // A server that asks for more than it is given is told that this was all.
    for (; status === undefined; status = await untilAsked()) wire.write("\r\n")
    return { answers, status }
  }

  const command: Imap["command"] = async (...words) => {
    const { answers, status } = await exchange(words)
    if (!/^OK\b/i.test(status))
      throw refused({ label, text: untrusted(status.slice(0, 500), { source: "mail server" }) })
    return answers
  }

  /** Asked whatever the server says it can, so that nobody gains by leaving it out of that. */
  const secure = async () => {
    const { status } = await exchange(["STARTTLS"])
    if (!/^OK\b/i.test(status)) throw notSecured({ host: server.host, setting: "imap" })
    await wire.secure()
    capabilities = []
  }

  try {
    noteCapabilities(await wire.line())
    if (protectionOf(server) === "starttls") await secure()
    const { status } = await exchange(["LOGIN", { literal: user }, { literal: password }])
    if (!/^OK\b/i.test(status)) throw notLetIn({ label, id: "gmail" })
    if (!/CAPABILITY/i.test(status)) await command("CAPABILITY")
  } catch (error) {
    wire.close()
    throw error
  }

  return {
    has: (capability) => capabilities.includes(capability),
    command,
    async open(folder, how) {
      const answers = await command(how, mailbox(folder))
      const exists = answers.find(([, word]) => textOf(word).toUpperCase() === "EXISTS")
      return Number(textOf(exists?.[0]))
    },
    async close() {
      // It is asked nicely, and not waited for when it does not answer.
      wire.write(`f${++number} LOGOUT\r\n`)
      wire.close()
    },
  }
}

const sizeOf = (line: string) => {
  const [, size] = /\{(\d{1,9})\}$/.exec(line) ?? []
  return size === undefined ? undefined : Number(size)
}
