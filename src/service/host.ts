import { existsSync, readFileSync } from "node:fs"
import { homedir, userInfo } from "node:os"
import { join } from "node:path"
import { version } from "../../package.json" with { type: "json" }
import type { Env } from "../config/paths.ts"
import { systemPrograms } from "./programs.ts"
import type { RunProgram } from "./programs.ts"

/** The machine and the account, as far as a service has to do with them. */
export interface Host {
  platform: NodeJS.Platform
  user: { name: string; uid: number; home: string }
  version: string
  /** The compiled file that runs; nothing when run from the sources. */
  binary?: string
  run: RunProgram
  /** Where service files of each kind are written. */
  folders: { userUnits: string; systemUnits: string; agents: string }
  /** systemd started this machine: a container mostly has none. */
  bootedBySystemd(): boolean
  /** The control group of this process, by which systemd knows whose it is. */
  controlGroup(): string
}

/** Where other packages and administrators put theirs. */
export const foreignFolders = [
  "/etc/systemd/user",
  "/usr/lib/systemd/user",
  "/usr/lib/systemd/system",
  "/Library/LaunchAgents",
  "/Library/LaunchDaemons",
]

export const thisHost = (env: Env): Host => {
  const home = env.HOME || homedir()
  const uid = process.getuid?.() ?? -1
  const runtime = env.XDG_RUNTIME_DIR || `/run/user/${uid}`
  return {
    platform: process.platform,
    user: { name: accountName(env), uid, home },
    version,
    binary: Bun.main.startsWith("/$bunfs/") ? process.execPath : undefined,
    run: systemPrograms({
      HOME: home,
      // A login by su or cron has none, though the user's manager may run.
      XDG_RUNTIME_DIR: runtime,
      DBUS_SESSION_BUS_ADDRESS: env.DBUS_SESSION_BUS_ADDRESS || `unix:path=${runtime}/bus`,
    }),
    folders: {
      userUnits: join(env.XDG_CONFIG_HOME || join(home, ".config"), "systemd", "user"),
      systemUnits: "/etc/systemd/system",
      agents: join(home, "Library", "LaunchAgents"),
    },
    bootedBySystemd: () => existsSync("/run/systemd/system"),
    controlGroup() {
      try {
        return readFileSync("/proc/self/cgroup", "utf8")
      } catch {
        return ""
      }
    },
  }
}

/** A container may run as a number without a name. */
const accountName = (env: Env) => {
  try {
    return userInfo().username
  } catch {
    return env.USER ?? String(process.getuid?.())
  }
}

/** The home of another account, from the system's own list. */
export const homeOf = (name: string, accounts = "/etc/passwd"): string | undefined =>
  readFileSync(accounts, "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .find(([account]) => account === name)?.[5]
