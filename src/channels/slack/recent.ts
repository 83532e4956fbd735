import type { Arrival } from "../../kernel/network.ts"

const most = 500

/** The message that was said last in a room or thread: the one a sign of typing stands at. */
export const createRecent = () => {
  const messages = new Map<string, string>()
  const key = (room: string, thread: string | undefined) => `${room}:${thread ?? ""}`
  return {
    heard({ conversation, id, deed }: Arrival) {
      if (deed.kind !== "message") return
      const place = key(conversation.id, conversation.thread?.id)
      messages.delete(place)
      messages.set(place, id)
      if (messages.size > most) messages.delete(messages.keys().next().value!)
    },
    message: (room: string, thread: string | undefined) => messages.get(key(room, thread)),
  }
}
