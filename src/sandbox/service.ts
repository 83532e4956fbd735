import { service } from "../kernel/service.ts"
import type { Standing } from "../kernel/tool.ts"

/** What holds of a session that is sandboxed. */
export interface Confinement {
  /** The folder on this machine its file tools work in, instead of the agent's workspace. */
  workspace: string
  /** File tools may not change anything. */
  readOnly: boolean
}

/** A container that runs. */
export interface Sandbox extends Confinement {
  container: string
  /** Where the workspace is in the container. */
  workdir: string
  /** The words that run a shell line in it. `id` names the run, so that `end` finds it. */
  words(run: {
    id: string
    command: string
    cwd: string
    env: Readonly<Record<string, string>>
    pty: boolean
    stdin: boolean
  }): string[]
  /** Ends a run and all it started. */
  end(id: string, signal: "TERM" | "KILL"): Promise<void>
}

export type Whose = Pick<Standing, "agentId" | "sessionKey">

/** The containers that sessions run in. */
export interface Sandboxes {
  /** How a session is confined; undefined for one that is not sandboxed. Only reads the config. */
  confinement(whose: Whose): Confinement | undefined
  /** The session's container, made and started where it is not there. Throws `sandbox.*` faults. */
  open(whose: Whose): Promise<Sandbox>
}
export const Sandboxes = service<Sandboxes>("sandboxes")
