import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parseEnv } from "node:util"
import type { Env, Paths } from "./paths.ts"

/** Variables that steer the process or say which instance this is: too late, or too much, for a file. */
const control =
  /^(?:BUN_.*|NODE_.*|LD_.*|DYLD_.*|PATH|HOME|USERPROFILE|FASED_(?:STATE_DIR|CONFIG_PATH|HOME|PROFILE))$/i

/**
 * The environment this instance works with: the process's own, then what `<state>/.env` adds.
 * Nothing that is set is overridden, and no `.env` is ever read from the working directory.
 * `refused` names variables left out, `problem` says why the file could not be read: worth a warning.
 */
export const loadEnv = (
  processEnv: Env,
  { state }: Pick<Paths, "state">,
): { env: Env; file: string; refused: string[]; problem?: string } => {
  const file = join(state, ".env")
  const env = Object.assign(Object.create(null) as Record<string, string | undefined>, processEnv)
  const refused: string[] = []
  const { variables, problem } = readDotenv(file)
  for (const [name, value] of Object.entries(variables)) {
    if (control.test(name)) refused.push(name)
    else if (env[name] === undefined) env[name] = value
  }
  return { env, file, refused, problem }
}

const readDotenv = (file: string): { variables: NodeJS.Dict<string>; problem?: string } => {
  try {
    return { variables: parseEnv(readFileSync(file, "utf8")) }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { variables: {}, ...(code !== "ENOENT" && code !== "ENOTDIR" && { problem: message }) }
  }
}
