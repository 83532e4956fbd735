import { Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { readHolder } from "../store/lock.ts"
import { cleanUp } from "./others.ts"
import { ServiceManager } from "./service.ts"
import type { Installation } from "./service.ts"

export const single = check({
  id: "service.single",
  title: "The gateway is one service, not two",
  severity: "error",
  here: true,
  needs: { service: ServiceManager },
  detect({ service }) {
    const paths = service.installed().map(({ manager }) => manager.path)
    return paths.length > 1 ? { paths } : null
  },
  explain: ({ paths }) =>
    `This instance is installed twice, as ${paths.join(" and ")}. Each keeps the other from its state.`,
  next: () => "Keep the machine's: fased gateway uninstall removes your own.",
})

export const running = check({
  id: "service.running",
  title: "The installed service runs",
  severity: "error",
  here: true,
  needs: { service: ServiceManager, paths: Paths },
  async detect({ service, paths }) {
    const [installation] = service.installed()
    if (!installation || holdsState(paths.state)) return null
    const { state, detail, lastWords } = await service.runtime(installation)
    if (state === "running" || state === "starting") return null
    const isOurs = installation.custom === undefined
    return { name: installation.manager.name, state, detail, lastWords, isOurs }
  },
  explain: ({ name, state, detail, lastWords = [] }) =>
    [
      `The service ${name} is installed but ${state === "unknown" ? "its manager does not answer" : state}${detail ? `: ${detail}` : "."}`,
      ...lastWords,
    ].join("\n"),
  next: () => "See why with: fased logs, then: fased gateway start",
  fix: {
    // What somebody wrote for themselves is theirs to start, and a manager that is silent starts nothing.
    describe: ({ name, state, isOurs }) =>
      isOurs && state !== "unknown" ? `Start ${name}.` : undefined,
    apply: async (_, { service }) => void (await service.start()),
  },
})

/** A gateway runs, as a service or in a terminal. */
const holdsState = (state: string) => {
  const holder = readHolder(state)
  try {
    return holder !== undefined && process.kill(holder.pid, 0)
  } catch {
    return false
  }
}

/** A service file, and the copy of what somebody wrote by hand. */
const withCopy = (path: string) => [path, `${path}.bak`]

/** What it says of another version is for `service.current`. */
const driftOf = (service: ServiceManager, wanted: (installation: Installation) => boolean) =>
  service
    .installed()
    .filter(wanted)
    .map((installation) => ({
      path: installation.manager.path,
      author: installation.author,
      why: installation.custom,
      items: service
        .drift(installation)
        .filter(({ item }) => item !== "version")
        .map(({ message }) => message),
    }))
    .find(({ items }) => items.length > 0) ?? null

export const drifted = check({
  id: "service.drifted",
  title: "The service is as fased installs it",
  severity: "warn",
  here: true,
  needs: { service: ServiceManager },
  detect: ({ service }) => driftOf(service, ({ custom }) => !custom),
  explain: ({ path, items }) => `The service ${path} has drifted: ${items.join("; ")}.`,
  fix: {
    describe: ({ path }) =>
      `Write ${path} anew, keeping a copy if you changed it; then: fased gateway restart`,
    touches: ({ path }) => withCopy(path),
    apply: (_, { service }) => service.rewrite(),
  },
})

export const custom = check({
  id: "service.custom",
  title: "A service file of your own still starts this instance",
  severity: "warn",
  here: true,
  needs: { service: ServiceManager },
  detect: ({ service }) => driftOf(service, ({ custom }) => custom !== undefined),
  explain: ({ path, author, why, items }) =>
    author === "foreign"
      ? `The service ${path} starts something else: ${why}.`
      : `The service ${path} is not what this instance needs (${items.join("; ")}), and ${why}.`,
  next: () => "Mend it yourself, or replace it, keeping a copy: fased gateway install --force",
  fix: {
    aggressive: true,
    describe: ({ path }) =>
      `Write ${path} as fased would, keeping yours as ${path}.bak; then: fased gateway restart`,
    touches: ({ path }) => withCopy(path),
    async apply({ path }, { service }) {
      const found = service.installed().find(({ manager }) => manager.path === path)
      if (found) await service.install(found.manager.scope, { force: true })
    },
  },
})

export const current = check({
  id: "service.current",
  title: "The service file is this version's",
  severity: "hint",
  here: true,
  needs: { service: ServiceManager },
  detect({ service }) {
    const [found] = service.installed().filter((one) => !one.custom)
    const old = found && service.drift(found).find(({ item }) => item === "version")
    return old ? { path: found.manager.path, message: old.message } : null
  },
  explain: ({ path, message }) => `The service ${path} may lack what is new: ${message}.`,
  fix: {
    describe: ({ path }) => `Write ${path} anew; it counts from the next restart.`,
    touches: ({ path }) => withCopy(path),
    apply: (_, { service }) => service.rewrite(),
  },
})

export const outlivesLogin = check({
  id: "service.outlives-login",
  title: "The service goes on after you log out",
  severity: "warn",
  here: true,
  needs: { service: ServiceManager },
  async detect({ service }) {
    return (await service.lingers()) === false ? { command: service.lingerCommand } : null
  },
  explain: () =>
    "systemd ends your services when you log out, the gateway too, and starts none when the machine boots.",
  next: ({ command }) => `Run: ${command}`,
  fix: {
    describe: ({ command }) => `Ask systemd to keep them (or, where that is root's: ${command}).`,
    apply: (_, { service }) => service.keepLingering(),
  },
})

export const older = check({
  id: "service.older",
  title: "No older service starts a gateway too",
  severity: "warn",
  here: true,
  needs: { service: ServiceManager },
  detect({ service }) {
    const found = service.older()
    return found.length ? { found } : null
  },
  explain: ({ found }) =>
    `Left from an older version, and starting a gateway of its own: ${found.map(({ path }) => path).join(", ")}.`,
  next: ({ found }) => `Run: ${found.map(cleanUp).join("; ")}`,
  fix: {
    describe: ({ found }) =>
      found.map(({ path }) => `Stop it and rename it to ${path}.bak.`).join(" "),
    touches: ({ found }) => found.flatMap(({ path }) => withCopy(path)),
    async apply({ found }, { service }) {
      for (const one of found) await service.setAside(one)
    },
  },
})

export const launchdSecret = check({
  id: "service.launchd-secret",
  title: "launchd overrides no secret of the config",
  severity: "warn",
  here: true,
  needs: { service: ServiceManager },
  async detect({ service }) {
    const names = await service.launchdSecrets()
    return names.length ? { names } : null
  },
  explain: ({ names }) =>
    `launchd gives every program ${names.join(" and ")}, which counts before the config: clients read "unauthorized" when it is out of date. See it with: ${names.map((name) => `launchctl getenv ${name}`).join("; ")}`,
  next: ({ names }) =>
    `Run: ${names.map((name) => `launchctl unsetenv ${name}`).join("; ")}, then: fased gateway restart`,
})

export const others = check({
  id: "service.others",
  title: "No other service of this machine runs a gateway",
  severity: "hint",
  here: true,
  deep: true,
  needs: { service: ServiceManager },
  detect({ service }) {
    const found = service.others().filter(({ kind }) => kind !== "profile")
    return found.length ? { found } : null
  },
  explain: ({ found }) =>
    `Other services look as if they ran a gateway: ${found.map(({ path }) => path).join(", ")}.`,
  next: ({ found: [first] }) => `Those you do not need can go, e.g.: ${cleanUp(first!)}`,
})
