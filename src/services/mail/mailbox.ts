import { randomUUID } from "node:crypto"
import type { Clock } from "../../kernel/clock.ts"
import { incomplete, notFound, notReady, outOfBounds, refused } from "../faults.ts"
import { compose } from "./compose.ts"
import { type Imap, mailbox as folderWord, openImap, type Word } from "./imap.ts"
import { decodeMailbox, textOf, type Value } from "./imap-values.ts"
import { readHeaders, readMessage } from "./message.ts"
import type { Draft, Found, Mailbox, Mark, Wanted } from "./service.ts"
import { type MailSettings, mayWriteTo } from "./settings.ts"
import { openSmtp } from "./smtp.ts"

const label = "The mailbox"
const mostMessageBytes = 5_000_000
const listed = "BODY.PEEK[HEADER.FIELDS (DATE FROM SUBJECT)]"

export const createMailbox = (config: () => MailSettings, clock: Clock): Mailbox => {
  const credential = () => {
    const { user, password } = config()
    if (!user || !password)
      throw notReady({ label, id: "gmail", why: "services.gmail lacks a user or a password." })
    return { user, password }
  }

  const within = async <T>(signal: AbortSignal, work: (imap: Imap) => Promise<T>): Promise<T> => {
    const imap = await openImap(config().imap, credential(), signal)
    try {
      return await work(imap)
    } finally {
      imap.close()
    }
  }

  const open = async (imap: Imap, folder: string, how: "EXAMINE" | "SELECT" = "EXAMINE") => {
    try {
      return await imap.open(folder, how)
    } catch (error) {
      if (!refused.is(error)) throw error
      const known = (await foldersOf(imap)).map(({ name }) => name).slice(0, 50)
      throw notFound(
        { label, what: `folder ${folder.slice(0, 60)}; it has ${known.join(", ")}` },
        error,
      )
    }
  }

  const letter = (draft: Draft) => {
    const { user } = credential()
    for (const address of [...draft.to, ...(draft.cc ?? [])])
      if (!mayWriteTo(address, config()))
        throw outOfBounds({ what: address, setting: "services.gmail.recipients" })
    const id = `${randomUUID()}@${user.split("@").at(-1)}`
    return { id, data: compose({ ...draft, from: user, id, at: new Date(clock.now()) }) }
  }

  const change = (
    { folder, uids }: { folder: string; uids: readonly number[] },
    signal: AbortSignal,
    work: (imap: Imap, set: string) => Promise<void>,
  ) =>
    within(signal, async (imap) => {
      await open(imap, folder, "SELECT")
      await work(imap, uids.join(","))
    })

  return {
    address: () => credential().user,
    folders: (signal) =>
      within(signal, async (imap) => (await foldersOf(imap)).map(({ name }) => name)),

    search: (wanted, signal) =>
      within(signal, async (imap) => {
        await open(imap, wanted.folder)
        const answers = await imap.command("UID SEARCH CHARSET UTF-8", ...criteria(wanted, imap))
        const uids = answers
          .filter(([word]) => textOf(word).toUpperCase() === "SEARCH")
          .flatMap(([, ...found]) => found.map((one) => Number(textOf(one))))
          .filter(Number.isSafeInteger)
          .toSorted((a, b) => b - a)
        const shown = uids.slice(0, wanted.limit)
        if (!shown.length) return { total: 0, found: [] }
        const rows = await imap.command(`UID FETCH ${shown.join(",")} (UID FLAGS ${listed})`)
        const found = rows.flatMap((row) => foundIn(row) ?? []).toSorted((a, b) => b.uid - a.uid)
        return { total: uids.length, found }
      }),

    read: ({ folder, uid }, signal) =>
      within(signal, async (imap) => {
        await open(imap, folder)
        const rows = await imap.command(
          `UID FETCH ${uid} (RFC822.SIZE BODY.PEEK[]<0.${mostMessageBytes}>)`,
        )
        const items = rows.map(itemsOf).find((items) => items?.has("BODY[]<0>"))
        const raw = items?.get("BODY[]<0>")
        if (!items || raw == null) throw notFound({ label, what: `message ${uid} in ${folder}` })
        const { header, ...parts } = readMessage(bytesOf(raw))
        return {
          from: header("from"),
          to: header("to"),
          cc: header("cc"),
          replyTo: header("reply-to"),
          date: header("date"),
          subject: header("subject"),
          id: header("message-id"),
          references: header("references"),
          ...parts,
          cut: Number(textOf(items.get("RFC822.SIZE"))) > mostMessageBytes,
        }
      }),

    async send(draft, signal) {
      const { id, data } = letter(draft)
      const smtp = await openSmtp(config().smtp, credential(), signal)
      try {
        const to = [...new Set([...draft.to, ...(draft.cc ?? [])])]
        await smtp.send({ from: credential().user, to, data })
      } finally {
        smtp.close()
      }
      return id
    },

    draft: (draft, signal) =>
      within(signal, async (imap) => {
        const { data } = letter(draft)
        const folders = await foldersOf(imap)
        const { name } = folders.find(({ flags }) => flags.includes("\\DRAFTS")) ??
          folders.find(({ name }) => /^drafts$/i.test(name)) ?? { name: "INBOX" }
        await imap.command("APPEND", folderWord(name), "(\\Draft \\Seen)", { literal: data })
        return name
      }),

    mark: (place, as, signal) =>
      change(place, signal, async (imap, set) => {
        await imap.command(`UID STORE ${set} ${flagChange[as]}`)
      }),

    move: (place, to, signal) =>
      change(place, signal, async (imap, set) => {
        if (imap.has("MOVE")) return void (await imap.command(`UID MOVE ${set}`, folderWord(to)))
        await imap.command(`UID COPY ${set}`, folderWord(to))
        await imap.command(`UID STORE ${set} +FLAGS.SILENT (\\Deleted)`)
        // Without UIDPLUS an EXPUNGE would also take what others marked; those stay marked.
        if (imap.has("UIDPLUS")) await imap.command(`UID EXPUNGE ${set}`)
      }),

    whoAmI: (signal) =>
      within(signal, async (imap) => {
        const count = await imap.open("INBOX", "EXAMINE")
        if (config().access === "write")
          (await openSmtp(config().smtp, credential(), signal)).close()
        return `as ${credential().user}, with ${count} messages in INBOX`
      }),
  }
}

