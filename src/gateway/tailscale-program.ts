import type { Env } from "../config/paths.ts"
import { findTailscale } from "./tailscale.ts"

export interface TailscaleRun {
  ok: boolean
  out: string
  /** Its last line of complaint. */
  problem: string
}

/** Runs `tailscale` to its end; undefined when this machine has none. Never throws. */
export type RunTailscale = (args: readonly string[]) => Promise<TailscaleRun | undefined>

const patienceMs = 10_000

export const tailscaleProgram =
  (env: Env): RunTailscale =>
  async (args) => {
    const program = findTailscale(env)
    if (!program) return undefined
    try {
      const child = Bun.spawn([program, ...args], {
        env: { HOME: env.HOME, PATH: env.PATH },
        stdin: "ignore",
        stderr: "pipe",
        timeout: patienceMs,
        maxBuffer: 1024 * 1024,
      })
      const [out, err, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ])
      const said = err.trim().split("\n").at(-1)!.slice(0, 300)
      const slow = child.signalCode !== null && `it gave no answer within ${patienceMs / 1000} s`
      return { ok: code === 0, out, problem: slow || said || `it ended with code ${code}` }
    } catch (error) {
      return { ok: false, out: "", problem: (error as Error).message }
    }
  }
