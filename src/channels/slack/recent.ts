import type { Arrival } from "../../kernel/network.ts"

const most = 500

/** Who spoke last in a room and with which message, for what Slack wants to know along with a reply. */
export const createRecent = () => {
  const messages = new Map<string, { id: string; user: string }>()
  const key = (room: string, thread: string | undefined) => `${room}:${thread ?? ""}`
  const put = (place: string, said: { id: string; user: string }) => {
    messages.delete(place)
    messages.set(place, said)
    if (messages.size > most) messages.delete(messages.keys().next().value!)
  }
  return {
    heard({ conversation, id, sender, deed }: Arrival) {
      if (deed.kind !== "message") return
      const said = { id, user: sender.ids[0] }
      put(key(conversation.id, conversation.thread?.id), said)
      put(conversation.id, said)
    },
    message: (room: string, thread: string | undefined) => messages.get(key(room, thread))?.id,
    speaker: (room: string) => messages.get(room)?.user,
  }
}
