const most = 2000

/** Which messages we sent, as far as is remembered: enough to tell a reaction to one of them. */
export const recentIds = () => {
  const ids = new Set<string>()
  const key = (chat: string, messageId: string) => `${chat}:${messageId}`
  return {
    add(chat: string, messageId: string) {
      ids.add(key(chat, messageId))
      if (ids.size > most) ids.delete(ids.values().next().value!)
    },
    has: (chat: string, messageId: string) => ids.has(key(chat, messageId)),
  }
}
