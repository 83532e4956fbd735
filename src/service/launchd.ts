import { mkdirSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { writeFileAtomic } from "../store/files.ts"
import { noManager } from "./faults.ts"
import { plistAuthor, readPlist, renderPlist } from "./launchd-plist.ts"
import type { Manager, Runtime } from "./manager.ts"
import type { Names } from "./names.ts"
import { mustRun } from "./programs.ts"
import type { RunProgram } from "./programs.ts"

interface LaunchdOptions {
  names: Names
  /** `~/Library/LaunchAgents` */
  folder: string
  run: RunProgram
  uid: number
}

export const createLaunchd = ({ names, folder, run, uid }: LaunchdOptions): Manager => {
  const name = names.label
  const path = join(folder, `${name}.plist`)
  const domain = `gui/${uid}`
  const target = `${domain}/${name}`
  const launchctl = (...args: string[]) => mustRun(run, "launchctl", args)
  const isLoaded = async () => (await run("launchctl", ["print", target]))?.code === 0

  const requireSession = async () => {
    if ((await run("launchctl", ["print", domain]))?.code === 0) return
    throw noManager({
      why: "launchd has no desktop session for you here, so it cannot run a service of yours.",
      next: "Log in at the screen once (or by screen sharing), then try again in a terminal there.",
    })
  }

  /** launchd keeps what it read until it is told to let go. */
  const load = async () => {
    if (await isLoaded()) await launchctl("bootout", target)
    await launchctl("enable", target)
    await launchctl("bootstrap", domain, path)
  }

  const write = (text: string) => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileAtomic(path, text, 0o644)
  }

  return {
    kind: "launchd",
    scope: "user",
    title: "launchd agent",
    name,
    path,
    render: renderPlist,
    read: readPlist,
    author: plistAuthor,
    async runtime() {
      const about = await run("launchctl", ["print", target])
      if (!about) return { state: "unknown", loaded: false, detail: "launchctl is not here" }
      if (about.code !== 0) return { state: "stopped", loaded: false, enabled: false }
      return agentOf(about.out)
    },
    async install(text) {
      await requireSession()
      write(text)
      await load()
    },
    /** It counts from the next start on. */
    rewrite: async (text) => write(text),
    async start() {
      await requireSession()
      if (await isLoaded()) await launchctl("kickstart", target)
      else await load()
    },
    async stop() {
      if (await isLoaded()) await launchctl("bootout", target)
    },
    async restart() {
      await requireSession()
      if (await isLoaded()) await launchctl("kickstart", "-k", target)
      else await load()
    },
    async uninstall() {
      if (await isLoaded()) await launchctl("bootout", target)
      rmSync(path, { force: true })
    },
  }
}

/** Reads the answer of `launchctl print`. */
export const agentOf = (printed: string): Runtime => {
  const fact = (name: string) => new RegExp(`^\\s*${name} = (.+)$`, "m").exec(printed)?.[1]?.trim()
  const pid = Number(fact("pid")) || undefined
  const exit = fact("last exit code")
  return {
    state: pid ? "running" : fact("state") === "running" ? "starting" : "stopped",
    loaded: true,
    enabled: true,
    ...(pid && { pid }),
    ...(!pid && exit && !exit.startsWith("(") && { detail: `last exit status ${exit}` }),
  }
}
