import type { TurnOptions } from "../kernel/channel.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { Models } from "../models/service.ts"
import type { Directory } from "../sessions/directory.ts"
import type { Message } from "../sessions/message.ts"
import type { Session } from "../sessions/session.ts"
import type { Toolbox } from "../tools/toolbox.ts"
import type { Briefing } from "./briefing.ts"

/** What turns work with. */
export interface Workshop {
  models: Models
  toolbox: Toolbox
  directory: Directory
  briefing: Briefing
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
  /** True when an operator asked; owner-only tools need it. */
  owner: boolean
  /** Models to try, best first; empty for the default one. */
  models: readonly string[]
  options: TurnOptions
  timeoutMs: number
  startedAt: number
  /** Called once the turn's end is on record, before anyone is told of it. */
  settle(): Promise<void>
}
