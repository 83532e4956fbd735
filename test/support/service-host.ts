import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { resolvePaths } from "../../src/config/paths.ts"
import { createServiceManager } from "../../src/service/create.ts"
import type { Host } from "../../src/service/host.ts"
import type { ServiceKind } from "../../src/service/names.ts"
import type { Ran } from "../../src/service/programs.ts"
import { turnableClock } from "./turnable-clock.ts"

type Answer = Partial<Ran> | null | undefined

export interface HostOptions {
  platform?: NodeJS.Platform
  profile?: string
  env?: Record<string, string>
  booted?: boolean
  /** What a program of the system answers; undefined is success without a word, null is no such program. */
  answer?: (line: string) => Answer
}

/** A machine that only remembers what it was asked to do, with a home of its own. */
export const serviceHost = ({
  platform = "linux",
  profile,
  env = {},
  booted = true,
  answer = () => undefined,
}: HostOptions = {}) => {
  const home = mkdtempSync(join(tmpdir(), "fased-host-"))
  const asked: string[] = []
  let group = "0::/user.slice/session-1.scope\n"
  const binary = join(home, ".local", "bin", "fased")
  mkdirSync(join(home, ".local", "bin"), { recursive: true })
  writeFileSync(binary, "#!/bin/sh\n", { mode: 0o755 })

  const host: Host = {
    platform,
    user: { name: "ada", uid: 1000, home },
    version: "1.2.3",
    binary,
    async run(name, args) {
      const line = [name, ...args].join(" ")
      asked.push(line)
      const said = answer(line)
      return said === null ? null : { code: 0, out: "", err: "", ...said }
    },
    folders: {
      userUnits: join(home, ".config", "systemd", "user"),
      systemUnits: join(home, "etc", "systemd", "system"),
      agents: join(home, "Library", "LaunchAgents"),
    },
    bootedBySystemd: () => booted,
    controlGroup: () => group,
  }
  const paths = resolvePaths({ HOME: home, FASED_PROFILE: profile })
  const service = (own: Partial<Host> = {}, kind?: ServiceKind) =>
    createServiceManager({
      paths,
      kind,
      env: { HOME: home, PATH: "/usr/bin", ...env },
      clock: turnableClock(),
      host: { ...host, ...own },
    })
  return {
    home,
    paths,
    host,
    service,
    asked,
    /** What was asked of the service manager, without the words every call has. */
    orders: () =>
      asked
        .filter((line) => !/ (?:show|show-environment|reset-failed|print) ?/.test(`${line} `))
        .map((line) => line.replace(" --no-ask-password", "")),
    enter: (unit: string) => {
      group = `0::/user.slice/user@1000.service/app.slice/${unit}\n`
    },
    write: (path: string, text: string) => {
      mkdirSync(join(path, ".."), { recursive: true })
      writeFileSync(path, text)
      return path
    },
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  }
}
