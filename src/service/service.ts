import { service } from "../kernel/service.ts"
import type { Author } from "./author.ts"
import type { Drift } from "./drift.ts"
import type { Manager, Runtime, Scope } from "./manager.ts"
import type { OtherService } from "./others.ts"
import type { Facts } from "./plan.ts"

/** A service file of this instance, and what is in it. */
export interface Installation {
  manager: Manager
  text: string
  facts: Facts
  author: Author
  /** Why it is somebody's own, which only `--force` replaces; nothing for one that is ours. */
  custom?: string
}

export interface InstallOptions {
  /** Replace what is there, keeping a copy of what somebody wrote by hand. */
  force?: boolean
  /** Only when asked for by hand; else the config names it. */
  port?: number
  /** Whom a system service runs as. */
  user?: { name: string; home: string }
  /** Of the shell, for the service too; secrets among them. They go into a file of their own, 0600. */
  variables?: Readonly<Record<string, string>>
}

export interface Installed {
  outcome: "installed" | "replaced" | "unchanged"
  installation: Installation
  /** Where the file that was there before is kept, if somebody had changed it. */
  backup?: string
  /** The program was put there, for it ran from a place that does not last. */
  placed?: string
}

/** The system's service that keeps this instance's gateway running. */
export interface ServiceManager {
  /** What is installed, the user's own before the machine's. Only reads files. */
  installed(): Installation[]
  runtime(installation: Installation): Promise<Runtime>
  /** How an installed service differs from what `install` would write now. */
  drift(installation: Installation): Drift[]
  /** True in the service's own process tree, which stopping it would end. */
  isInside(): boolean
  install(scope: Scope, options?: InstallOptions): Promise<Installed>
  /** Writes an untouched service file anew, as this version would; what runs goes on running. */
  rewrite(): Promise<void>
  /** The same for a user's own one that another version wrote, and for nothing else. */
  keepCurrent(): Promise<void>
  start(): Promise<Installation>
  /** `absent` when there is no service: then nothing runs that needs stopping. */
  stop(): Promise<"stopped" | "absent">
  /** Once, through the manager; from inside the service without waiting for it. */
  restart(): Promise<Installation>
  uninstall(): Promise<Installation | null>
  /** Whether the user's services outlive the login; undefined where that is no question. */
  lingers(): Promise<boolean | undefined>
  /** What to type for it where only root may say so. */
  readonly lingerCommand: string
  keepLingering(): Promise<void>
  /** Older files that start a gateway of this user's. */
  older(): OtherService[]
  /** Stops an older one and sets its file aside. */
  setAside(older: OtherService): Promise<void>
  /** Every other file on this machine that looks as if it ran a gateway. */
  others(): OtherService[]
  /** Secrets that launchd gives every program, past any config. */
  launchdSecrets(): Promise<string[]>
}
export const ServiceManager = service<ServiceManager>("service manager")
