import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { hostBinary } from "../../build/compile.ts"
import type { Ran } from "./binary.ts"

const script = join(import.meta.dir, "systemd-user.sh")

/** Why there can be no `systemd --user` of our own here. Where CI lacks a program of it, the tests shall fail. */
export const noSystemd = (() => {
  const missing = ["systemctl", "dbus-daemon", "unshare"].filter((name) => !Bun.which(name))
  if (missing.length) return Bun.env.CI === "true" ? undefined : `without ${missing.join(", ")}`
  const tried = Bun.spawnSync([script, "true"], { stderr: "pipe" })
  return tried.exitCode === 0 ? undefined : `${tried.stderr}`.trim() || "its script did not run"
})()

export interface Machine extends AsyncDisposable {
  readonly home: string
  readonly state: string
  readonly units: string
  /** Runs a program to its end, where systemd runs. */
  run(argv: readonly string[], env?: Record<string, string>): Promise<Ran>
  /** The same for one line of shell. */
  sh(line: string): Promise<Ran>
  fased(args: readonly string[], env?: Record<string, string>): Promise<Ran>
  /** What `systemctl --user show` says of one property. */
  property(unit: string, name: string): Promise<string>
  /** Resolves once the gateway of that unit was started anew, under another process id. */
  broughtBack(unit: string, pid: string): Promise<string>
}

/** A home in which fased is installed, on a machine with a real `systemd --user`. */
export const startMachine = async (): Promise<Machine> => {
  const home = mkdtempSync(join(tmpdir(), "fased-service-"))
  const state = join(home, ".fased")
  const units = join(home, ".config", "systemd", "user")
  for (const folder of [state, units, join(home, ".local", "bin")])
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  symlinkSync(hostBinary, join(home, ".local", "bin", "fased"))
  freePort(state)

  const shell = Bun.spawn([script, "sh"], {
    env: { HOME: home, PATH: `${home}/.local/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin` },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  })
  const lines = readLines(shell.stdout)

  const sh = async (line: string): Promise<Ran> => {
    const [out, err] = [join(home, ".out"), join(home, ".err")]
    shell.stdin.write(`( ${line}\n) >'${out}' 2>'${err}' </dev/null; echo "code $?"\n`)
    await shell.stdin.flush()
    const { value } = await lines.next()
    if (!value) throw new Error("systemd-user.sh ended; its words are above")
    const code = Number(value.replace("code ", ""))
    return { code, out: readFileSync(out, "utf8"), err: readFileSync(err, "utf8") }
  }

  const run: Machine["run"] = (argv, env = {}) =>
    sh(["env", ...Object.entries(env).map(([k, v]) => `${k}=${v}`), ...argv].map(quoted).join(" "))

  const property: Machine["property"] = async (unit, name) =>
    (await run(["systemctl", "--user", "show", `--property=${name}`, "--value", unit])).out.trim()

  return {
    home,
    state,
    units,
    run,
    sh,
    fased: (args, env) => run(["fased", ...args], env),
    property,
    async broughtBack(unit, pid) {
      for (let tries = 0; tries < 200; tries++) {
        const [now, state] = [await property(unit, "MainPID"), await property(unit, "ActiveState")]
        if (now !== pid && now !== "0" && state === "active") return now
        await Bun.sleep(50)
      }
      throw new Error(`${unit} did not come back: ${(await sh("systemctl --user status")).out}`)
    },
    async [Symbol.asyncDispose]() {
      await shell.stdin.end()
      await shell.exited
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** The service takes any free port, and says which. */
export const freePort = (state: string) => {
  mkdirSync(state, { recursive: true, mode: 0o700 })
  writeFileSync(join(state, "service.env"), "FASED_GATEWAY_PORT=0\n", { mode: 0o600 })
}

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`

async function* readLines(stream: ReadableStream<Uint8Array>) {
  const decoder = new TextDecoder()
  let rest = ""
  for await (const piece of stream) {
    const whole = (rest + decoder.decode(piece, { stream: true })).split("\n")
    rest = whole.pop()!
    yield* whole
  }
}
