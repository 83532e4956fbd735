import { existsSync } from "node:fs"
import { join } from "node:path"
import { managerRefused, noManager } from "./faults.ts"

export interface Ran {
  code: number
  out: string
  err: string
}
/** Runs a program of the system to its end; null when the system has no such program. */
export type RunProgram = (name: string, args: readonly string[]) => Promise<Ran | null>

/** Only these, in this order: what a PATH or a config names is no service manager. */
const folders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/run/current-system/sw/bin"]

const deadlineMs = 150_000

export const systemPrograms =
  (env: Readonly<Record<string, string>>): RunProgram =>
  async (name, args) => {
    const program = folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
    if (!program) return null
    const child = Bun.spawn([program, ...args], {
      env: { PATH: folders.join(":"), LC_ALL: "C", SYSTEMD_COLORS: "0", SYSTEMD_PAGER: "", ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: deadlineMs,
    })
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ])
    return { code, out: out.trim(), err: err.trim() }
  }

/** Runs one that must be there and must succeed. */
export const mustRun = async (run: RunProgram, name: string, args: readonly string[]) => {
  const ran = await run(name, args)
  if (!ran)
    throw noManager({
      why: `This machine has no ${name}, so there is nothing to keep a service running.`,
      next: "Run it in the foreground, under whatever starts programs here: fased gateway run (a node: fased node run)",
    })
  if (ran.code !== 0)
    throw managerRefused({ command: [name, ...args].join(" "), reason: ran.err || ran.out })
  return ran
}
