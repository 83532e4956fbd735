import type { Runtime } from "../service/manager.ts"
import { cleanUp } from "../service/others.ts"
import type { OtherService } from "../service/others.ts"
import type { Installation } from "../service/service.ts"
import { fased } from "./command.ts"
import type { Context } from "./command.ts"
import { reportConfig } from "./config-state.ts"
import type { ConfigReport } from "./config-state.ts"
import { printable } from "./printable.ts"
import { differences, instanceOf, openService, serviceFacts } from "./service.ts"

/** What `gateway status` says of the service. */
export interface ServiceReport {
  line: string
  /** Undefined when no service is installed; then nothing was asked and no time spent. */
  runtime?: Runtime
  /** The service's config, where that is another than this command line's. */
  config?: ConfigReport
  /** It is not what would be installed now. */
  differs: boolean
  /** What is wrong with it, and what it said last. */
  advice: string[]
  json: object | null
}

export const reportService = async (
  context: Context,
  { deep = false, isHeld = false }: { deep?: boolean; isHeld?: boolean },
): Promise<ServiceReport> => {
  const service = openService(context)
  const others = deep ? service.others() : []
  const [installation, second] = service.installed()
  if (!installation)
    return {
      line: `not installed (${fased(context, "gateway install")} keeps it running)`,
      differs: false,
      advice: othersLines(others),
      json: deep ? { installed: false, others } : null,
    }
  const runtime = await service.runtime(installation)
  const drift = service.drift(installation)
  const there = instanceOf(installation)
  const unlike = differences(service, installation)
  const isElsewhere = there.paths.config !== context.paths.config
  return {
    line: describe(installation, runtime),
    runtime,
    ...(isElsewhere && { config: await reportConfig(there) }),
    differs: unlike.length > 0,
    advice: [
      ...(second ? [`\nInstalled twice: also ${second.manager.path}. Keep one of them.`] : []),
      ...differenceLines(unlike, context),
      // A gateway in a terminal has the state, so the service could not start.
      ...(isHeld ? [] : lastWordLines(runtime)),
      ...othersLines(others),
    ],
    json: { ...serviceFacts(installation), ...runtime, drift, ...(deep && { others }) },
  }
}

const describe = ({ manager }: Installation, { loaded, enabled, state }: Runtime) => {
  const facts = [
    loaded ? "loaded" : state === "unknown" ? "its manager does not answer" : "not loaded",
    enabled === false ? "does not start by itself" : enabled && "enabled",
  ]
  return `${manager.title} ${manager.name} (${facts.filter(Boolean).join(", ")}) ${manager.path}`
}

const differenceLines = (lines: readonly string[], context: Context) =>
  lines.length
    ? [
        "\nThe service is not what would be installed now:",
        ...lines.map((line) => `  - ${line}`),
        `Write it anew: ${context.out.paint.accent(fased(context, "gateway install --force"))}`,
      ]
    : []

const lastWordLines = ({ state, lastWords = [] }: Runtime) =>
  state === "failed" && lastWords.length
    ? ["\nIts last words:", ...lastWords.map((line) => `  ${printable(line, 400)}`)]
    : []

const othersLines = (others: readonly OtherService[]) =>
  others.flatMap((other) =>
    other.kind === "profile"
      ? [`Another profile's service: ${other.path}`]
      : [`Also starts a gateway: ${other.path}`, `  If it is not needed: ${cleanUp(other)}`],
  )

/** The word scripts look for, with what is known of how it came to that. */
export const describeRuntime = (isRunning: boolean, runtime: Runtime | undefined) => {
  const status = isRunning ? "running" : runtime?.state === "unknown" ? "unknown" : "stopped"
  const { state, detail, restarts } = runtime ?? {}
  const known = [
    !isRunning && state !== status && state,
    !isRunning && detail,
    restarts && `brought back ${restarts === 1 ? "once" : `${restarts} times`}`,
  ].filter(Boolean)
  return { status, ...(known.length && { detail: known.join(", ") }) }
}
