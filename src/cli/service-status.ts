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
  /** What is wrong with it, and what to type. */
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
      advice: othersLines(others),
      json: deep ? { installed: false, others } : null,
    }
  const runtime = await service.runtime(installation)
  const drift = service.drift(installation)
  const there = instanceOf(installation)
  const isElsewhere = there.paths.config !== context.paths.config
  return {
    line: describe(installation, runtime),
    runtime,
    ...(isElsewhere && { config: await reportConfig(there) }),
    advice: [
      ...(second ? [`\nInstalled twice: also ${second.manager.path}. Keep one of them.`] : []),
      ...differenceLines(differences(service, installation), context),
      // A gateway in a terminal has the state, so the service could not start.
      ...(isHeld ? [] : startLines(runtime, context)),
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

const startLines = ({ state, lastWords = [] }: Runtime, context: Context) => {
  const { accent } = context.out.paint
  if (state === "stopped") return [`\nStart it with: ${accent(fased(context, "gateway start"))}`]
  if (state === "failed")
    return [
      ...(lastWords.length ? ["\nIts last words:"] : [""]),
      ...lastWords.map((line) => `  ${printable(line, 400)}`),
      `See why it ended: ${accent(fased(context, "doctor"))}, ${accent(fased(context, "logs"))}`,
    ]
  return []
}

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
