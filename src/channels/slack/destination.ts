import type { Part } from "../../kernel/network.ts"
import type { SlackDirectory } from "./directory.ts"
import { SlackRefusal } from "./failures.ts"

/** A person is written to in the room the two of them share; `#name` is looked up. */
export const roomOf = async (
  directory: SlackDirectory,
  { id }: Part["conversation"],
  signal?: AbortSignal,
): Promise<string> => {
  if (/^[UW]/.test(id)) return await directory.directRoom(id, signal)
  if (!id.startsWith("#")) return id
  const found = await directory.named(id)
  if (!found) throw new SlackRefusal("conversations.list", "channel_not_found")
  return found
}

/** What is said in a thread is answered there; an answer to a message of a room opens its thread. */
export const threadOf = ({ conversation, replyTo }: Part) => conversation.thread?.id ?? replyTo
