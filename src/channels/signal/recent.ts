interface Said {
  author?: string
  text?: string
  reaction?: string
}

export interface Recent {
  said(room: string, at: number, said: { author: string | undefined; text?: string }): void
  author(room: string, at: number): string | undefined
  text(room: string, at: number): string | undefined
  reacted(room: string, at: number, emoji: string | undefined): void
  reaction(room: string, at: number): string | undefined
}

const most = 2_000
const longestText = 300

/** What was said lately, for what Signal wants to know of a message that is quoted or reacted to. */
export const createRecent = (): Recent => {
  const known = new Map<string, Said>()
  const entry = (room: string, at: number): Said => {
    const key = `${room} ${at}`
    const found = known.get(key) ?? {}
    known.set(key, found)
    if (known.size > most) known.delete(known.keys().next().value!)
    return found
  }
  const look = (room: string, at: number) => known.get(`${room} ${at}`)
  return {
    said(room, at, { author, text }) {
      Object.assign(entry(room, at), { author, text: text?.slice(0, longestText) })
    },
    author: (room, at) => look(room, at)?.author,
    text: (room, at) => look(room, at)?.text,
    reacted(room, at, emoji) {
      entry(room, at).reaction = emoji
    },
    reaction: (room, at) => look(room, at)?.reaction,
  }
}
