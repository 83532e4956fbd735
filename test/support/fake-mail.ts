/** An IMAP and an SMTP server with one mailbox, as far as RFC 3501 and 5321 say what is asked here. */
import { readValues, textOf } from "../../src/services/mail/imap-values.ts"

interface Kept {
  uid: number
  raw: string
  flags: Set<string>
}

interface Talk {
  write(data: string | Buffer): unknown
  end(): unknown
}

/** A server that is handed whole lines, and as many bytes as it asks for. */
const lineServer = (
  greet: string,
  begin: (talk: Talk) => (line: string) => number | void,
  taken: (talk: Talk, bytes: Buffer) => void = () => undefined,
) =>
  Bun.listen<{ held: Buffer; wanted: number; line: (line: string) => number | void; talk: Talk }>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        const talk = {
          write: (data: string | Buffer) => socket.write(data),
          end: () => socket.end(),
        }
        socket.data = { held: Buffer.alloc(0), wanted: 0, line: begin(talk), talk }
        socket.write(greet)
      },
      data({ data: state }, chunk) {
        state.held = Buffer.concat([state.held, chunk])
        for (;;) {
          if (state.wanted) {
            if (state.held.length < state.wanted) return
            const bytes = state.held.subarray(0, state.wanted)
            state.held = state.held.subarray(state.wanted)
            state.wanted = 0
            taken(state.talk, bytes)
            continue
          }
          const at = state.held.indexOf("\r\n")
          if (at < 0) return
          const line = state.held.subarray(0, at).toString("utf8")
          state.held = state.held.subarray(at + 2)
          state.wanted = state.line(line) ?? 0
        }
      },
    },
  })