const flagChange: Record<Mark, string> = {
  read: "+FLAGS.SILENT (\\Seen)",
  unread: "-FLAGS.SILENT (\\Seen)",
  flagged: "+FLAGS.SILENT (\\Flagged)",
  unflagged: "-FLAGS.SILENT (\\Flagged)",
}

const foldersOf = async (imap: Imap) => {
  const answers = await imap.command("LIST", '""', '"*"')
  return answers.flatMap(([word, flags, , name]) =>
    textOf(word).toUpperCase() === "LIST"
      ? [
          {
            name: decodeMailbox(textOf(name)),
            flags: Array.isArray(flags) ? flags.map((flag) => textOf(flag).toUpperCase()) : [],
          },
        ]
      : [],
  )
}

const criteria = (wanted: Wanted, imap: Imap): Word[] => {
  const { from, to, subject, text, since, before, unread, flagged, query } = wanted
  if (query !== undefined && !imap.has("X-GM-EXT-1"))
    throw incomplete({ action: "query", needs: "Gmail; this mailbox is at another server" })
  const words = (key: string, value: string | undefined): Word[] =>
    value === undefined ? [] : [key, { literal: value }]
  const found: Word[] = [
    ...words("FROM", from),
    ...words("TO", to),
    ...words("SUBJECT", subject),
    ...words("TEXT", text),
    ...words("X-GM-RAW", query),
    ...(since ? [`SINCE ${dayOf(since)}`] : []),
    ...(before ? [`BEFORE ${dayOf(before)}`] : []),
    ...(unread ? ["UNSEEN"] : []),
    ...(flagged ? ["FLAGGED"] : []),
  ]
  return found.length ? found : ["ALL"]
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
const dayOf = (iso: string) => {
  const [year, month, day] = iso.split("-")
  return `${Number(day)}-${months[Number(month) - 1]}-${year}`
}

/** `12 FETCH (UID 5 FLAGS (\Seen) …)` by the names of its items. */
const itemsOf = (row: Value[]): Map<string, Value> | undefined => {
  const [, word, list] = row
  if (textOf(word).toUpperCase() !== "FETCH" || !Array.isArray(list)) return undefined
  const items = new Map<string, Value>()
  for (let at = 0; at + 1 < list.length; at += 2)
    items.set(textOf(list[at]).toUpperCase(), list[at + 1]!)
  return items
}

const bytesOf = (value: Value) => (Buffer.isBuffer(value) ? value : Buffer.from(textOf(value)))

const foundIn = (row: Value[]): Found | undefined => {
  const items = itemsOf(row)
  const uid = Number(textOf(items?.get("UID")))
  if (!items || !uid) return undefined
  const [, head = null] = [...items].find(([name]) => name.startsWith("BODY[HEADER")) ?? []
  const header = readHeaders(bytesOf(head))
  const given = items.get("FLAGS")
  const flags = Array.isArray(given) ? given.map((flag) => textOf(flag).toLowerCase()) : []
  return {
    uid,
    date: header("date"),
    from: header("from"),
    subject: header("subject"),
    isNew: !flags.includes("\\seen"),
    isFlagged: flags.includes("\\flagged"),
  }
}
