import { existsSync, readFileSync, realpathSync, statSync } from "node:fs"
import { join } from "node:path"
import type { Env } from "../config/paths.ts"
import { fault } from "../kernel/fault.ts"
import { writeFileAtomic } from "../store/files.ts"

const first = "# >>> fased completion >>>"
const last = "# <<< fased completion <<<"

export const blockBroken = fault<{ path: string }>("cli.block-broken", {
  status: 409,
  message: ({ path }) => `${path} has the beginning of fased's block but not its end.`,
  hint: () => `Remove the line "${first}" and what belongs to it, then run this again.`,
})

/** Shells whose start-up file we can add to. */
export const shells = ["bash", "zsh", "fish"] as const
export type Shell = (typeof shells)[number]

const quoted = (path: string) => `'${path.replaceAll("'", "'\\''")}'`

/** How each shell loads a completion script, if it is there. */
const loading: Record<Shell, (script: string) => string> = {
  bash: (script) => `[ -f ${script} ] && . ${script}`,
  zsh: (script) =>
    "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }\n" +
    `[ -f ${script} ] && . ${script}`,
  fish: (script) => `test -f ${script}; and source ${script}`,
}

/** The file a shell reads when someone opens a terminal. */
export const startFile = (shell: Shell, env: Env, home: string) => {
  if (shell === "bash") return join(home, ".bashrc")
  if (shell === "zsh") return join(env.ZDOTDIR || home, ".zshrc")
  return join(env.XDG_CONFIG_HOME || join(home, ".config"), "fish", "config.fish")
}

/**
 * Has the shell load `script` when it starts: one marked block in its start-up file, put in the
 * place of an earlier one. The rest of the file, its mode and a link to it stay as they are.
 */
export const loadAtStart = (path: string, shell: Shell, script: string) => {
  const file = existsSync(path) ? realpathSync(path) : path
  const text = existsSync(file) ? readFileSync(file, "utf8") : ""
  const block = `${first}\n${loading[shell](quoted(script))}\n${last}\n`
  const from = text.indexOf(first)
  const to = text.indexOf(last, from)
  if (from >= 0 && to < 0) throw blockBroken({ path: file })
  const gap = text && !text.endsWith("\n") ? "\n" : ""
  const after = from < 0 ? "" : text.slice(to + last.length).replace(/^\n/, "")
  const edited = from < 0 ? text + gap + block : text.slice(0, from) + block + after
  if (edited === text) return false
  writeFileAtomic(file, edited, existsSync(file) ? statSync(file).mode & 0o777 : 0o644)
  return true
}
