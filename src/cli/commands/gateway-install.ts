import { homeOf } from "../../service/host.ts"
import { Fault } from "../../kernel/fault.ts"
import { resolvePaths } from "../../config/paths.ts"
import {
  needsRoot,
  runsElsewhere,
  runtimeUnsupported,
  setUpFirst,
  userNeeded,
} from "../../service/faults.ts"
import type { Runtime } from "../../service/manager.ts"
import type { Installed, ServiceManager } from "../../service/service.ts"
import { stateInUse } from "../../store/faults.ts"
import { lockState } from "../../store/lock.ts"
import { portNumber } from "../arguments.ts"
import { command, fased } from "../command.ts"
import type { Context } from "../command.ts"
import { dashboardLink } from "../dashboard-link.ts"
import { findTarget } from "../gateway-client.ts"
import { runningHolder } from "../instance.ts"
import { logFileOf } from "../log-path.ts"
import { printWayIn } from "../next-steps.ts"
import { differences, openService, serviceFacts, untilHealthy } from "../service.ts"
import {
  keysLeftBehind,
  requireConfig,
  serviceEnvironment,
  shellVariables,
} from "../service-readiness.ts"
import { setUp } from "../set-up.ts"

export const gatewayInstall = command({
  about:
    "Sets up what is missing, then has systemd or launchd start the gateway, bring it back when it ends, and " +
    "start it again with the machine. A service that is there already is left as it is, unless --force is given. " +
    "No secret is written into the service file.",
  args: {
    port: {
      type: "string",
      valueHint: "port",
      description: "Always listen there (default: the port the config names)",
    },
    token: { type: "string", valueHint: "token", description: "Save this as the gateway's token" },
    force: {
      type: "boolean",
      description: "Write the service file anew; one you changed is kept as .bak",
    },
    system: { type: "boolean", description: "As a service of the machine; needs root, and --user" },
    user: { type: "string", valueHint: "name", description: "Whom a --system service runs as" },
    runtime: {
      type: "enum",
      valueHint: "runtime",
      options: ["bun", "node"],
      description: "Only bun, which is built in",
    },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased gateway install", "for you, with your login"],
    ["sudo fased gateway install --system --user ada", "for the machine, running as ada"],
    ["fased --profile work gateway install --port 18809", "a second gateway beside the first"],
  ],
  async run({ port, token, force, system, user, runtime, json }, context) {
    if (runtime === "node") throw runtimeUnsupported()
    const quiet = json ? { ...context, out: { ...context.out, print: () => {} } } : context
    const options = { port: portNumber(port), force }
    const made = system
      ? await forMachine(quiet, { ...options, name: user })
      : await forMyself(quiet, { ...options, token })
    const { installed, there, service } = made
    const { installation, outcome } = installed
    const { tried, state, linger, left } = await settle(made, context)
    if (json) {
      context.out.json({
        ok: true,
        action: "install",
        outcome,
        service: serviceFacts(installation),
        runtime: state,
        drift: service.drift(installation),
        backup: installed.backup,
        rpc: tried,
        linger,
        variablesLeftBehind: left,
      })
      return 0
    }
    tell(made, state)
    if (linger.state === "off") {
      context.out.note(`${context.out.notePaint.warn("warning:")} it will end when you log out.`)
      context.out.note(`  To keep it running: ${context.out.notePaint.accent(linger.command)}`)
    }
    for (const name of left)
      context.out.note(
        `${context.out.notePaint.warn("note:")} ${name} is set in this shell only. For the service: echo "${name}=$${name}" >> ${there.paths.state}/.env`,
      )
    return 0
  },
})

/** Installs the service of this user, starts it, and waits until its gateway answers. */
export const installForMyself = async (context: Context) => {
  const made = await forMyself(context, {})
  const { state, linger, left } = await settle(made, context)
  return { installed: made.installed, state, linger, variablesLeftBehind: left }
}

/** Waits for the gateway, and sees what the service lacks that this shell has. */
const settle = async ({ installed, service, there, env }: Made, context: Context) => {
  const { installation, outcome } = installed
  const tried = outcome === "unchanged" ? undefined : await untilHealthy(installation, there)
  const { state } = await service.runtime(installation)
  const linger = await keepAfterLogout(service)
  const left = await keysLeftBehind({ ...there, env: context.env }, env)
  return { tried, state, linger, left }
}

interface Wishes {
  port?: number
  force?: boolean
}

interface Made {
  installed: Installed
  service: ServiceManager
  there: Context
  /** What the gateway's environment will be. */
  env: Context["env"]
}

