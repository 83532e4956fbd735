import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Env } from "../config/paths.ts"
import { Fault } from "../kernel/fault.ts"
import { doesNotStart } from "./faults.ts"

const patienceMs = 20_000

/** What a child process gets of an environment: nothing that makes the binary something else. */
export const cleanEnv = (env: Env) =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(?:BUN_|NODE_|LD_|DYLD_)/.test(name)),
  )

/** Has a binary say its version, away from this folder and this environment. */
export const ask = async (binary: string) => {
  const folder = mkdtempSync(join(tmpdir(), "fased-try-"))
  try {
    const child = Bun.spawn([binary, "--version"], {
      cwd: folder,
      env: { HOME: folder, PATH: "/usr/bin:/bin" },
      stdio: ["ignore", "pipe", "ignore"],
      timeout: patienceMs,
      killSignal: "SIGKILL",
    })
    const [said, code] = await Promise.all([new Response(child.stdout).text(), child.exited])
    return {
      said: said.trim(),
      ended: code === 0 ? undefined : (child.signalCode ?? `exit code ${code}`),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The version of a binary that answers; undefined for anything else. */
export const versionOf = async (binary: string) => {
  const { said } = await ask(binary).catch(() => ({ said: "" }))
  return /^fased (\d+\.\d+\.\d+\S*)$/.exec(said)?.[1]
}

/** Throws unless the binary starts here and is this version. */
export const tryOut = async (binary: string, version: string) => {
  const fail = (reason: string, cause?: unknown) => doesNotStart({ version, reason }, cause)
  try {
    const { said, ended } = await ask(binary)
    if (ended !== undefined) throw fail(`it ends with ${ended}`)
    if (said !== `fased ${version}`) throw fail("it says it is another version")
  } catch (error) {
    throw error instanceof Fault ? error : fail("it cannot be run here", error)
  }
}
