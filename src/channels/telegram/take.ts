import type { ConnectContext } from "../../kernel/connect-context.ts"
import type { Heard } from "../../kernel/network.ts"
import { type BotApi, BotApiError } from "./api.ts"
import { piecesOf, type Reading } from "./inbound.ts"
import { joiner } from "./join.ts"
import { hasButtons } from "./places.ts"
import { conversationOf } from "./people.ts"
import type { TakeUpdate } from "./poll.ts"
import type { TelegramSettings } from "./settings.ts"
import type { stickerBook } from "./stickers.ts"
import { done, type Update, update } from "./wire.ts"

interface Taking {
  api: BotApi
  settings: Pick<TelegramSettings, "capabilities">
  context: Pick<ConnectContext, "arrived" | "renamed" | "clock" | "log">
  stickers: Pick<ReturnType<typeof stickerBook>, "note">
  reading: Reading
  signal: AbortSignal
}

/** Takes in one update, however it came. Settles once it may be acknowledged. */
export const takeUpdates = (taking: Taking): TakeUpdate => {
  const { api, settings, context, stickers, reading, signal } = taking
  const { log } = context
  const join = joiner(context.clock, async (arrival) => {
    signal.throwIfAborted() // what was held back comes again to whoever is next
    return context.arrived(arrival)
  })
  const scope = settings.capabilities.inlineButtons

  /** A button shows that it is working until it is answered. */
  const answerPress = async (id: string, heard: Heard | undefined) => {
    const say = heard?.kind === "dropped" ? heard.say : undefined
    const params = { callback_query_id: id, ...(say && { text: say.slice(0, 200).toWellFormed() }) }
    await api.call("answerCallbackQuery", done, params).catch((error: unknown) => {
      if (error instanceof BotApiError) log.debug("press not answered", { reason: error.message })
    })
  }

  const press = async (query: NonNullable<Update["callback_query"]>, whole: Update) => {
    const place = query.message && conversationOf(query.message.chat)
    const counts = place && hasButtons(scope, place.kind)
    const [piece] = counts ? piecesOf(whole, reading) : []
    const heard = piece && (await join(piece))
    void answerPress(query.id, heard)
  }

  return async (raw) => {
    const parsed = update.safeParse(raw)
    if (!parsed.success) {
      log.warn("update not understood", { reason: parsed.error.issues[0]?.message })
      return
    }
    const { message, callback_query: query } = parsed.data
    if (message?.migrate_to_chat_id)
      return context.renamed("group", String(message.chat.id), String(message.migrate_to_chat_id))
    if (query) return press(query, parsed.data)
    stickers.note(parsed.data)
    await Promise.all(piecesOf(parsed.data, reading).map((piece) => join(piece)))
  }
}
