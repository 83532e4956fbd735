/** What this browser remembers of this gateway. IndexedDB, so that a key can be kept unreadable. */
export interface Vault {
  get<T>(name: string): Promise<T | undefined>
  set(name: string, value: unknown): Promise<void>
  remove(name: string): Promise<void>
}

export const memoryVault = (): Vault => {
  const values = new Map<string, unknown>()
  return {
    get: async <T>(name: string) => values.get(name) as T | undefined,
    set: async (name, value) => void values.set(name, value),
    remove: async (name) => void values.delete(name),
  }
}

const finished = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

/** Falls back to memory where the browser keeps nothing, such as some private windows. */
export const openVault = async (): Promise<Vault> => {
  try {
    const opening = indexedDB.open("fased", 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore("kept")
    const database = await finished(opening)
    const kept = (mode: IDBTransactionMode) =>
      database.transaction("kept", mode).objectStore("kept")
    return {
      get: <T>(name: string) => finished<T | undefined>(kept("readonly").get(name)),
      set: async (name, value) => void (await finished(kept("readwrite").put(value, name))),
      remove: async (name) => void (await finished(kept("readwrite").delete(name))),
    }
  } catch {
    return memoryVault()
  }
}
