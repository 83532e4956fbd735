import { mkdirSync, rmSync } from "node:fs"
import { constants } from "node:os"
import { dirname, join } from "node:path"
import { writeFileAtomic } from "../store/files.ts"
import { managerRefused, needsRoot, noManager } from "./faults.ts"
import type { Manager, Runtime, Scope } from "./manager.ts"
import type { Names } from "./names.ts"
import { mustRun } from "./programs.ts"
import type { RunProgram } from "./programs.ts"
import { readUnit, renderUnit, unitAuthor } from "./systemd-unit.ts"

interface SystemdOptions {
  scope: Scope
  names: Names
  /** The folder unit files of this scope are written to. */
  folder: string
  run: RunProgram
  user: { name: string; uid: number }
  bootedBySystemd: () => boolean
}

export const createSystemd = ({
  scope,
  names,
  folder,
  run,
  user,
  bootedBySystemd,
}: SystemdOptions): Manager => {
  const name = `${names.label}.service`
  const path = join(folder, name)

  const mine = scope === "user" ? ["--user"] : []

  const systemctl = async (...args: string[]) => {
    try {
      return await mustRun(run, "systemctl", [...mine, "--no-ask-password", ...args])
    } catch (error) {
      throw managerRefused.is(error) ? explain(error.data.reason, error, args) : error
    }
  }

  /** The same failure has many words; what to type differs. */
  const explain = (reason: string, error: unknown, args: readonly string[]) => {
    if (/not been booted with systemd|failed to connect to bus|no medium found/i.test(reason))
      return bootedBySystemd() ? noSession() : noSystemd()
    if (/access denied|permission denied|authentication (?:is )?required/i.test(reason))
      return needsRoot({ what: path, command: ["sudo systemctl", ...args].join(" ") })
    return error
  }

  /** One that failed too often is not tried again before it is told that this is forgotten. */
  const forgive = () => run("systemctl", [...mine, "reset-failed", name])

  const lastWords = async () => {
    const options = [
      ...mine,
      `--unit=${name}`,
      "--output=cat",
      "--lines=20",
      "--no-pager",
      "--quiet",
    ]
    const said = (await run("journalctl", options))?.out.split("\n") ?? []
    const error = said.findLastIndex((line) => line.startsWith("error: "))
    return error < 0 ? [] : said.slice(error, error + 4).filter((line) => !ofSystemd.test(line))
  }

  const noSystemd = () =>
    noManager({
      why: "systemd does not run here (a container, perhaps), so there is nothing to keep a service running.",
      next: "Run it in the foreground and let the container restart it: fased gateway run (a node: fased node run)",
    })

  const noSession = () =>
    noManager({
      why: `systemd has no session for ${user.name} here, so it cannot run a service of yours.`,
      next: `Have it keep one: sudo loginctl enable-linger ${user.name}. Then log in again (ssh, not su), and try again.`,
    })

  const write = async (text: string) => {
    try {
      mkdirSync(dirname(path), { recursive: true })
      writeFileAtomic(path, text, 0o644)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EACCES") throw error
      throw needsRoot({ what: path, command: "sudo fased gateway install --system --force" })
    }
    await systemctl("daemon-reload")
  }

  return {
    kind: "systemd",
    scope,
    title: `systemd ${scope} service`,
    name,
    path,
    render: renderUnit,
    read: readUnit,
    author: unitAuthor,
    async runtime() {
      const about = await run("systemctl", [
        ...mine,
        "show",
        `--property=${properties.join(",")}`,
        name,
      ])
      if (about?.code === 0) {
        const runtime = runtimeOf(about.out)
        return runtime.state === "failed" ? { ...runtime, lastWords: await lastWords() } : runtime
      }
      return { state: "unknown", loaded: false, detail: about?.err || "systemctl is not here" }
    },
    async install(text) {
      // Asked first, so that nothing is written where nobody would read it.
      await systemctl("show-environment")
      await write(text)
      await systemctl("enable", path)
      await forgive()
      await systemctl("restart", name)
    },
    rewrite: write,
    async start() {
      await forgive()
      await systemctl("start", name)
    },
    stop: async () => void (await systemctl("stop", name)),
    async restart({ wait }) {
      await forgive()
      await systemctl("restart", ...(wait ? [] : ["--no-block"]), name)
    },
    async uninstall() {
      await systemctl("disable", "--now", name)
      rmSync(path, { force: true })
      await systemctl("daemon-reload")
      await forgive()
    },
  }
}

/** Its own lines in a unit's journal. */
const ofSystemd = /^\S+\.service: |^(?:Started|Starting|Stopped|Stopping|Failed) /

const properties = [
  "LoadState",
  "ActiveState",
  "SubState",
  "UnitFileState",
  "MainPID",
  "ExecMainCode",
  "ExecMainStatus",
  "Result",
  "NRestarts",
  "StatusText",
]

/** Reads the answer of `systemctl show`. */
export const runtimeOf = (shown: string): Runtime => {
  const facts = Object.fromEntries(
    shown
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  ) as Record<string, string | undefined>
  const pid = Number(facts.MainPID) || undefined
  const restarts = Number(facts.NRestarts) || undefined
  return {
    state: stateOf(facts.ActiveState, facts.SubState),
    loaded: facts.LoadState === "loaded",
    enabled: /^(?:enabled|linked|alias|static)/.test(facts.UnitFileState ?? ""),
    ...(pid && { pid }),
    ...(restarts && { restarts }),
    ...(facts.StatusText && { status: facts.StatusText }),
    ...(!pid && { detail: lastExit(facts) }),
  }
}

const stateOf = (active: string | undefined, sub: string | undefined): Runtime["state"] => {
  // Between two tries: nothing runs, but it will be tried again.
  if (sub === "auto-restart") return "failed"
  switch (active) {
    case "active":
    case "reloading":
      return "running"
    case "activating":
      return "starting"
    case "deactivating":
      return "stopping"
    case "failed":
      return "failed"
    case "inactive":
      return "stopped"
    default:
      return "unknown"
  }
}

/** How a child ends in the kernel's words: 1 exited, 2 killed, 3 dumped. */
const lastExit = ({
  ExecMainCode: code,
  ExecMainStatus: status,
  Result: result,
  SubState: sub,
}: Record<string, string | undefined>) => {
  const how =
    code === "1"
      ? `last exit status ${status}`
      : code === "2" || code === "3"
        ? `ended by ${signalName(Number(status))}`
        : undefined
  // What only says again how the process ended.
  const isSaid = how && ["exit-code", "signal", "core-dump"].includes(result ?? "")
  const reason = !isSaid && result !== "success" ? result : undefined
  const again = sub === "auto-restart" ? "started again in a moment" : undefined
  return [how, reason, again].filter(Boolean).join(", ") || undefined
}

const signalName = (number: number) =>
  Object.entries(constants.signals).find(([, one]) => one === number)?.[0] ?? `signal ${number}`
