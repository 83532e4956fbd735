import { existsSync } from "node:fs"
import { basename, join } from "node:path"
import type { Env, Paths } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import { privateFolder } from "../store/files.ts"
import { noteAction, recorded } from "./actions-log.ts"
import type { Action } from "./actions-log.ts"
import { findDrift, isFleeting } from "./drift.ts"
import { keepEnvironment } from "./environment-file.ts"
import {
  insideService,
  noManager,
  notInstalled,
  notOurs,
  secondInstall,
  unitInTheWay,
} from "./faults.ts"
import { thisHost } from "./host.ts"
import type { Host } from "./host.ts"
import { findInstallation, keepCopy, portIn } from "./installation.ts"
import { findLauncher, placeLauncher } from "./launcher.ts"
import { keepLingering, lingerCommand, lingers } from "./linger.ts"
import { managersOf } from "./managers.ts"
import type { Manager, Scope } from "./manager.ts"
import { type ServiceKind, serviceNames } from "./names.ts"
import { olderServices, otherServices, setAside } from "./others.ts"
import { makePlan } from "./plan.ts"
import type { Plan } from "./plan.ts"
import type { Installation, ServiceManager } from "./service.ts"

interface Options {
  paths: Paths
  /** Default: the gateway. */
  kind?: ServiceKind
  env: Env
  clock: Clock
  /** Default: this machine. */
  host?: Host
}

