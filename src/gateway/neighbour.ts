import { service } from "../kernel/service.ts"

/** How this instance's gateway looks from outside. */
export type Neighbour =
  | { state: "running"; version: string | undefined }
  /** One is there, this instance's or not, and does not let us in. */
  | { state: "refuses"; isOurs: boolean; problem: string; hint?: string }
  /** Its process is there, and nobody answers. */
  | { state: "silent"; pid: number; url: string }
  | { state: "absent" }
  /** The config names one on another machine. */
  | { state: "elsewhere"; url: string }
export const Neighbour = service<Neighbour>("neighbour")
