import {
  migrations as devicesMigrations,
  secretTables as devicesSecrets,
} from "../devices/schema.ts"
import {
  migrations as gatewayMigrations,
  secretTables as gatewaySecrets,
} from "../gateway/store.ts"
import { migrations as inboxMigrations } from "../inbox/store.ts"
import { migrations as mediaMigrations } from "../media/store.ts"
import { migrations as sessionsMigrations } from "../sessions/schema.ts"
import type { Migration } from "../store/database.ts"

/** Applied in this order to a database that lacks them; only ever added to. */
export const migrations: readonly Migration[] = [
  ...sessionsMigrations,
  ...inboxMigrations,
  ...devicesMigrations,
  ...gatewayMigrations,
  ...mediaMigrations,
]

/** Tables that a backup without secrets leaves empty. */
export const secretTables: readonly string[] = [...devicesSecrets, ...gatewaySecrets]
