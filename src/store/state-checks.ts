import { chmodSync, chownSync, existsSync, lstatSync, readdirSync, rmSync, statSync } from "node:fs"
import { basename, dirname, extname, join } from "node:path"
import { Environment, Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { Clock } from "../kernel/clock.ts"
import { privateFolder } from "./files.ts"
import { privatePlaces } from "./private-places.ts"

export const stateThere = check({
  id: "store.state-there",
  title: "The state folder is there",
  severity: "warn",
  needs: { paths: Paths },
  detect: ({ paths: { state } }) => (existsSync(state) ? null : { state }),
  explain: ({ state }) =>
    `The state folder ${state} is not there. If fased was used here before, everything it knew was in it: ` +
    "look whether its disk is mounted, or restore a backup. If not, this is as it should be.",
  fix: {
    migration: true,
    describe: ({ state }) => `Create ${state}, empty.`,
    touches: ({ state }) => [state],
    apply: ({ state }) => void privateFolder(state),
  },
})

type Unusable = { state: string } & (
  | { problem: "a file" }
  | { problem: "read-only"; mode: number }
  | { problem: "another's"; owner: number; paths: string[] }
)

const owner = 0o700

/** Judged by modes and owners: root may write everywhere, and a gateway need not run as root. */
export const stateUsable = check({
  id: "store.state-usable",
  title: "The state folder and what is in it can be written",
  severity: "error",
  after: [stateThere],
  needs: { paths: Paths },
  detect({ paths }): Unusable | null {
    const { state } = paths
    const stats = statSync(state)
    if (!stats.isDirectory()) return { state, problem: "a file" }
    if ((stats.mode & owner) !== owner) return { state, problem: "read-only", mode: stats.mode }
    const user = process.getuid?.() ?? stats.uid
    const wanted = user === 0 ? stats.uid : user
    const foreign = Object.values(privatePlaces(paths))
      .flat()
      .filter((path) => (lstatSync(path, { throwIfNoEntry: false })?.uid ?? wanted) !== wanted)
    return foreign.length
      ? { state, problem: "another's", owner: wanted, paths: [...new Set(foreign)] }
      : null
  },
  explain(found) {
    const { state } = found
    if (found.problem === "a file") return `${state} should be a folder, and is a file.`
    if (found.problem === "read-only")
      return `The state folder ${state} cannot be written by its owner (mode ${(found.mode & 0o777).toString(8)}).`
    return `Not everything in ${state} belongs to whom it should, as after a run with sudo: ${found.paths.join(", ")}.`
  },
  next(found) {
    const { state } = found
    if (found.problem === "a file") return `Move it away, then: fased start`
    if (found.problem === "read-only") return `Run: chmod 700 ${state}`
    return `Run: sudo chown -R ${found.owner} ${state}`
  },
  fix: {
    describe(found) {
      if (found.problem === "read-only") return `chmod 700 ${found.state}`
      if (found.problem === "another's" && process.getuid?.() === 0)
        return found.paths.map((path) => `chown ${found.owner} ${path}`).join(", ")
      return undefined
    },
    touches: (found) => (found.problem === "another's" ? found.paths : [found.state]),
    apply(found) {
      if (found.problem === "read-only") chmodSync(found.state, 0o700)
      if (found.problem === "another's") {
        const { gid } = statSync(found.state)
        for (const path of found.paths) chownSync(path, found.owner, gid)
      }
    },
  },
})

/** Written by a process that was killed before it could put the file in its place. */
export const nothingLeft = check({
  id: "store.leftovers",
  title: "No half-written files lie about",
  severity: "hint",
  after: [stateUsable],
  needs: { paths: Paths, clock: Clock },
  detect({ paths, clock }) {
    const places = Object.values(privatePlaces(paths)).flat()
    const folders = new Set([paths.state, ...places.map(dirname)])
    const found = [...folders].flatMap((folder) =>
      namesIn(folder)
        .filter((name) => unfinished.test(name))
        .map((name) => join(folder, name))
        .filter((path) => isOld(path, clock.now())),
    )
    return found.length ? { found } : null
  },
  explain: ({ found }) => `Left half-written by a run that was cut off: ${found.join(", ")}.`,
  fix: {
    migration: true,
    describe: ({ found }) => `Remove ${found.join(", ")}.`,
    touches: ({ found }) => found,
    apply({ found }) {
      for (const path of found) rmSync(path, { force: true })
    },
  },
})

/** `<file>.<pid>.<8 hex>.tmp`, and a database's copy on its way. */
const unfinished = /\.(?:\d+\.[0-9a-f]{8}|before-\d+)\.tmp$/
const tenMinutesMs = 600_000

const isOld = (path: string, now: number) => {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return !!stats?.isFile() && Math.abs(now - stats.mtimeMs) > tenMinutesMs
}

export const timesPast = check({
  id: "store.times",
  title: "No file was written in the future",
  severity: "warn",
  after: [stateUsable],
  needs: { paths: Paths, clock: Clock },
  detect({ paths, clock }) {
    const { config, database, secrets, logs } = privatePlaces(paths)
    const now = clock.now()
    const found = [...config, ...database, ...secrets, ...logs]
      .map((path) => ({ path, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
      .toSorted((a, b) => b.at - a.at)
    return found[0] && found[0].at > now + tenMinutesMs ? { ...found[0], now } : null
  },
  explain: ({ path, at, now }) =>
    `By this machine's clock it is ${shown(now)}, and ${path} was written at ${shown(at)}: the clock is wrong now, or was then. Signatures and tokens with a date are refused when it is.`,
  next: () => "Look at the clock with date, and have it kept with: timedatectl set-ntp true",
})

const shown = (at: number) => new Date(at).toLocaleString("sv")

/** What versions before this one kept in files of their own. */
const oldPlaces = [
  "sessions",
  "agent",
  "agents",
  "devices",
  "nodes",
  "auth.json",
  "exec-approvals.json",
  "cron/jobs.json",
]

export const layoutCurrent = check({
  id: "store.old-layout",
  title: "Nothing is kept as older versions kept it",
  severity: "hint",
  after: [stateUsable],
  needs: { paths: Paths },
  detect({ paths: { state } }) {
    const found = oldPlaces.map((name) => join(state, name)).filter((path) => existsSync(path))
    // The folders in it are those of channels' accounts, and in use.
    const credentials = join(state, "credentials")
    if (namesIn(credentials).some((name) => name.endsWith(".json")))
      found.push(join(credentials, "*.json"))
    return found.length ? { found } : null
  },
  explain: ({ found }) =>
    `From an older version, and read by nothing any more: ${found.join(", ")}. Conversations, devices and approvals are in the database now.`,
  next: () =>
    "Keep them for as long as you may want to look something up; keys in them: fased secrets audit",
})

/** One instance too many is how a machine comes to run on yesterday's config. */
export const stateSingle = check({
  id: "store.other-states",
  title: "This is the only state folder in use",
  severity: "warn",
  here: true,
  needs: { paths: Paths, env: Environment },
  detect({ paths, env }) {
    if (paths.profile) return null
    const homes = new Set([paths.home, env.HOME ?? paths.home])
    const found = [...homes]
      .map((home) => join(home, ".fased"))
      .filter((folder) => folder !== paths.state && isState(folder))
    return found.length ? { found, state: paths.state } : null
  },
  explain: ({ found, state }) =>
    `There are two states: this command uses ${state}, and ${found.join(", ")} is one, too. A gateway started without FASED_STATE_DIR and FASED_HOME uses that one.`,
  next: ({ found: [other] }) =>
    `Keep the one you mean, and move the other away, e.g.: mv ${other} ${other}.old`,
})

const isState = (folder: string) =>
  ["fased.json", "fased.yaml", "fased.db"].some((name) => existsSync(join(folder, name)))

export const configSingle = check({
  id: "store.other-config",
  title: "There is one config file",
  severity: "warn",
  here: true,
  needs: { paths: Paths },
  detect({ paths: { config, state } }) {
    const stem = basename(config, extname(config))
    const found = [".json", ".yaml", ".yml"]
      .map((extension) => join(state, stem + extension))
      .filter((path) => path !== config && existsSync(path))
    return found.length ? { found, config } : null
  },
  explain: ({ found, config }) => `fased reads ${config}, and not ${found.join(", ")}.`,
  next: ({ found: [other] }) =>
    `If the other is the one you mean: export FASED_CONFIG_PATH=${other}`,
})

const namesIn = (folder: string) => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
