import { createHash } from "node:crypto"
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { dirname, join, relative } from "node:path"
import { offlineServices } from "../../../src/cli/check-services.ts"
import { loadDevice } from "../../../src/client/device.ts"
import { resolvePaths } from "../../../src/config/paths.ts"
import { localProfile } from "../../../src/config/setup.ts"
import { applyFixes } from "../../../src/doctor/fix.ts"
import { beginRun } from "../../../src/doctor/history.ts"
import { possibleWith, runChecks, within } from "../../../src/doctor/run.ts"
import { undoLast } from "../../../src/doctor/undo.ts"
import { Neighbour } from "../../../src/gateway/neighbour.ts"
import { Ports, type PortHolder } from "../../../src/gateway/ports.ts"
import { Build } from "../../../src/kernel/build.ts"
import { checks, migrations } from "../../../src/registry.ts"
import { ServiceManager } from "../../../src/service/service.ts"
import { Database } from "../../../src/store/database.ts"
import { Disk } from "../../../src/store/disk.ts"
import { serviceHost } from "../../support/service-host.ts"

export const token = "zoo-token-0123456789abcdef0123456789"

/** Everything below a folder, told apart by what it is: kind, mode, content and time of writing. */
export type Sight = Map<string, string>

/** A healthy home of its own, and the doctor as it looks at it. */
export const makeHome = () => {
  const world = {
    env: { PATH: "/usr/bin:/bin", OPENAI_API_KEY: "sk-zoo" } as Record<string, string>,
    neighbour: { state: "absent" } as Neighbour,
    holder: null as PortHolder | null,
    freeBytes: 1e12,
    binary: undefined as string | undefined,
    deep: false,
    /** What the machine's programs answer: a service that runs and outlives the login. */
    system: (line: string): { code?: number; out?: string } | undefined => {
      if (line.startsWith("loginctl show-user")) return { out: "Linger=yes" }
      if (!line.includes(" show ")) return undefined
      return { out: "LoadState=loaded\nActiveState=active\nSubState=running\nMainPID=7" }
    },
  }
  const machine = serviceHost({ answer: (line) => world.system(line) })
  const { home, paths } = machine
  const { state, config } = paths
  world.env.HOME = home
  world.binary = machine.host.binary
  const at = (name: string) => join(home, name)
  const write = (name: string, content: string | Uint8Array, mode = 0o600) => {
    mkdirSync(dirname(at(name)), { recursive: true, mode: 0o700 })
    writeFileSync(at(name), content)
    chmodSync(at(name), mode)
    return at(name)
  }

  mkdirSync(state, { mode: 0o700 })
  write(".fased/fased.json", localProfile("json5", token))
  write(".fased/secrets.json", "{}\n")
  write(".fased/.env", "GREETING=hello\n")
  write(".fased/logs/fased-2026-01-01.log", "{}\n")
  mkdirSync(at(".fased/logs"), { recursive: true })
  chmodSync(at(".fased/logs"), 0o700)
  mkdirSync(at(".fased/workspace/.git"), { recursive: true, mode: 0o700 })
  write(".fased/workspace/AGENTS.md", "Be kind.\n")
  chmodSync(at(".fased/workspace"), 0o700)
  loadDevice(state)
  new Database(paths.database, migrations).close()
  write("notes.txt", "not ours\n", 0o644)

  const open = async () => {
    const { env, neighbour, holder, freeBytes, binary, deep } = world
    const paths = resolvePaths(env)
    const services = await offlineServices({ env, paths })
    services.provide(Neighbour, neighbour)
    services.provide(Build, { version: machine.host.version, binary })
    services.provide(Ports, { holder: async () => holder })
    services.provide(Disk, { free: async () => freeBytes })
    services.provide(ServiceManager, machine.service())
    return { services, list: possibleWith(services, within(checks, { deep })) }
  }

  return {
    ...machine,
    state,
    config,
    world,
    at,
    write,
    read: (name: string) => readFileSync(at(name), "utf8"),
    configure: (settings: object | string) =>
      write(
        ".fased/fased.json",
        typeof settings === "string" ? settings : JSON.stringify(settings, null, 2),
      ),
    /** Moves the time a file was written at by so many hours. */
    age(name: string, hours: number) {
      const when = statSync(at(name)).mtimeMs / 1000 - hours * 3600
      utimesSync(at(name), when, when)
    },
    async look() {
      const { services, list } = await open()
      return runChecks(list, services)
    },
    async fix({ force = false } = {}) {
      const { services, list } = await open()
      const keeping = beginRun({ state, now: Date.now() })
      const approve = ({ aggressive }: { aggressive: boolean }) => force || !aggressive
      const done = await applyFixes(list, services, { approve, keeping })
      return { ...done, run: keeping.end() }
    },
    undo: () => undoLast({ paths, now: Date.now() }),
    /** What lies in the home, but for locks, the log of services, and what the doctor keeps. */
    sight(): Sight {
      const seen: Sight = new Map()
      const visit = (path: string) => {
        const name = relative(home, path)
        if (notLookedAt.test(name)) return
        const stats = lstatSync(path)
        const mode = (stats.mode & 0o7777).toString(8)
        if (stats.isSymbolicLink()) seen.set(name, `link ${readlinkSync(path)}`)
        else if (stats.isDirectory()) {
          seen.set(name, `folder ${mode} ${stats.uid}`)
          for (const inner of readdirSync(path)) visit(join(path, inner))
        } else {
          const sum = createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 12)
          seen.set(name, `file ${mode} ${stats.uid} ${sum} ${Math.round(stats.mtimeMs)}`)
        }
      }
      visit(home)
      return seen
    },
    [Symbol.dispose]() {
      if (statSync(state, { throwIfNoEntry: false })?.isDirectory()) chmodSync(state, 0o700)
      rmSync(home, { recursive: true, force: true })
    },
  }
}
export type Home = ReturnType<typeof makeHome>

const notLookedAt = /^\.fased\/(?:doctor|gateway\.lock|logs\/gateway-restart\.log)$/

/** What differs between two sights, as names. */
export const difference = (before: Sight, after: Sight) =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .toSorted()
