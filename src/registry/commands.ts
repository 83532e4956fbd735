/** Every command a chat understands. */
import * as conversation from "../agent/commands.ts"
import { compactCommand } from "../agent/compaction/command.ts"
import { contextCommand } from "../agent/context-command.ts"
import { exec } from "../agent/directives/exec.ts"
import * as levels from "../agent/directives/levels.ts"
import { queue } from "../agent/directives/queue.ts"
import { approve } from "../approvals/commands.ts"
import type { AnyCommand } from "../kernel/command.ts"
import * as models from "../models/commands.ts"
import { usageCommand } from "../usage/commands.ts"
import { skillCommand } from "../skills/commands.ts"

export const commands: readonly AnyCommand[] = [
  conversation.status,
  conversation.reset,
  conversation.stop,
  compactCommand,
  contextCommand,
  queue,
  levels.think,
  levels.verbose,
  levels.reasoning,
  levels.elevated,
  exec,
  approve,
  models.model,
  models.list,
  usageCommand,
  skillCommand,
]
