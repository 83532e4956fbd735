import { accessSync, constants } from "node:fs"
import { isAbsolute } from "node:path"
import type { Clock } from "../kernel/clock.ts"
import { controls } from "./control-variables.ts"
import type { Env } from "./paths.ts"

export type Imported = { variables: Readonly<Record<string, string>>; problem?: string }

/** Asks the login shell for these variables; a problem is told, and the rest goes on without them. */
export type AskShell = (names: readonly string[], timeoutMs: number) => Promise<Imported>

/** Start-up files may print what they like before the marks; nothing after the second is waited for. */
const mark = "fased-environment"
const script = `printf '\\0${mark}\\0'; env -0; printf '\\0${mark}\\0'`
const mostBytes = 1024 * 1024

/** The shell is asked once for all: what its start-up files set does not change while we run. */
export const createAskShell = (env: Env, clock: Clock): AskShell => {
  let asked: Promise<Imported> | undefined
  return async (names, timeoutMs) => {
    const { variables, problem } = await (asked ??= ask(env, clock, timeoutMs))
    const wanted = names.flatMap((name) => {
      const value = Object.hasOwn(variables, name) && !controls(name) ? variables[name] : undefined
      return value ? [[name, value] as const] : []
    })
    return { variables: Object.fromEntries(wanted), ...(problem && { problem }) }
  }
}

/** Where the login shell looks for programs; undefined when it cannot be asked. */
export const askLoginPath = async (env: Env, clock: Clock, timeoutMs: number) =>
  (await ask(env, clock, timeoutMs)).variables.PATH

const ask = async (env: Env, clock: Clock, timeoutMs: number): Promise<Imported> => {
  const shell = env.SHELL ?? ""
  const failed = (problem: string) => ({ variables: {}, problem })
  if (!isAbsolute(shell) || !isProgram(shell))
    return failed("the login shell cannot be asked: SHELL does not name a program")
  const { HOME, USER, LOGNAME, PATH, LANG } = env
  const child = Bun.spawn([shell, "-l", "-c", script], {
    cwd: "/",
    env: { HOME, USER, LOGNAME, PATH, LANG, SHELL: shell, TERM: "dumb" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    detached: true, // a group of its own, so that what it starts ends with it
  })
  const late = Promise.withResolvers<"late">()
  const cancel = clock.after(timeoutMs, () => late.resolve("late"))
  try {
    const output = await Promise.race([readMarked(child.stdout), late.promise])
    if (output === "late") return failed(`the login shell took longer than ${timeoutMs} ms`)
    if (output === undefined)
      return failed("the login shell ended before it listed its environment")
    return { variables: parseEnvironment(output) }
  } finally {
    cancel()
    endGroup(child.pid)
  }
}

const isProgram = (path: string) => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What stands between the marks; undefined when the second never comes. */
const readMarked = async (stream: ReadableStream<Uint8Array>) => {
  const decoder = new TextDecoder()
  const separator = `\0${mark}\0`
  let text = ""
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true })
    const parts = text.split(separator)
    if (parts.length > 2) return parts[1]
    if (text.length > mostBytes) return undefined
  }
  return undefined
}

const parseEnvironment = (output: string) =>
  Object.fromEntries(
    output.split("\0").flatMap((line) => {
      const at = line.indexOf("=")
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : []
    }),
  ) as Record<string, string>

const endGroup = (pid: number) => {
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // It has ended already.
  }
}
