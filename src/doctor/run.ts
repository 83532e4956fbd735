import type { AnyCheck } from "../kernel/check.ts"
import { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { checkTimeout } from "./faults.ts"

/** Something a check found, for a person to read. */
export interface Finding {
  /** The check's id. */
  id: string
  title: string
  severity: AnyCheck["severity"]
  explain: string
  /** What to do about it. */
  next?: string
  /** What `doctor --fix` would do. */
  fix?: string
  /** The fix replaces what somebody may want to keep, so it takes `--force`. */
  force?: true
}

export interface Report {
  /** True when nothing keeps fased from doing its job. */
  ok: boolean
  /** How many checks were made. */
  checked: number
  findings: Finding[]
  /** Checks not made because their ground is missing. */
  skipped: { id: string; title: string; because: string }[]
}

/** What came of one check; `found` is what its own fix takes. */
export type Outcome = { check: AnyCheck } & (
  | { state: "well" }
  | { state: "found"; found: unknown; finding: Finding }
  | { state: "failed"; finding: Finding }
  | { state: "skipped"; because: AnyCheck }
)

const deadlineMs = 5000

/** Those whose services there are. */
export const possibleWith = (services: Services, checks: readonly AnyCheck[]) =>
  checks.filter(({ needs }) =>
    Object.values<{ service: string }>(needs).every((name) => services.has(name)),
  )

/** What a run leaves out unless it is asked for. */
export interface Scope {
  /** Look at the whole machine. */
  deep?: boolean
  /** Advice on how to work. */
  tips?: boolean
}

export const within = (checks: readonly AnyCheck[], { deep = false, tips = true }: Scope) =>
  checks.filter((check) => (deep || !check.deep) && (tips || !check.tip))

/** Makes every check, side by side where none waits for another, and reports. Changes nothing. */
export const runChecks = async (checks: readonly AnyCheck[], services: Services): Promise<Report> =>
  reportOn(await examine(checks, services))

export const examine = (checks: readonly AnyCheck[], services: Services): Promise<Outcome[]> => {
  const outcomes = new Map<AnyCheck, Promise<Outcome>>()
  const outcomeOf = (check: AnyCheck): Promise<Outcome> =>
    outcomes.getOrInsertComputed(check, async () => {
      for (const ground of check.after ?? [])
        if ((await outcomeOf(ground)).state !== "well")
          return { check, state: "skipped", because: ground }
      return look(check, services)
    })
  return Promise.all(checks.map(outcomeOf))
}

/** One report of two: of a check that both made, ours counts. */
export const merge = (theirs: Report, ours: Report, made: readonly AnyCheck[]): Report => {
  const ids = new Set(made.map(({ id }) => id))
  const others = <T extends { id: string }>(list: readonly T[]) =>
    list.filter(({ id }) => !ids.has(id))
  const findings = [...others(theirs.findings), ...ours.findings]
  return {
    ok: isOk(findings),
    checked: Math.max(theirs.checked, ours.checked),
    findings,
    skipped: [...others(theirs.skipped), ...ours.skipped],
  }
}

const isOk = (findings: readonly Finding[]) =>
  findings.every(({ severity }) => severity !== "error")

export const reportOn = (outcomes: readonly Outcome[]): Report => {
  const findings = outcomes.flatMap((outcome) => ("finding" in outcome ? [outcome.finding] : []))
  const skipped = outcomes.flatMap((outcome) =>
    outcome.state === "skipped"
      ? [{ id: outcome.check.id, title: outcome.check.title, because: outcome.because.id }]
      : [],
  )
  return {
    ok: isOk(findings),
    checked: outcomes.length - skipped.length,
    findings,
    skipped,
  }
}

const look = async (check: AnyCheck, services: Services): Promise<Outcome> => {
  try {
    const found: unknown = await inTime(check.id, services, async () =>
      check.detect(services.supply(check.needs)),
    )
    if (found === null || found === undefined) return { check, state: "well" }
    return { check, state: "found", found, finding: describe(check, found) }
  } catch (error) {
    return { check, state: "failed", finding: describeFailure(check, error, services) }
  }
}

const describe = (check: AnyCheck, found: unknown): Finding => {
  const fix = check.fix?.describe(found)
  return {
    id: check.id,
    title: check.title,
    severity: check.severity,
    explain: check.explain(found),
    ...(check.next && { next: check.next(found) }),
    ...(fix !== undefined && { fix }),
    ...(fix !== undefined && check.fix?.aggressive && { force: true as const }),
  }
}

/** A check that cannot be made is itself something to look at. What a bug says stays in the log. */
const describeFailure = (check: AnyCheck, error: unknown, services: Services): Finding => {
  const known = error instanceof Fault
  if (!known) services.get(Log).for("doctor").error("check failed", { check: check.id, error })
  return {
    id: check.id,
    title: check.title,
    severity: "warn",
    explain: known
      ? `This could not be checked: ${error.message}`
      : "This could not be checked: the check itself failed.",
    next: (known && error.hint) || "See the details with: fased logs",
  }
}

const inTime = async <T>(id: string, services: Services, work: () => Promise<T>): Promise<T> => {
  const late = Promise.withResolvers<never>()
  const cancel = services
    .get(Clock)
    .after(deadlineMs, () => late.reject(checkTimeout({ id, seconds: deadlineMs / 1000 })))
  try {
    return await Promise.race([work(), late.promise])
  } finally {
    cancel()
  }
}
