import { hostname, userInfo } from "node:os"
import type { Report } from "../../doctor/run.ts"
import { valueAt } from "../../config/path.ts"
import { httpUrl } from "../../client/target.ts"
import type { Env } from "../../config/paths.ts"
import { Fault } from "../../kernel/fault.ts"
import { askName } from "../../gateway/serve-status.ts"
import type { ServeState } from "../../gateway/serve.ts"
import { tailscaleProgram } from "../../gateway/tailscale-program.ts"
import { sshTarget, tunnelLine } from "../../onboard/reach.ts"
import { fased } from "../command.ts"
import type { Context } from "../command.ts"
import { withCredentials } from "../credentials.ts"
import { dashboardLink } from "../dashboard-link.ts"
import { printFindings } from "../findings.ts"
import { findTarget, withGateway } from "../gateway-client.ts"
import { runningHolder } from "../instance.ts"
import { probe } from "../probe.ts"
import type { Place } from "./place.ts"
import { installService } from "./service.ts"
import type { Wizard } from "./wizard.ts"

/** What is told of the service and the gateway at the end. */
export interface Outcome {
  service: {
    state: "installed" | "unchanged" | "failed" | "not-asked"
    name?: string
    /** What keeps it from outliving the login. */
    linger?: string
    problem?: string
    variablesLeftBehind?: readonly string[]
  }
  health: { state: "ok" | "failed" | "skipped" | "not-running"; url?: string; problem?: string }
}

/** Installs the service if that was wanted, and sees whether a gateway answers. */
export const startUp = async (
  wizard: Wizard,
  { service }: { service: boolean },
): Promise<Outcome> => {
  const { ask, context } = wizard
  const work = () => install(context)
  const installed: Outcome["service"] = !service
    ? { state: "not-asked" }
    : await (ask ? ask.busy("Installing the service and waiting for its gateway", work) : work())
  return { service: installed, health: await health(wizard) }
}

const install = async (context: Context): Promise<Outcome["service"]> => {
  try {
    const { installed, linger, variablesLeftBehind } = await installService(context)
    return {
      state: installed.outcome === "unchanged" ? "unchanged" : "installed",
      name: installed.installation.manager.name,
      ...(linger.state === "off" && { linger: linger.command }),
      ...(variablesLeftBehind.length && { variablesLeftBehind }),
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { state: "failed", problem: [error.message, error.hint].filter(Boolean).join("\n") }
  }
}

const health = async ({ args, context }: Wizard): Promise<Outcome["health"]> => {
  const target = findTarget({}, context)
  if (args["skip-health"]) return { state: "skipped" }
  if (target.kind === "local" && !runningHolder(context.paths.state))
    return { state: "not-running" }
  const { ok, url, error } = await probe(target, context, 5000)
  return ok
    ? { state: "ok", url: httpUrl({ url }) }
    : {
        state: "failed",
        url: httpUrl({ url }),
        problem: [error?.message, error?.hint].filter(Boolean).join("\n"),
      }
}

/** With `--no-fast-health`: every check of the running gateway. */
export const examine = async (wizard: Wizard): Promise<Report | undefined> => {
  const { args, context } = wizard
  if (args["fast-health"] !== false) return undefined
  const report = (await withGateway({}, context, (client) =>
    client.request("doctor.run", {}),
  )) as Report
  if (!args.json) printFindings(context.out, report.findings)
  return report
}

/** An account may have no name, as in a container; then a person has to know it. */
const userName = (env: Env) => {
  const name = env.USER || env.LOGNAME || userInfo().username
  return /^[\w.-]+$/.test(name) && name !== "unknown" ? name : "<user>"
}

/** The gateway with its credential, where that can be had; a link without one still leads to the page. */
const signedIn = async (context: Context) => {
  const target = findTarget({}, context)
  try {
    return await withCredentials(target, context)
  } catch (error) {
    if (error instanceof Fault) return target
    throw error
  }
}

/** How a person comes to the page: here with the link, to a server through Tailscale or SSH. */
export interface Reach {
  /** Commands to type, each with what it is for. */
  steps: readonly (readonly [purpose: string, command: string])[]
  /** The page's address once they were. */
  page: string
  /** Why a better way is not there. */
  problem?: string
}

export const reach = async (wizard: Wizard, place: Place, { health }: Outcome): Promise<Reach> => {
  const { context } = wizard
  const link = dashboardLink(await signedIn(context))
  if (place !== "hosting") return { steps: [], page: link }
  const { port, hash, pathname } = new URL(link)
  const machine = await askName(tailscaleProgram(context.env))
  const at = (origin: string) => `${origin.replace(/\/$/, "")}${pathname}${hash}`
  const wanted = wantsTailscale(wizard)
  const served = wanted && health.state === "ok" ? await whatIsServed(context) : undefined
  if (served?.state === "served") return { steps: [], page: at(served.url) }
  if ("name" in machine && served?.state !== "failed") {
    const serve = fased(context, "config set gateway.tailscale.mode serve")
    const steps = wanted ? [] : [["Tailscale is here", serve] as const]
    return { steps, page: at(`https://${machine.name}`) }
  }
  const self = { user: userName(context.env), host: hostname() }
  return {
    steps: [["On your own machine", tunnelLine(sshTarget(context.env, self), Number(port))]],
    page: link,
    ...(served?.state === "failed" && { problem: `${served.problem} ${served.next}` }),
  }
}

const wantsTailscale = ({ settings }: Wizard) => {
  const mode = valueAt(settings.current().composed, ["gateway", "tailscale", "mode"])
  return mode === "serve" || mode === "funnel"
}

const claimMs = 5_000
const pollMs = 150

/** The running gateway's word on Tailscale, once it knows. */
const whatIsServed = (context: Context): Promise<ServeState | undefined> =>
  withGateway({}, context, async (client) => {
    for (const until = Date.now() + claimMs; Date.now() < until; await Bun.sleep(pollMs)) {
      const { tailscale } = (await client.request("status", {})) as { tailscale?: ServeState }
      if (tailscale && tailscale.state !== "pending" && tailscale.state !== "off") return tailscale
    }
    return undefined
  })
