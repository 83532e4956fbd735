import type { WAMessage } from "baileys"

const most = 1_000

/** Messages of late, by id: to quote them, to react to them, to say again what a device could not read. */
export interface Recent {
  add(message: WAMessage): void
  get(id: string): WAMessage | undefined
}

export const createRecent = (): Recent => {
  const messages = new Map<string, WAMessage>()
  return {
    add(message) {
      if (!message.key.id) return
      messages.delete(message.key.id)
      messages.set(message.key.id, message)
      for (const oldest of messages.keys()) {
        if (messages.size <= most) break
        messages.delete(oldest)
      }
    },
    get: (id) => messages.get(id),
  }
}