export const fakeMail = ({
  user = "me@example.test",
  password = "app-password",
  capabilities = "IMAP4rev1 MOVE UIDPLUS X-GM-EXT-1",
} = {}) => {
  const folders: Record<string, Kept[]> = { INBOX: [], "[Gmail]/Drafts": [], "Büro & mehr": [] }
  const sent: { from: string; to: string[]; data: string }[] = []
  const searches: string[] = []
  let lastUid = 0
  const state = new WeakMap<Talk, { line: string; literals: Buffer[]; folder?: string }>()

  const deliver = (raw: string, folder = "INBOX", flags: string[] = []) => {
    folders[folder]!.push({
      uid: ++lastUid,
      raw: raw.replace(/\r?\n/g, "\r\n"),
      flags: new Set(flags),
    })
    return lastUid
  }
  const encoded = (name: string) => name.replace("ü", "&APw-").replace(" & ", " &- ")
  const decoded = (name: string) => name.replace("&APw-", "ü").replace(" &- ", " & ")

  const run = (talk: Talk, line: string, literals: readonly Buffer[]) => {
    const [tag, ...words] = readValues(line, literals)
    const own = state.get(talk)!
    const say = (text: string) => talk.write(`* ${text}\r\n`)
    const done = (text = "OK done") => void talk.write(`${textOf(tag)} ${text}\r\n`)
    const first = textOf(words[0]).toUpperCase()
    const name = first === "UID" ? `UID ${textOf(words[1]).toUpperCase()}` : first
    const args = words.slice(first === "UID" ? 2 : 1)
    const box = () => folders[own.folder!]!
    const chosen = () => {
      const uids = textOf(args[0]).split(",").map(Number)
      return box().filter(({ uid }) => uids.includes(uid))
    }
    switch (name) {
      case "LOGIN":
        return textOf(args[0]) === user && textOf(args[1]) === password
          ? done(`OK [CAPABILITY ${capabilities}] in`)
          : done("NO [AUTHENTICATIONFAILED] Invalid credentials")
      case "LIST":
        for (const folder of Object.keys(folders))
          say(
            `LIST (${folder.endsWith("Drafts") ? "\\Drafts" : "\\HasNoChildren"}) "/" "${encoded(folder)}"`,
          )
        return done()
      case "SELECT":
      case "EXAMINE": {
        const folder = decoded(textOf(args[0]))
        if (!folders[folder]) return done("NO [NONEXISTENT] Unknown Mailbox")
        own.folder = folder
        say(`${folders[folder].length} EXISTS`)
        return done()
      }
      case "UID SEARCH": {
        const [, , ...criteria] = args
        searches.push(criteria.map(textOf).join(" "))
        const [key = "ALL", value = ""] = criteria.map((one) => textOf(one).toLowerCase())
        const found = box().filter(({ raw, flags }) => {
          if (key === "unseen") return !flags.has("\\Seen")
          return key === "from" || key === "subject" || key === "text"
            ? raw.toLowerCase().includes(value)
            : true
        })
        say(`SEARCH ${found.map(({ uid }) => uid).join(" ")}`)
        return done()
      }
      case "UID FETCH":
        for (const { uid, raw, flags } of chosen()) {
          const isWhole = line.includes("BODY.PEEK[]")
          const text = Buffer.from(isWhole ? raw : `${raw.split("\r\n\r\n")[0]}\r\n\r\n`)
          const item = isWhole ? "BODY[]<0>" : "BODY[HEADER.FIELDS (DATE FROM SUBJECT)]"
          talk.write(
            `* ${uid} FETCH (UID ${uid} RFC822.SIZE ${raw.length} FLAGS (${[...flags].join(" ")}) ${item} {${text.length}}\r\n`,
          )
          talk.write(text)
          talk.write(")\r\n")
        }
        return done()
      case "UID STORE":
        for (const { flags } of chosen())
          for (const flag of args[2] as string[])
            if (textOf(args[1]).startsWith("+")) flags.add(flag)
            else flags.delete(flag)
        return done()
      case "UID MOVE":
      case "UID COPY": {
        const to = folders[decoded(textOf(args[1]))]
        if (!to) return done("NO [TRYCREATE] no such folder")
        to.push(...chosen().map((one) => ({ ...one, uid: ++lastUid })))
        if (name === "UID MOVE")
          folders[own.folder!] = box().filter((one) => !chosen().includes(one))
        return done()
      }
      case "UID EXPUNGE":
        folders[own.folder!] = box().filter((one) => !chosen().includes(one))
        return done()
      case "APPEND":
        deliver(textOf(args[2]), decoded(textOf(args[0])), ["\\Draft"])
        return done()
      case "LOGOUT":
        say("BYE")
        done()
        return void talk.end()
      default:
        return done("BAD unknown")
    }
  }

  const imap = lineServer(
    "* OK ready\r\n",
    (talk) => {
      state.set(talk, { line: "", literals: [] })
      return (line) => {
        const own = state.get(talk)!
        own.line += line
        const [, size] = /\{(\d+)\}$/.exec(line) ?? []
        if (size !== undefined) {
          talk.write("+ go on\r\n")
          if (size !== "0") return Number(size)
          own.literals.push(Buffer.alloc(0))
          return undefined
        }
        const { literals } = own
        const whole = own.line
        own.line = ""
        own.literals = []
        run(talk, whole, literals)
        return undefined
      }
    },
    (talk, bytes) => void state.get(talk)!.literals.push(Buffer.from(bytes)),
  )

  const smtp = lineServer("220 ready\r\n", (talk) => {
    let letter = { from: "", to: [] as string[], data: "" }
    let isData = false
    let isIn = false
    const say = (text: string) => void talk.write(`${text}\r\n`)
    return (line) => {
      if (isData) {
        if (line !== ".") return void (letter.data += `${line.replace(/^\.\./, ".")}\r\n`)
        isData = false
        sent.push(letter)
        letter = { from: "", to: [], data: "" }
        return say("250 taken")
      }
      const [word = ""] = line.split(/[ :]/)
      const address = /<(.*)>/.exec(line)?.[1] ?? ""
      switch (word) {
        case "EHLO":
          talk.write("250-fake\r\n250-SIZE 1000\r\n")
          return say("250 AUTH LOGIN PLAIN")
        case "AUTH":
          isIn = atob(line.split(" ")[2]!) === `\0${user}\0${password}`
          return say(isIn ? "235 in" : "535 no")
        case "MAIL":
          letter.from = address
          return say(isIn ? "250 ok" : "530 sign in first")
        case "RCPT":
          if (address.startsWith("nobody@")) return say("550 5.1.1 No such user")
          letter.to.push(address)
          return say("250 ok")
        case "DATA":
          isData = true
          return say("354 go on")
        case "QUIT":
          say("221 bye")
          return void talk.end()
        default:
          return say("500 what")
      }
    }
  })

  return {
    folders,
    sent,
    searches,
    deliver,
    settings: {
      user,
      password,
      imap: { host: "127.0.0.1", port: imap.port, tls: false },
      smtp: { host: "127.0.0.1", port: smtp.port, tls: false },
    },
    [Symbol.asyncDispose]: async () => {
      imap.stop(true)
      smtp.stop(true)
    },
  }
}
