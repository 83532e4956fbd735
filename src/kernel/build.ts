import { service } from "./service.ts"

/** Which fased this is. */
export interface Build {
  version: string
  /** The compiled file; nothing when run from the sources. */
  binary?: string
}
export const Build = service<Build>("build")
