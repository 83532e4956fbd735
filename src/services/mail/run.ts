import { untrusted } from "../../kernel/untrusted.ts"
import { answerTo, draftOf, needing, type Reader, shown } from "./letter.ts"
import type { Mailbox } from "./service.ts"
import type { MailSearch, MailWrite } from "./tools.ts"

export const search = async (
  { listFolders, ...wanted }: MailSearch,
  mail: Mailbox,
  signal: AbortSignal,
) => {
  const source = `mailbox, ${wanted.folder}`
  if (listFolders) return untrusted((await mail.folders(signal)).join("\n"), { source: "mailbox" })
  const { total, found } = await mail.search(wanted, signal)
  const lines = found.map(
    ({ uid, date, from, subject, isNew, isFlagged }) =>
      `${uid} ${isNew ? "(unread) " : ""}${isFlagged ? "(marked) " : ""}${date} ${from}: ${subject}`,
  )
  const left = total - found.length
  return (
    untrusted(lines.join("\n") || "[nothing found]", { source }) +
    (left > 0 ? `\n[and ${left} older]` : "")
  )
}

export const read = async (
  place: { folder: string; uid: number },
  mail: Mailbox,
  reader: Reader,
  signal: AbortSignal,
) => shown(await mail.read(place, signal), `mail ${place.uid} in ${place.folder}`, reader)

export const write = async (wish: MailWrite, mail: Mailbox, signal: AbortSignal) => {
  const { action, folder, uids, as, destination } = wish
  const need = needing(action)
  switch (action) {
    case "send": {
      const draft = draftOf(wish)
      await mail.send(draft, signal)
      return `Sent to ${[...draft.to, ...(draft.cc ?? [])].join(", ")}.`
    }
    case "draft":
      return `Left as a draft in ${await mail.draft(draftOf(wish), signal)}.`
    case "reply": {
      const [uid] = need(uids, "uids, with the message to answer")
      const draft = answerTo(await mail.read({ folder, uid: uid! }, signal), wish, mail.address())
      await mail.send(draft, signal)
      return `Answered to ${[...draft.to, ...(draft.cc ?? [])].join(", ")}.`
    }
    case "mark": {
      const marked = need(uids, "uids")
      await mail.mark({ folder, uids: marked }, need(as, "as"), signal)
      return `Marked ${marked.length} as ${as}.`
    }
    case "move": {
      const moved = need(uids, "uids")
      await mail.move({ folder, uids: moved }, need(destination, "a destination"), signal)
      return `Moved ${moved.length} to ${destination}.`
    }
  }
}
