import type { TurnOptions } from "../kernel/channel.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { Standing } from "../kernel/tool.ts"
import type { Models } from "../models/service.ts"
import type { Directory } from "../sessions/directory.ts"
import type { Message } from "../sessions/message.ts"
import type { Session } from "../sessions/session.ts"
import type { Toolbox } from "../tools/toolbox.ts"
import type { AgentsConfig } from "../agents/config.ts"
import type { Ending } from "./outcome.ts"
import type { ContextParts } from "./provide.ts"

/** What turns work with. */
export interface Workshop extends ContextParts {
  config: () => AgentsConfig
  models: Models
  toolbox: Toolbox
  directory: Directory
  clock: Clock
  log: Log
}

/** What one turn is about. */
export interface Task {
  runId: string
  session: Session
  agentId: string
  workspace: string
  question: Message
  /** What the turn answers as well, said before the question; oldest first. */
  before?: readonly Message[]
  /** Whose turn it is, for the tools it may use. */
  standing: Omit<Standing, "model">
  /** Models to try, best first; empty for the default one. */
  models: readonly string[]
  options: TurnOptions
  timeoutMs: number
  startedAt: number
  /**
   * What was said to steer the turn since it was last asked. It goes in before the next tool call,
   * and the calls that are left of that answer are not made.
   */
  steered(): Message[]
  /** Called once the turn's end is on record, before anyone is told of it. */
  settle(ending: Ending): Promise<void>
}
