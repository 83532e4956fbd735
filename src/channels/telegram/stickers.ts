import type { ConnectContext } from "../../kernel/connect-context.ts"
import * as z from "zod"
import type { Update } from "./wire.ts"

const sticker = z.object({
  id: z.string(),
  fileId: z.string(),
  emoji: z.string().optional(),
  set: z.string().optional(),
})
type Sticker = z.infer<typeof sticker>

const key = "stickers"
const most = 200

/** Stickers that people sent: the bot can only send what it has seen. The latest come first. */
export const stickerBook = ({ memory, log }: Pick<ConnectContext, "memory" | "log">) => {
  let known = read(memory.get(key))
  return {
    note({ message }: Update) {
      const seen = message?.sticker
      if (!seen || known[0]?.id === seen.file_unique_id) return
      const entry: Sticker = {
        id: seen.file_unique_id,
        fileId: seen.file_id,
        emoji: seen.emoji,
        set: seen.set_name,
      }
      known = [entry, ...known.filter(({ id }) => id !== entry.id)].slice(0, most)
      memory.set(key, JSON.stringify(known)).catch((error: unknown) => {
        log.warn("sticker not kept", { reason: String(error) })
      })
    },
    find(query: string, limit: number) {
      const wanted = query.trim().toLowerCase()
      return known
        .filter(({ emoji, set }) => emoji === wanted || set?.toLowerCase().includes(wanted))
        .slice(0, limit)
        .map(({ fileId, emoji, set }) => ({ fileId, emoji, set }))
    },
  }
}

const read = (stored: string | undefined): readonly Sticker[] => {
  if (!stored) return []
  const parsed = sticker.array().safeParse(JSON.parse(stored))
  return parsed.success ? parsed.data : []
}
