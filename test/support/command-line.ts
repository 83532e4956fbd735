import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const main = join(import.meta.dir, "..", "..", "src", "main.ts")

export interface Ran {
  code: number
  out: string
  err: string
}

/** A home folder of its own, and `fased` run in it as a person or a script would. */
export const commandLine = (config?: unknown) => {
  const home = mkdtempSync(join(tmpdir(), "fased-cli-"))
  const state = join(home, ".fased")
  const configFile = join(state, "fased.json")
  mkdirSync(state, { mode: 0o700 })
  const writeConfig = (text: string) => writeFileSync(configFile, text, { mode: 0o600 })
  if (config !== undefined) writeConfig(JSON.stringify(config))

  const spawn = (args: readonly string[], env: Record<string, string> = {}) =>
    Bun.spawn([process.execPath, main, ...args], {
      cwd: home,
      env: { PATH: process.env.PATH ?? "", HOME: home, ...env },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    })

  return {
    /** Has this instance's gateway be the one on `port`, in this very process. */
    announce(port: number) {
      const holder = { pid: process.pid, port, url: `ws://127.0.0.1:${port}`, version: "0.1.0" }
      writeFileSync(join(state, "gateway.json"), JSON.stringify(holder))
    },
    home,
    state,
    configFile,
    writeConfig,
    /** Starts a command that is talked to while it runs. */
    spawn,
    /** Runs a command to its end. */
    async fased(
      args: readonly string[],
      { env, stdin = "" }: { env?: Record<string, string>; stdin?: string } = {},
    ): Promise<Ran> {
      const child = spawn(args, env)
      child.stdin.write(stdin)
      await child.stdin.end()
      const [out, err, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ])
      return { code, out, err }
    },
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  }
}

/** A config whose gateway is the fake one on `port`. */
export const pointingAt = (port: number, token = "cli-test-token-0123456789") => ({
  gateway: { mode: "local", port, auth: { mode: "token", token } },
})
