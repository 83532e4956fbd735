import { accessSync, constants, statSync } from "node:fs"
import { cannotRestart } from "../gateway/faults.ts"

/** What would run in this process's place. */
export interface Successor {
  file: string
  args: readonly string[]
  env: NodeJS.ProcessEnv
}

/**
 * The same program with the same arguments and environment: the compiled file, whatever it holds by
 * then, or the runtime with the sources.
 */
export const successor = (): Successor => {
  const { execPath: file, execArgv, argv, env } = process
  const isCompiled = Bun.main.startsWith("/$bunfs/")
  const program = isCompiled ? [] : [...execArgv, Bun.main]
  return { file, args: [file, ...program, ...argv.slice(2)], env: { ...env } }
}

/** Throws when nothing could be started in this process's place. */
export const checkSuccessor = ({ file }: Successor) => {
  if (!process.execve) throw cannotRestart({ reason: "this system cannot do that" })
  try {
    accessSync(file, constants.X_OK)
  } catch (error) {
    throw cannotRestart({ reason: `there is no program at ${file} any more` }, error)
  }
}

/** Never returns: the process goes on as its successor, under the same id. */
export const restartInPlace = ({ file, args, env }: Successor): never => {
  // The runtime starts in no folder that is gone.
  if (!statSync(".", { throwIfNoEntry: false })?.nlink) process.chdir("/")
  return process.execve!(file, args, env)
}