export const createServiceManager = ({
  paths,
  kind = "gateway",
  env,
  clock,
  host = thisHost(env),
}: Options): ServiceManager => {
  const managers = managersOf(paths, host, kind)
  const managerOf = (scope: Scope): Manager => {
    const { label } = serviceNames(paths.profile, kind)
    const found = managers.find((manager) => manager.scope === scope)
    if (found) return found
    throw noManager({
      why: `fased makes no ${scope} service on this system, so ${label} cannot be one.`,
      next: `Install it for yourself: fased ${kind} install`,
    })
  }

  const installed = () =>
    managers.flatMap((manager) => findInstallation(manager, paths.state) ?? [])

  const required = () => {
    const [first] = installed()
    if (first) return first
    const flags = paths.profile ? `--profile ${paths.profile} ` : ""
    throw notInstalled({
      label: serviceNames(paths.profile, kind).label,
      install: `fased ${flags}${kind} install`,
      run: `fased ${flags}${kind} run`,
    })
  }

  const isInside = () => {
    const group = host.controlGroup()
    return host.platform === "darwin"
      ? env.FASED_SERVICE_MARKER === serviceNames(paths.profile, kind).label
      : managers.some(({ name }) => new RegExp(`/${RegExp.escape(name)}(?:/|$)`, "m").test(group))
  }

  const requireOutside = (action: string) => {
    if (isInside()) throw insideService({ action })
  }

  const entry = (action: Action, { manager, facts }: Pick<Installation, "manager" | "facts">) => {
    const state = facts.environment.FASED_STATE_DIR
    const logs = state ? join(state, "logs") : paths.logs
    return { action, unit: manager.name, at: clock.now(), logs }
  }

  /** The plan for what is installed: its program stays where that is good, and so does its port. */
  const planFor = ({ facts }: Installation, launcher: string): Plan =>
    makePlan({
      kind,
      paths,
      // A service of the machine lives in the home of whom it runs as.
      home: (facts.user && facts.environment.HOME) || host.user.home,
      launcher,
      version: host.version,
      port: portIn(facts.command),
      user: facts.user,
      platform: host.platform,
    })

  const drift = (installation: Installation) => {
    const { manager, facts } = installation
    const planned = planFor(installation, "/any/fased") // which program it is does not count as drift
    return findDrift(facts, manager.read(manager.render(planned)))
  }

  const rewrite = async (installation: Installation) => {
    const { manager, facts } = installation
    const [program = ""] = facts.command
    const isGood = existsSync(program) && !isFleeting(program, host.user.home)
    const launcher = isGood
      ? { path: program }
      : findLauncher({ binary: host.binary, home: host.user.home, env })
    placeLauncher(launcher)
    keepCopy(installation)
    await manager.rewrite(manager.render(planFor(installation, launcher.path)))
  }

  /** Written by an older fased and left alone since: an update that restarts brings it along. */
  const isOutdated = (installation: Installation) =>
    installation.author === "fased" &&
    !installation.custom &&
    drift(installation).some(({ item }) => item === "version")

  return {
    installed,
    runtime: ({ manager }) => manager.runtime(),
    drift,
    isInside,
    async install(scope, { force = false, port, user, variables = {} } = {}) {
      const { alias } = serviceNames(paths.profile, kind)
      const manager = managerOf(scope)
      const [other] = installed().filter((one) => one.manager.scope !== scope)
      if (other)
        throw secondInstall({
          path: other.manager.path,
          scope: other.manager.scope,
          remove: `${other.manager.scope === "system" ? "sudo " : ""}fased ${kind} uninstall`,
        })
      const before = installed().find((one) => one.manager.scope === scope)
      if (before && !force) return { outcome: "unchanged", installation: before }
      requireOutside("installing it anew")
      const older = olderServices(host).find(({ path }) => basename(path) === `${alias}.service`)
      if (older && !force) throw unitInTheWay(older)
      const launcher = findLauncher({ binary: host.binary, home: host.user.home, env })
      const text = manager.render(
        makePlan({
          kind,
          paths,
          home: user?.home ?? host.user.home,
          launcher: launcher.path,
          version: host.version,
          port,
          user: user?.name,
          platform: host.platform,
        }),
      )
      const after = {
        manager,
        text,
        facts: manager.read(text),
        author: "fased",
      } as const
      return recorded(entry("install", after), async () => {
        if (older) await setAside(older, host)
        placeLauncher(launcher)
        if (kind === "gateway") keepEnvironment(paths.state, variables)
        privateFolder(paths.logs)
        const backup = before && keepCopy(before)
        await manager.install(text)
        return {
          outcome: before ? ("replaced" as const) : ("installed" as const),
          installation: after,
          ...(backup && { backup }),
          ...(launcher.copyOf && { placed: launcher.path }),
        }
      })
    },
    async rewrite() {
      const installation = required()
      const { manager, custom } = installation
      if (custom) throw notOurs({ path: manager.path, why: custom })
      await recorded(entry("rewrite", installation), () => rewrite(installation))
    },
    async keepCurrent() {
      const outdated = installed().find((one) => one.manager.scope === "user" && isOutdated(one))
      if (outdated) await recorded(entry("rewrite", outdated), () => rewrite(outdated))
    },
    async start() {
      const installation = required()
      await recorded(entry("start", installation), () => installation.manager.start())
      return installation
    },
    async stop() {
      const [installation] = installed()
      if (!installation) return "absent"
      requireOutside("stopping it")
      await recorded(entry("stop", installation), () => installation.manager.stop())
      return "stopped"
    },
    async restart() {
      const installation = required()
      const wait = !isInside()
      if (!wait) noteAction(entry("restart", installation), { outcome: "asked" })
      await recorded(entry("restart", installation), async () => {
        if (isOutdated(installation)) await rewrite(installation)
        await installation.manager.restart({ wait })
      })
      return installation
    },
    async uninstall() {
      const [installation] = installed()
      if (!installation) return null
      requireOutside("removing it")
      await recorded(entry("uninstall", installation), () => installation.manager.uninstall())
      return installation
    },
    async lingers() {
      const [installation] = installed()
      const isUserUnit =
        installation?.manager.kind === "systemd" && installation.manager.scope === "user"
      return isUserUnit ? lingers(host) : undefined
    },
    lingerCommand: lingerCommand(host.user),
    keepLingering: () => keepLingering(host),
    older: () => olderServices(host),
    setAside: (older) => setAside(older, host),
    others: () =>
      otherServices(
        host,
        managers.map(({ path }) => path),
      ),
    async launchdSecrets() {
      if (host.platform !== "darwin") return []
      const found: string[] = []
      for (const name of ["FASED_GATEWAY_TOKEN", "FASED_GATEWAY_PASSWORD"])
        if ((await host.run("launchctl", ["getenv", name]))?.out) found.push(name)
      return found
    },
  }
}
