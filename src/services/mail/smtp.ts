/** As much of SMTP (RFC 5321) as handing in one message takes. */
import { untrusted } from "../../kernel/untrusted.ts"
import { failed, notLetIn, notSecured, refused } from "../faults.ts"
import type { Credential } from "./imap.ts"
import { type MailServer, protectionOf } from "./settings.ts"
import { openWire } from "./wire.ts"

const label = "The mail server"

interface Reply {
  code: number
  text: string
}

export interface Smtp {
  send(letter: { from: string; to: readonly string[]; data: string }): Promise<void>
  close(): void
}

export const openSmtp = async (
  server: MailServer,
  { user, password }: Credential,
  signal: AbortSignal,
): Promise<Smtp> => {
  const wire = await openWire(label, server, signal)

  /** A reply may go on over several lines: `250-` until `250 `. */
  const reply = async (): Promise<Reply> => {
    const lines: string[] = []
    for (;;) {
      const line = await wire.line()
      lines.push(line.slice(4))
      if (!/^\d{3}-/.test(line)) return { code: Number(line.slice(0, 3)), text: lines.join("\n") }
    }
  }
  const say = (line: string) => {
    wire.write(`${line}\r\n`)
    return reply()
  }
  const need = async (given: Promise<Reply>, ...codes: number[]) => {
    const { code, text } = await given
    if (codes.includes(code)) return text
    if (code === 421 || Number.isNaN(code)) throw failed({ label, why: "it ended the connection" })
    const said = untrusted(`${code} ${text.slice(0, 500)}`, { source: "mail server" })
    throw refused({ label, text: said })
  }

  /** Asked whatever the server says it can, so that nobody gains by leaving it out of that. */
  const secure = async () => {
    await need(say("EHLO fased"), 250)
    const { code } = await say("STARTTLS")
    if (code !== 220) throw notSecured({ host: server.host, setting: "smtp" })
    await wire.secure()
  }

  try {
    await need(reply(), 220)
    if (protectionOf(server) === "starttls") await secure()
    const offers = await need(say("EHLO fased"), 250)
    if (!/^AUTH .*\bPLAIN\b/im.test(offers))
      throw failed({ label, why: "it offers no AUTH PLAIN to sign in with" })
    const secret = Buffer.from(`\0${user}\0${password}`).toString("base64")
    const { code } = await say(`AUTH PLAIN ${secret}`)
    if (code !== 235) throw notLetIn({ label, id: "gmail" })
  } catch (error) {
    wire.close()
    throw error
  }

  return {
    async send({ from, to, data }) {
      await need(say(`MAIL FROM:<${from}>`), 250)
      for (const address of to) await need(say(`RCPT TO:<${address}>`), 250, 251)
      await need(say("DATA"), 354)
      // A line that begins with a dot gets another, because a dot alone ends it.
      wire.write(data.replace(/^\./gm, ".."))
      await need(say("."), 250)
    },
    close() {
      wire.write("QUIT\r\n")
      wire.close()
    },
  }
}
