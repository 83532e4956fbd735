/** Every command a chat understands. */
import * as conversation from "../agent/commands.ts"
import { approve } from "../approvals/commands.ts"
import type { AnyCommand } from "../kernel/command.ts"
import * as models from "../models/commands.ts"

export const commands: readonly AnyCommand[] = [
  conversation.status,
  conversation.reset,
  conversation.stop,
  approve,
  models.model,
  models.list,
]
