import type { Connection, Said } from "../../kernel/network.ts"
import type { SlackApi } from "./api.ts"
import { roomOf } from "./destination.ts"
import type { SlackDirectory } from "./directory.ts"
import type { Here } from "./inbound.ts"
import { readText } from "./reading.ts"
import { millis } from "./wire.ts"

interface Message {
  ts: string
  user?: string
  bot_id?: string
  username?: string
  text?: string
}

export const createHistory = (
  api: SlackApi,
  directory: SlackDirectory,
  self: string,
): NonNullable<Connection["history"]> => {
  const said = async ({ ts, user, bot_id: bot, username, text = "" }: Message): Promise<Said> => {
    const sender = await directory.person(user ?? bot ?? "unknown", { name: username })
    return {
      id: ts,
      sender: bot ? { ...sender, bot: true } : sender,
      text: readText(text, self),
      at: millis(ts),
    }
  }
  return async (conversation, { limit, before, after }) => {
    const channel = await roomOf(directory, conversation)
    const thread = conversation.thread?.id
    const { messages } = await api.call<{ messages: Message[] }>(
      thread === undefined ? "conversations.history" : "conversations.replies",
      { channel, ts: thread, limit, latest: before, oldest: after },
    )
    const all = await Promise.all(messages.map(said))
    return all.sort((a, b) => Number(b.id) - Number(a.id)).slice(0, limit)
  }
}

const lookMs = 1_500
/** Slack tells a thread from its beginning; the last of it is what counts. */
const mostRead = 200

/** What was said in a thread before a message: only soon, or not at all. */
export const createEarlier =
  (
    api: SlackApi,
    { directory, threads, user }: Pick<Here, "directory" | "threads" | "user">,
    limit: number,
  ): Here["earlier"] =>
  async (channel, thread, before) => {
    try {
      const { messages } = await api.call<{ messages: Message[] }>(
        "conversations.replies",
        { channel, ts: thread, latest: before, inclusive: false, limit: mostRead },
        AbortSignal.timeout(lookMs),
      )
      if (messages.some((one) => one.user === user)) threads.spoke(channel, thread)
      const told = messages.filter(({ ts, text }) => Number(ts) < Number(before) && text)
      return await Promise.all(
        (limit > 0 ? told.slice(-limit) : []).map(async ({ ts, text = "", ...by }) => ({
          sender: await directory.person(by.user ?? by.bot_id ?? "unknown", { name: by.username }),
          text: readText(text, user),
          at: millis(ts),
        })),
      )
    } catch {
      return undefined
    }
  }
