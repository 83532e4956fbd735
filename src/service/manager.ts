import type { Author } from "./author.ts"
import type { Facts, Plan } from "./plan.ts"

export type Scope = "user" | "system"

/** What the service manager says of the service's process. */
export interface Runtime {
  state: "running" | "starting" | "stopping" | "stopped" | "failed" | "unknown"
  /** The manager has read the file; false for one it does not know yet. */
  loaded: boolean
  /** Starts by itself with the session or the machine; undefined where the manager will not say. */
  enabled?: boolean
  pid?: number
  /** How the last process ended, or why nothing is known. */
  detail?: string
  /** How often it was brought back. */
  restarts?: number
  /** The gateway's own word. */
  status?: string
  /** What it printed last before it failed: a start that is refused leaves nothing in its own log. */
  lastWords?: readonly string[]
}

/** One way to keep a gateway running: systemd for a user or for the machine, or launchd. */
export interface Manager {
  readonly kind: "systemd" | "launchd"
  readonly scope: Scope
  /** What people call it: `systemd user service`. */
  readonly title: string
  /** The unit or label, and the file it is written in. */
  readonly name: string
  readonly path: string
  /** The file that `install` writes for a plan. */
  render(plan: Plan): string
  read(text: string): Facts
  author(text: string): Author
  runtime(): Promise<Runtime>
  /** Writes the file, has it read, makes it start by itself, and starts it or what it replaces anew. */
  install(text: string): Promise<void>
  /** Writes the file and has it read; what runs goes on running. */
  rewrite(text: string): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
  /** Once, through the manager. `wait: false` leaves it to the manager, for a caller it would end. */
  restart(options: { wait: boolean }): Promise<void>
  uninstall(): Promise<void>
}
