/** People, groups and messages by their ids. */
import type { Conversation } from "../../kernel/network.ts"

const number = /^\+[1-9]\d{5,14}$/
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const groupId = /^[A-Za-z0-9+/_-]{8,}={0,2}$/

/** `+E164`, or `uuid:…`; undefined for what is no stable id of a person. */
export const personId = (text: string): string | undefined => {
  const bare = text.trim().replace(/^(?:signal|uuid|tel):/i, "")
  if (uuid.test(bare)) return `uuid:${bare.toLowerCase()}`
  const digits = bare.replace(/[\s().-]/g, "")
  return number.test(digits) ? digits : undefined
}

export const normalize = (entry: string): string | undefined =>
  entry.trim() === "*" ? "*" : personId(entry)

/** `+E164`, `uuid:…`, `group:…` and `username:…`, each also after `signal:`. */
export const target = (text: string): Conversation | { problem: string } => {
  const bare = text.trim().replace(/^signal:/i, "")
  const [, kind, id = ""] = /^(group|username):(.+)$/i.exec(bare) ?? []
  if (kind?.toLowerCase() === "group" && groupId.test(id)) return { id, kind: "group" }
  if (kind?.toLowerCase() === "username" && /^[\w]{3,32}\.\d{2,9}$/.test(id))
    return { id: `username:${id}`, kind: "direct" }
  const person = personId(bare)
  if (person) return { id: person, kind: "direct" }
  return { problem: "Signal targets are +4915112345678, uuid:…, username:name.12 or group:…" }
}

/** How the daemon is told where something goes. */
export const recipientOf = ({
  id,
  kind,
}: Pick<Conversation, "id" | "kind">): Record<string, unknown> => {
  if (id.startsWith("username:")) return { username: [id.slice("username:".length)] }
  const person = personId(id)
  if (person && kind !== "group") return { recipient: [addressOf(person)] }
  return { groupId: id }
}

/** Without our own mark before a UUID. */
export const addressOf = (person: string) => person.replace(/^uuid:/, "")

/**
 * A message is known by when its sender sent it, and in a group by the sender as well: two may send at
 * once, and anybody can claim a time.
 */
export const messageId = (at: number, author: string | undefined) =>
  author === undefined ? String(at) : `${at}:${author}`

export const readMessageId = (
  id: string,
): { at: number; author: string | undefined } | undefined => {
  const [, at, author] = /^(\d{10,16})(?::(.+))?$/.exec(id) ?? []
  return at === undefined ? undefined : { at: Number(at), author: author && personId(author) }
}
