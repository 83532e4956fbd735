import { service } from "../kernel/service.ts"
import type { Standing } from "../kernel/tool.ts"

export type Whose = Pick<Standing, "agentId" | "sessionKey">

/** What holds of the file tools of a sandboxed session. */
export interface Confinement {
  /** The folder on this machine they work in, instead of the agent's workspace. */
  workspace: string
  /** They may not change anything. */
  readOnly: boolean
}

/** A container that runs. */
export interface Sandbox extends Confinement {
  container: string
  /** The folder on this machine that is its workspace, and where it is inside. */
  folder: string
  workdir: string
  /** Folders of this machine, and the names they have inside. */
  folders: readonly { here: string; inside: string }[]
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

/** A container of this instance. */
export interface Container {
  name: string
  running: boolean
  image: string
  /** `shared`, `agent:<id>` or a session's key. */
  scope: string
  agentId: string
  /** Names the settings it was made with. */
  form: string
  createdAt?: number
  usedAt?: number
}

/** What a session's container is, or would be. */
export interface Explained extends Confinement {
  mode: string
  access: string
  scope: string
  container: string
  folder: string
  image: string
  form: string
  /** As given to `docker create`. */
  flags: string[]
}

/** The containers that sessions run in. */
export interface Sandboxes {
  /** How a session is confined; undefined for one that is not sandboxed. Only reads the config. */
  confinement(whose: Whose): Confinement | undefined
  /** The session's container, made and started where it is not there. Throws `sandbox.*` faults. */
  open(whose: Whose): Promise<Sandbox>
  list(): Promise<Container[]>
  /** It is made anew when it is needed again. */
  remove(container: string): Promise<void>
  explain(whose: Whose): Explained | undefined
  /** Removes those that were not used for long, or are old. */
  prune(): Promise<void>
}
export const Sandboxes = service<Sandboxes>("sandboxes")