const forMyself = async (
  context: Context,
  { token, ...wishes }: Wishes & { token?: string },
): Promise<Made> => {
  const { paths, env } = context
  const service = openService(context)
  const home = env.HOME ?? paths.home
  const [before] = service.installed()
  const isLeftAlone = before?.manager.scope === "user" && !wishes.force
  if (isLeftAlone) {
    const serviceEnv = serviceEnvironment({ paths, home }, {})
    return { installed: await service.install("user"), service, there: context, env: serviceEnv }
  }
  await requireTerminalFree(context, service)
  const { FASED_GATEWAY_TOKEN: _, ...others } = shellVariables(context)
  const variables = token ? others : shellVariables(context)
  const serviceEnv = serviceEnvironment({ paths, home }, variables)
  const there = { ...context, env: serviceEnv }
  const settings = await requireConfig(context, serviceEnv)
  await setUp(there)
  await settings.read()
  if (token) await settings.set("gateway.auth.token", token)
  const { decideEntry } = await import("../../gateway/entry.ts")
  await decideEntry({ port: wishes.port }, { settings, env: serviceEnv, paths })
  const installed = await service.install("user", { ...wishes, variables })
  return { installed, service, there: context, env: serviceEnv }
}

/** The machine's service runs as somebody, with what that user has set up; root makes nothing there. */
const forMachine = async (
  context: Context,
  { name = context.env.SUDO_USER, ...wishes }: Wishes & { name?: string },
): Promise<Made> => {
  const flags = context.instance.join(" ")
  if (process.getuid?.() !== 0)
    throw needsRoot({
      what: "A service of the machine",
      command: ["sudo", context.program, flags, "gateway install --system"]
        .filter(Boolean)
        .join(" "),
    })
  if (!name || name === "root")
    throw userNeeded({ problem: "A service of the machine does not run as root." })
  const home = homeOf(name)
  if (!home) throw userNeeded({ problem: `There is no user ${name}.` })
  const paths = resolvePaths({ HOME: home, FASED_PROFILE: context.paths.profile })
  const env = serviceEnvironment({ paths, home }, {})
  const there = { ...context, paths, env }
  const service = openService(there)
  const settings = await requireConfig(there, env)
  if (!settings.current().exists) throw setUpFirst({ config: paths.config, user: name })
  const { gateway } = await import("../../gateway/config.ts")
  const { guardMode } = await import("../../gateway/guards.ts")
  const { resolveAuth } = await import("../../gateway/auth.ts")
  guardMode(settings.section(gateway))
  resolveAuth(settings.section(gateway).auth, env, {})
  const installed = await service.install("system", { ...wishes, user: { name, home } })
  return { installed, service, there, env }
}

/** The service could not take a state folder that a gateway in a terminal holds. */
const requireTerminalFree = async ({ paths }: Context, service: ServiceManager) => {
  const holder = runningHolder(paths.state)
  if (!holder) return
  const [installation] = service.installed()
  const ours = installation && (await service.runtime(installation)).pid
  if (holder.pid !== ours && isLocked(paths.state))
    throw runsElsewhere({ pid: holder.pid, url: holder.url })
}

/** A process id may have gone to another program since it was written down; the lock knows better. */
const isLocked = (state: string) => {
  try {
    lockState(state).release()
    return false
  } catch (error) {
    if (stateInUse.is(error)) return true
    throw error
  }
}

type Linger = { state: "on" | "off" | "no-question"; command: string }

const keepAfterLogout = async (service: ServiceManager): Promise<Linger> => {
  const command = service.lingerCommand
  const lingers = await service.lingers()
  if (lingers !== false) return { state: lingers ? "on" : "no-question", command }
  try {
    await service.keepLingering()
    return { state: "on", command }
  } catch (error) {
    if (error instanceof Fault) return { state: "off", command }
    throw error
  }
}

const tell = ({ installed, service, there: context }: Made, state: Runtime["state"]) => {
  const { out } = context
  const { good, muted, warn, accent } = out.paint
  const { outcome, installation, backup, placed } = installed
  const { manager } = installation
  if (placed) out.print(`Put fased in ${placed}`)
  if (backup) out.print(`Kept the file that was there as ${backup}`)
  const name = `${manager.title} ${manager.name} ${muted(manager.path)}`
  if (outcome === "unchanged") {
    out.print(`Installed already: ${name}`)
    for (const line of differences(service, installation)) out.print(warn(`  but ${line}`))
    out.print(`To write it anew: ${accent(fased(context, "gateway install --force"))}`)
  } else out.print(`${good("Installed")} ${name}`)
  if (state !== "running")
    return out.print(
      `It is ${warn(state)}. Start it with: ${accent(fased(context, "gateway start"))}`,
    )
  out.print(`${good("Gateway running")}; it comes back by itself.`)
  if (outcome === "unchanged") return
  printWayIn(context, {
    link: dashboardLink(findTarget({}, context)),
    logFile: logFileOf(context),
  })
}
