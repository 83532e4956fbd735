import { delimiter, join } from "node:path"
import type { Paths } from "../config/paths.ts"
import { badValue } from "./faults.ts"
import { type ServiceKind, serviceNames } from "./names.ts"

/** What the installed service shall be, whichever manager runs it. Holds no secret. */
export interface Plan {
  /** For people. */
  title: string
  label: string
  alias: string
  profile?: string
  /** Of the fased that writes it. */
  version: string
  /** The program, then its arguments. */
  command: readonly string[]
  environment: Readonly<Record<string, string>>
  /** Variables of the operator's, 0600; where there is none that is fine. */
  environmentFile: string
  home: string
  /** Where launchd puts what the gateway prints. */
  logs: string
  /** Set for a system service: who it runs as. */
  user?: string
}

/** A plan of nothing, to see what every plan has. */
export const blankPlan: Plan = {
  title: "",
  label: "",
  alias: "",
  version: "",
  command: [],
  environment: { NAME: "" },
  environmentFile: "",
  home: "",
  logs: "",
}

export interface PlanOptions {
  /** Default: the gateway. */
  kind?: ServiceKind
  paths: Paths
  /** The account's own home, which FASED_HOME does not move. */
  home: string
  /** The program as updates leave it in place. */
  launcher: string
  version: string
  /** Only when it was asked for by hand; else the config names it. */
  port?: number
  user?: string
  platform?: NodeJS.Platform
}

/** Where every system keeps programs; nothing of the installing shell's PATH. */
const folders = {
  linux: ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"],
  darwin: ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"],
}

export const systemPath = (home: string, platform: NodeJS.Platform = process.platform) =>
  [join(home, ".local", "bin"), ...folders[platform === "darwin" ? "darwin" : "linux"]].join(
    delimiter,
  )

/** Variables the service's file of them is kept in. */
export const environmentFile = (state: string, kind: ServiceKind = "gateway") =>
  join(state, kind === "gateway" ? "service.env" : "node-service.env")

const titles: Record<ServiceKind, string> = { gateway: "Fased Gateway", node: "Fased Node" }

export const makePlan = (options: PlanOptions): Plan => {
  const { kind = "gateway", paths, home, launcher, version, port, user, platform } = options
  const names = serviceNames(paths.profile, kind)
  const plan: Plan = {
    ...names,
    title: titles[kind],
    profile: paths.profile,
    version,
    command: [launcher, kind, "run", ...(port === undefined ? [] : ["--port", `${port}`])],
    environment: {
      HOME: home,
      PATH: systemPath(home, platform),
      ...(paths.home !== home && { FASED_HOME: paths.home }),
      ...(paths.profile && { FASED_PROFILE: paths.profile }),
      FASED_STATE_DIR: paths.state,
      FASED_CONFIG_PATH: paths.config,
      FASED_SERVICE_MARKER: names.label,
      FASED_SERVICE_VERSION: version,
    },
    environmentFile: environmentFile(paths.state, kind),
    home,
    logs: paths.logs,
    ...(user && { user }),
  }
  for (const [name, value] of [
    ["The program's path", launcher],
    ["The path of the log folder", paths.logs],
    ...Object.entries(plan.environment),
  ] as const)
    if (!isWritable(value)) throw badValue({ name })
  return plan
}

/** A backslash at the end would join the next line to it. */
// oxlint-disable-next-line no-control-regex -- those are what must not be there
const isWritable = (value: string) => !/[\x00-\x1f\x7f]|\\$/.test(value)

/** What an installed service says of itself, as far as it can be compared with a plan. */
export interface Facts {
  command: readonly string[]
  environment: Readonly<Record<string, string>>
  /** Whom a system service runs as. */
  user?: string
  /** Comes back by itself, whatever ended it. */
  restarts: boolean
  /** Starts with the session or the machine. */
  starts: boolean
  /** Waits for the network; launchd has no such thing. */
  waitsForNetwork: boolean
  /** Settings beyond those we write: somebody's own. */
  extras: readonly string[]
}
