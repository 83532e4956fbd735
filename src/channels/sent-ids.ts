const most = 2000

/** Which messages we sent, as far as is remembered: enough to tell a reaction to one of them. */
export const sentIds = () => {
  const ids = new Set<string>()
  return {
    add(id: string) {
      ids.add(id)
      if (ids.size > most) ids.delete(ids.values().next().value!)
    },
    has: (id: string) => ids.has(id),
  }
}
