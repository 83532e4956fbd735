import { accessSync, constants, statSync } from "node:fs"
import { basename, delimiter, isAbsolute } from "node:path"
import { askLoginPath } from "../config/login-shell.ts"
import type { Env } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import { service } from "../kernel/service.ts"

const isProgram = (path: string) => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Shells that understand what models write. */
const usual = new Set(["sh", "bash", "dash", "zsh", "ksh", "ash", "busybox"])

/** The shell that commands are written for: the user's own, unless it speaks a language of its own. */
export const shellOf = (env: Env): string => {
  const own = env.SHELL ?? ""
  if (isAbsolute(own) && usual.has(basename(own)) && isProgram(own)) return own
  return ["/bin/bash", "/usr/bin/bash"].find(isProgram) ?? "/bin/sh"
}

const loginMs = 5000

export interface Shell {
  /** The shell that runs commands, absolute. */
  readonly program: string
  /** Where programs are looked for: `first`, then the login shell's folders, then our own. */
  path(first: readonly string[]): Promise<string>
}
export const Shell = service<Shell>("exec shell")

/** The login shell is asked for its PATH once, with the first command. */
export const createShell = (env: Env, clock: Clock): Shell => {
  let asked: Promise<string | undefined> | undefined
  return {
    program: shellOf(env),
    async path(first) {
      const login = await (asked ??= askLoginPath(env, clock, loginMs))
      const folders = [...first, ...split(login), ...split(env.PATH)]
      // A folder by a relative name is another one for every command.
      return (
        [...new Set(folders.filter(isAbsolute))].join(delimiter) || "/usr/local/bin:/usr/bin:/bin"
      )
    },
  }
}
const split = (path = "") => path.split(delimiter).filter(Boolean)
