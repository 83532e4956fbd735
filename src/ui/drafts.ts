type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">

/** What is written but not sent, for each session: it outlives a reload and a lost connection. */
export const createDrafts = (shelf: Shelf) => {
  const name = (key: string) => `fased.draft:${key}`
  return {
    read: (key: string) => shelf.getItem(name(key)) ?? "",
    write(key: string, text: string) {
      if (text) shelf.setItem(name(key), text)
      else shelf.removeItem(name(key))
    },
  }
}

export type Drafts = ReturnType<typeof createDrafts>
