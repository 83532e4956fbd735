import { migrations as accessMigrations } from "../access/schema.ts"
import { migrations as agentMigrations } from "../agent/subagents/store.ts"
import { migrations as approvalsMigrations } from "../approvals/schema.ts"
import {
  migrations as channelsMigrations,
  secretTables as channelsSecrets,
} from "../channels/schema.ts"
import { migrations as cronMigrations } from "../cron/schema.ts"
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
import {
  migrations as modelsMigrations,
  secretTables as modelsSecrets,
} from "../models/auth/schema.ts"
import { migrations as compactionMigrations } from "../sessions/compaction-store.ts"
import { migrations as nodesMigrations } from "../nodes/schema.ts"
import { migrations as outboxMigrations } from "../outbox/schema.ts"
import { migrations as sessionsMigrations } from "../sessions/schema.ts"
import type { Migration } from "../store/database.ts"
import { migrations as usageMigrations } from "../usage/schema.ts"
import { migrations as webhooksMigrations } from "../webhooks/gmail/schema.ts"
import { migrations as v1Migrations } from "../v1/responses-store.ts"

/** Applied in this order to a database that lacks them; only ever added to. */
export const migrations: readonly Migration[] = [
  ...sessionsMigrations,
  ...inboxMigrations,
  ...agentMigrations,
  ...devicesMigrations,
  ...gatewayMigrations,
  ...approvalsMigrations,
  ...mediaMigrations,
  ...compactionMigrations,
  ...modelsMigrations,
  ...usageMigrations,
  ...v1Migrations,
  ...outboxMigrations,
  ...cronMigrations,
  ...accessMigrations,
  ...channelsMigrations,
  ...nodesMigrations,
  ...webhooksMigrations,
]

/** Tables that a backup without secrets leaves empty. */
export const secretTables: readonly string[] = [
  ...devicesSecrets,
  ...gatewaySecrets,
  ...modelsSecrets,
  ...channelsSecrets,
]
