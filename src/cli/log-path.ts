import { resolve } from "node:path"
import { expandTilde } from "../config/paths.ts"
import { datedFile, seriesOf } from "../logs/files.ts"
import type { Context } from "./command.ts"
import { readSettings } from "./instance.ts"

type Instance = Pick<Context, "paths" | "env">

/** The file the log of this instance goes to, or went to last: `logging.file`, or one a day. */
export const logFileOf = ({ paths, env }: Instance) => {
  const { file } = readSettings("logging", paths, env)
  if (typeof file === "string" && file)
    return resolve(paths.logs, expandTilde(file, env.HOME ?? paths.home))
  const today = datedFile(paths.logs, Date.now())
  return seriesOf(today).at(-1)?.path ?? today
}
