import { rmSync } from "node:fs"
import { chmod, mkdir, readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import {
  type AuthenticationCreds,
  BufferJSON,
  initAuthCreds,
  proto,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalKeyStore,
} from "baileys"
import { writeFileAtomic } from "fased/channel"

/** What links the account, on disk: the same files that Baileys itself would write. */
export interface Credentials {
  folder: string
  creds: AuthenticationCreds
  keys: SignalKeyStore
  /** It was linked to a phone once. */
  linked(): boolean
  save(): void
  /** Forgets whatever links the account, and nothing else that lies there. Nothing is written any more. */
  remove(): Promise<void>
}

const main = "creds.json"
const spare = "creds.json.bak"

export const openCredentials = async (folder: string): Promise<Credentials> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const fileOf = (name: string) => join(folder, fileName(name))
  // One that does not parse was cut short by another program; the copy is the one before it.
  const creds: AuthenticationCreds =
    (await read(fileOf(main))) ?? (await read(fileOf(spare))) ?? initAuthCreds()
  let removed = false
  const keys: SignalKeyStore = {
    async get<T extends keyof SignalDataTypeMap>(type: T, ids: string[]) {
      const found = await Promise.all(
        ids.map(async (id) => [id, await read(fileOf(`${type}-${id}.json`))] as const),
      )
      return Object.fromEntries(
        found.flatMap(([id, value]) =>
          value ? [[id, type === "app-state-sync-key" ? syncKey(value) : value]] : [],
        ),
      ) as Record<string, SignalDataTypeMap[T]>
    },
    async set(data: SignalDataSet) {
      if (removed) return
      for (const [type, values] of Object.entries(data))
        for (const [id, value] of Object.entries(values ?? {})) {
          const file = fileOf(`${type}-${id}.json`)
          if (value) writeFileAtomic(file, written(value))
          else rmSync(file, { force: true })
        }
    },
  }
  return {
    folder,
    creds,
    keys,
    linked: () => creds.me !== undefined && creds.account !== undefined,
    save() {
      if (removed) return
      const text = written(creds)
      writeFileAtomic(fileOf(main), text)
      writeFileAtomic(fileOf(spare), text)
    },
    async remove() {
      removed = true
      for (const name of await readdir(folder))
        if (name === main || name === spare || kinds.test(name)) rmSync(join(folder, name))
    },
  }
}

const kinds =
  /^(?:pre-key|session|sender-key|sender-key-memory|app-state-sync-key|app-state-sync-version|lid-mapping|device-list|tctoken|identity-key)-.*\.json$/

const fileName = (name: string) => name.replaceAll("/", "__").replaceAll(":", "-")
const written = (value: unknown) => JSON.stringify(value, BufferJSON.replacer)
const syncKey = (value: object) => proto.Message.AppStateSyncKeyData.fromObject(value)

const read = async (file: string) => {
  try {
    return JSON.parse(await readFile(file, "utf8"), BufferJSON.reviver)
  } catch {
    return undefined // not there, or cut short
  }
}
