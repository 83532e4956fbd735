import type { SessionRow } from "../../frames.ts"
import type { Gateway } from "../../gateway.ts"
import { confirmed } from "../../parts/question.tsx"
import { toast } from "../../parts/toast.tsx"
import { saveFile } from "../../save-file.ts"
import { bytes, counted, sessionTitle } from "../../words.ts"

const named = (row: SessionRow) => `“${sessionTitle(row)}”`

/** What can be done with a session. Each resolves to whether it was done; a failure rejects. */
export const archive = async (gateway: Gateway, row: SessionRow) => {
  const isMeant = await confirmed({
    title: "Archive this conversation?",
    text: `${named(row)} leaves the list, and a new message under its key begins a new conversation. Its transcript is kept: the search finds what was said, and the Sessions page brings it back.`,
    action: "Archive",
  })
  if (!isMeant) return false
  await gateway.call("sessions.delete", { key: row.key })
  toast(`Archived ${named(row)}.`)
  return true
}

export const erase = async (gateway: Gateway, row: SessionRow) => {
  const isMeant = await confirmed({
    title: "Delete this conversation for good?",
    text: `${named(row)} (${row.key}) goes, with every message and file in its transcript. It cannot be brought back, other than from a backup.`,
    action: "Delete for good",
    isDestructive: true,
  })
  if (!isMeant) return false
  await gateway.call("sessions.delete", { key: row.key, deleteTranscript: true })
  toast(`Deleted ${named(row)}.`)
  return true
}

export const startAfresh = async (gateway: Gateway, row: SessionRow) => {
  const isMeant = await confirmed({
    title: "Start this conversation afresh?",
    text: `The agent forgets what was said in ${named(row)}. Its transcript until now is archived, from where it can be brought back beside this one; the key stays.`,
    action: "Start afresh",
    isDestructive: true,
  })
  if (!isMeant) return false
  await gateway.call("sessions.reset", { key: row.key, reason: "reset" })
  toast(`${named(row)} begins anew.`)
  return true
}

/** Its transcript as a file, a line of JSON for each entry. */
export const exportTranscript = async (gateway: Gateway, { key }: SessionRow) => {
  const parts: string[] = []
  let part = await gateway.call("sessions.export", { key })
  for (;;) {
    parts.push(...part.lines.map((line) => `${line}\n`))
    if (part.next === null) break
    const { next: after, lastId, sessionId } = part
    part = await gateway.call("sessions.export", {
      key,
      after,
      sessionId,
      ...(lastId && { parentId: lastId }),
    })
  }
  saveFile(`${key.replace(/[^\w-]+/g, "-")}.jsonl`, "application/x-ndjson", parts)
}

/** Applies what the config says of old sessions, after telling how many that are. */
export const cleanUp = async (gateway: Gateway) => {
  const { stores, archivesRemoved, evicted, bytesBefore, bytesAfter } = await gateway.call(
    "sessions.cleanup",
    {},
  )
  const old = stores.reduce((sum, { pruned }) => sum + pruned, 0)
  const over = stores.reduce((sum, { capped }) => sum + capped, 0)
  if (old + over + archivesRemoved + evicted === 0)
    return toast("There is nothing to clean up: everything is as session.maintenance keeps it.")
  const what = [
    old && `${counted(old, "session")} not used for long ${old === 1 ? "is" : "are"} archived`,
    over && `${counted(over, "session")} over the limit ${over === 1 ? "is" : "are"} archived`,
    archivesRemoved && `${counted(archivesRemoved, "old archive")} go for good`,
    evicted && `${counted(evicted, "archive")} go to keep to the limit of space`,
  ].filter(Boolean)
  const isMeant = await confirmed({
    title: "Clean up?",
    text: `${what.join(", ")}. ${bytes(Math.max(0, bytesBefore - bytesAfter))} become free. Which ones that is, the settings under session.maintenance say.`,
    action: "Clean up",
    isDestructive: true,
  })
  if (!isMeant) return
  await gateway.call("sessions.cleanup", { enforce: true })
  toast("Cleaned up.")
}
