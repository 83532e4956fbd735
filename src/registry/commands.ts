/** Every command a chat understands. */
import * as conversation from "../agent/commands.ts"
import { compactCommand } from "../agent/compaction/command.ts"
import { contextCommand } from "../agent/context-command.ts"
import { approve } from "../approvals/commands.ts"
import type { AnyCommand } from "../kernel/command.ts"
import * as models from "../models/commands.ts"
import { usageCommand } from "../usage/commands.ts"

export const commands: readonly AnyCommand[] = [
  conversation.status,
  conversation.reset,
  conversation.stop,
  compactCommand,
  contextCommand,
  approve,
  models.model,
  models.list,
  usageCommand,
]
