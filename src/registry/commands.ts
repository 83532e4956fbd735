/** Every command a chat understands. */
import { agentCommand } from "../agent/agents/commands.ts"
import * as conversation from "../agent/commands.ts"
import { compactCommand } from "../agent/compaction/command.ts"
import { contextCommand } from "../agent/context-command.ts"
import { exec } from "../agent/directives/exec.ts"
import * as levels from "../agent/directives/levels.ts"
import { queue } from "../agent/directives/queue.ts"
import { bash } from "../agent/bash-command.ts"
import * as gateway from "../agent/gateway-commands.ts"
import * as session from "../agent/session-commands.ts"
import * as subagents from "../agent/subagents/commands.ts"
import { approve } from "../approvals/commands.ts"
import type { AnyCommand } from "../kernel/command.ts"
import * as models from "../models/commands.ts"
import { taskCommand } from "../cron/commands.ts"
import { usageCommand } from "../usage/commands.ts"
import { skillCommand } from "../skills/commands.ts"

export const commands: readonly AnyCommand[] = [
  conversation.status,
  conversation.reset,
  conversation.stop,
  compactCommand,
  contextCommand,
  session.whoami,
  session.send,
  session.activation,
  session.exportSession,
  queue,
  levels.think,
  levels.verbose,
  levels.reasoning,
  levels.elevated,
  exec,
  bash,
  subagents.subagentsCommand,
  subagents.killCommand,
  subagents.steerCommand,
  agentCommand,
  gateway.config,
  gateway.debug,
  gateway.restart,
  approve,
  models.model,
  models.list,
  usageCommand,
  taskCommand,
  skillCommand,
]
