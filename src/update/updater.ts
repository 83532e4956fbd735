import type { Env } from "../config/paths.ts"
import { cleanEnv } from "./try-out.ts"

/** What systemd gives a service's process and is about that one only. */
const ofUnit =
  /^(?:INVOCATION_ID|NOTIFY_SOCKET|JOURNAL_STREAM|MAIN(?:PID|FD).*|MANAGERPID|SYSTEMD_.*|WATCHDOG_.*|MEMORY_PRESSURE_.*|CREDENTIALS_DIRECTORY)$/

/**
 * Starts the process that updates the gateway and outlives it. systemd ends whatever a service
 * leaves behind, and the update must be there to take a version back whose gateway dies; so there
 * it becomes a unit of its own.
 */
export const startUpdater = async (command: readonly string[], given: Env) => {
  const env = Object.fromEntries(
    Object.entries(cleanEnv(given)).filter(([name]) => !ofUnit.test(name)),
  )
  const systemdRun = given.INVOCATION_ID && Bun.which("systemd-run", { PATH: given.PATH ?? "" })
  if (systemdRun) {
    // By name only: values on a command line are there for everyone to see.
    const names = Object.keys(env).filter((name) => /^[A-Za-z_]\w*$/.test(name))
    const flags = ["--user", "--collect", "--quiet", ...names.map((name) => `--setenv=${name}`)]
    const started = Bun.spawn([systemdRun, ...flags, "--", ...command], {
      env,
      stdio: ["ignore", "ignore", "ignore"],
      timeout: 10_000,
    })
    if ((await started.exited) === 0) return
  }
  const child = Bun.spawn([...command], {
    cwd: "/",
    env,
    stdio: ["ignore", "ignore", "ignore"],
    detached: true,
  })
  child.unref()
}
