import { join } from "node:path"
import type { Env } from "../config/paths.ts"
import { cleanEnvironment } from "../exec/environment.ts"
import type { HostCommand } from "./process.ts"

/** The name by which this program is the host of a plugin. */
const hostWord = "plugin-host"

/** This program again, compiled or from its sources, with an environment that holds no secret. */
export const hostCommand = (binary: string | undefined, env: Env): HostCommand => ({
  words: binary
    ? [binary, hostWord]
    : [process.execPath, join(import.meta.dir, "../main.ts"), hostWord],
  env: cleanEnvironment(env),
})
