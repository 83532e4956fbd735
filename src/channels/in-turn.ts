/** One after another for each key, side by side otherwise. What fails holds up nothing. */
export const inTurn = () => {
  const last = new Map<string, Promise<unknown>>()
  return <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work, work)
    last.set(key, mine)
    const forget = () => void (last.get(key) === mine && last.delete(key))
    mine.then(forget, forget)
    return mine
  }
}
