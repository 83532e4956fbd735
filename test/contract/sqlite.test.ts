import { join } from "node:path"
import { createDeviceStore } from "../../src/devices/store.ts"
import { createInboxStore } from "../../src/inbox/store.ts"
import { migrations } from "../../src/registry.ts"
import { createSessionStore } from "../../src/sessions/store.ts"
import { Database } from "../../src/store/database.ts"
import { createResponseStore } from "../../src/v1/responses-store.ts"
import { temporaryHome } from "../support/gateway.ts"
import { deviceStoreContract } from "./device-store.ts"
import { inboxStoreContract } from "./inbox-store.ts"
import { responseStoreContract } from "./response-store.ts"
import { sessionStoreContract } from "./session-store.ts"
import type { OpenStore } from "./store.ts"

const opening =
  <S>(create: (db: Database) => S): OpenStore<S> =>
  async () => {
    const home = await temporaryHome()
    const open = () => new Database(join(home.path, "fased.db"), migrations)
    let db = open()
    let store = create(db)
    return {
      get store() {
        return store
      },
      async reopen() {
        db.close()
        db = open()
        store = create(db)
      },
      async [Symbol.asyncDispose]() {
        db.close()
        await home[Symbol.asyncDispose]()
      },
    }
  }

sessionStoreContract("SQLite", opening(createSessionStore))
inboxStoreContract("SQLite", opening(createInboxStore))
deviceStoreContract("SQLite", opening(createDeviceStore))
responseStoreContract("SQLite", opening(createResponseStore))
