import { statSync } from "node:fs"
import { release } from "node:os"
import { systemPorts } from "../gateway/ports.ts"
import { seriesOf } from "../logs/files.ts"
import { tail } from "../logs/tail.ts"
import { systemDisk } from "../store/disk.ts"
import type { Context } from "./command.ts"
import { printFindings } from "./findings.ts"
import { formatLogLine } from "./log-line.ts"
import { createPaint } from "./paint.ts"
import { printable, printableText } from "./printable.ts"
import { hideIn, secretsOf } from "./secret-values.ts"
import { openSettings } from "./settings.ts"
import type { Standing } from "./standing.ts"
import type { Answers } from "./status-answers.ts"
import { columns } from "./table.ts"

interface Found {
  standing: Standing
  answers: Answers
  logFile: string
}

/** Everything somebody who helps would ask for. Read only, and no secret is in it, wherever it stood. */
export const fullReport = async (found: Found, context: Context) => {
  const { standing, answers, logFile } = found
  const { paths, env, version } = context
  const [{ redactConfig }, { sections }] = await Promise.all([
    import("../config/redact.ts"),
    import("../registry/sections.ts"),
  ])
  const state = (await openSettings(context)).current()
  const { runtimeVersion, pid, processMemory, connections, turns } = answers.status ?? {}
  const report = {
    versions: {
      fased: version,
      gateway: answers.tried.version ?? null,
      bun: Bun.version,
      system: `${process.platform} ${release()} ${process.arch}`,
    },
    instance: {
      profile: paths.profile ?? null,
      home: paths.home,
      state: paths.state,
      config: paths.config,
      logFile,
      writable: standing.writable,
    },
    gateway: { runtimeVersion, pid, processMemory, connections, turns },
    service: { line: standing.service.line, facts: standing.service.json },
    port: await portFacts(standing),
    devices: {
      paired: answers.devices?.paired?.length ?? null,
      pending: answers.devices?.pending?.length ?? null,
    },
    sessions: answers.status?.sessions?.count ?? null,
    disk: {
      freeBytes: await systemDisk.free(paths.state).catch(() => null),
      databaseBytes: sizeOf(paths.database),
      logBytes: seriesOf(logFile).reduce((sum, { size }) => sum + size, 0),
    },
    config: redactConfig(state.composed ?? {}, sections),
    problems: [...state.issues, ...state.warnings],
    findings: await findingsOf(context),
    log: lastTroubles(logFile),
  }
  return hideIn(report, secretsOf({ ...state, env: { ...env, ...state.env } }, sections))
}
type FullReport = Awaited<ReturnType<typeof fullReport>>

const portFacts = async ({ target }: Standing) => {
  const number = Number(new URL(target.url).port)
  return { number, holder: target.kind === "local" ? await systemPorts.holder(number) : null }
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? null

/** What the doctor finds, by the gateway's eyes and from here. */
const findingsOf = async (context: Context) => {
  const { examineAll, prepareExamination } = await import("./examination.ts")
  return (await examineAll(await prepareExamination(context, { deep: true }))).findings
}

const mostTroubles = 20

/** The last lines of the log that somebody should see. */
const lastTroubles = (file: string) =>
  tail(file, { limit: 5000, maxBytes: 1_000_000 })
    .lines.filter((line) => /^\{"time":"[^"]*","level":"(?:warn|error)"/.test(line))
    .slice(-mostTroubles)

export const printFullReport = (context: Context, report: FullReport) => {
  const { out } = context
  const { heading, muted } = out.paint
  const { versions, instance, gateway, service, port, devices, sessions, disk } = report
  const block = (title: string, lines: readonly string[]) => {
    out.print(`\n${heading(title)}`)
    for (const line of lines) out.print(`  ${line}`)
  }
  const facts = (rows: Record<string, unknown>) =>
    columns(
      Object.entries(rows).map(([name, value]) => [[name, muted] as const, wordsFor(value)]),
      { gap: 3 },
    )
  block("Versions", facts(versions))
  block("Instance", facts(instance))
  if (gateway.pid) block("Gateway process", facts(gateway))
  block("Service", [service.line, ...(service.facts ? json(service.facts) : [])])
  block(
    "Counts and room",
    facts({ port: port.number, "held by": port.holder, devices, sessions, ...disk }),
  )
  block("Config, secrets masked", json(report.config))
  if (report.problems.length)
    block(
      "Problems in the config",
      report.problems.map(({ path, message }) => printable(`${path}: ${message}`)),
    )
  out.print(`\n${heading("Doctor")}`)
  if (report.findings.length) printFindings(out, report.findings)
  else out.print("  All is well.")
  const paint = createPaint(false)
  block(
    `Last warnings and errors of the log`,
    report.log.length
      ? report.log.map((line) => formatLogLine(line, { localTime: false, paint }))
      : ["none"],
  )
  out.print(
    `\n${muted("Secrets are masked. Names, paths and addresses are not: read it over before you show it.")}`,
  )
}

const wordsFor = (value: unknown) =>
  value === null || value === undefined
    ? "-"
    : typeof value === "object"
      ? Object.entries(value)
          .map(([name, inner]) => `${name} ${printable(String(inner ?? "-"), 200)}`)
          .join(", ")
      : printable(String(value))

const json = (value: unknown) => printableText(JSON.stringify(value, null, 2)).split("\n")
