import { resolvePaths } from "../../../src/config/paths.ts"
import { ProfileBook } from "../../../src/models/auth/book.ts"
import { auth, type AuthConfig } from "../../../src/models/auth/config.ts"
import { noLogin } from "../../../src/models/auth/faults.ts"
import type { Profile } from "../../../src/models/auth/profile.ts"
import { unused } from "../../../src/models/auth/profile.ts"
import type { ModelAuth } from "../../../src/models/auth/service.ts"
import { type AuthStore, createAuthStore } from "../../../src/models/auth/store.ts"
import { migrations } from "../../../src/registry/migrations.ts"
import { Database } from "../../../src/store/database.ts"
import { silentLog } from "../../support/silent-log.ts"
import { turnableClock } from "../../support/turnable-clock.ts"

export const paths = resolvePaths({ HOME: "/home/ada" })

export const keyProfile = (id: string, more: Partial<Profile> = {}): Profile => ({
  agentId: "main",
  id,
  provider: id.split(":")[0]!,
  credential: { type: "api_key", key: `sk-${id}-0123456789` },
  usage: unused,
  ...more,
})

export const memoryDatabase = () => new Database(":memory:", migrations)

/** A book on a store, as a start would open it. */
export const bookOn = async (
  store: AuthStore,
  { config = {}, clock = turnableClock() }: { config?: object; clock?: { now(): number } } = {},
) => {
  const settings: AuthConfig = auth.schema.parse(config)
  return new ProfileBook({
    kept: await store.all(),
    store,
    config: () => settings,
    mainAgent: () => "main",
    clock,
    log: silentLog,
  })
}

export const freshStore = () => createAuthStore(memoryDatabase())

/** The service without sign-ins under way and without a network. */
export const authWith = (book: ProfileBook, keys: Partial<ModelAuth["keys"]> = {}): ModelAuth => ({
  book,
  keys: {
    current: async (wanted) => {
      const { credential } = book.current(wanted)
      return { key: credential.type === "api_key" ? credential.key! : "", bearer: false }
    },
    refused: () => {},
    ...keys,
  },
  logins: {
    begin: () => Promise.reject(new Error("no network")),
    finish: () => Promise.reject(new Error("no network")),
    cancel: () => false,
  },
  login: (provider) => {
    throw noLogin({ provider, known: [] })
  },
  mainAgent: () => "main",
  cooldowns: () => auth.schema.parse({}).cooldowns,
})
