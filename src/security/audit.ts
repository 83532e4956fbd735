import { configInvalid, notFetched } from "../config/faults.ts"
import { Fault } from "../kernel/fault.ts"
import { type AnyRisk, type Exposure, severities, type Severity } from "../kernel/risk.ts"
import type { Services } from "../kernel/service.ts"

/** Something the audit found; scripts know it by `checkId` (contract 08 §11). */
export interface Finding {
  checkId: string
  severity: Severity
  title: string
  detail: string
  remediation?: string
  /** What `--fix` would do. */
  fix?: string
}

export interface AuditReport {
  summary: Record<Severity, number>
  /** The gravest first. */
  findings: Finding[]
}

/** One fix that `--fix` made, or tried to. */
export interface Change {
  checkId: string
  what: string
  ok: boolean
  problem?: string
}

interface Found {
  risk: AnyRisk
  exposure: Exposure
}

/** Looks for every risk. Changes nothing. */
export const audit = async (risks: readonly AnyRisk[], services: Services): Promise<AuditReport> =>
  reportOn(await look(risks, services))

/** Applies the fixes there are, then looks again. */
export const fixAndAudit = async (
  risks: readonly AnyRisk[],
  services: Services,
): Promise<{ fix: { ok: boolean; changes: Change[] }; report: AuditReport }> => {
  const changes: Change[] = []
  for (const { risk, exposure } of await look(risks, services))
    if (exposure.fix) changes.push(await apply(risk.id, exposure.fix))
  const ok = changes.every((change) => change.ok)
  return { fix: { ok, changes }, report: await audit(risks, services) }
}

const look = async (risks: readonly AnyRisk[], services: Services): Promise<Found[]> => {
  const found = await Promise.all(
    risks.map(async (risk) => {
      const exposure = await detect(risk, services)
      return exposure ? [{ risk, exposure }] : []
    }),
  )
  const rank = ({ exposure }: Found) => severities.indexOf(exposure.severity)
  return found.flat().toSorted((a, b) => rank(a) - rank(b))
}

const detect = async (risk: AnyRisk, services: Services): Promise<Exposure | null> => {
  try {
    return await risk.detect(services.supply(risk.needs))
  } catch (error) {
    // `config.invalid` and `secrets.unresolved` say it once for all that need the config.
    if (configInvalid.is(error) || notFetched.is(error)) return null
    return { severity: "warn", detail: `This could not be looked at: ${(error as Error).message}` }
  }
}

const apply = async (
  checkId: string,
  { describe: what, apply }: NonNullable<Exposure["fix"]>,
): Promise<Change> => {
  try {
    await apply()
    return { checkId, what, ok: true }
  } catch (error) {
    const { message } = error as Error
    const problem = error instanceof Fault && error.hint ? `${message} ${error.hint}` : message
    return { checkId, what, ok: false, problem }
  }
}

const reportOn = (found: readonly Found[]): AuditReport => {
  const findings = found.map(({ risk, exposure: { severity, detail, remediation, fix } }) => ({
    checkId: risk.id,
    severity,
    title: risk.title,
    detail,
    ...(remediation && { remediation }),
    ...(fix && { fix: fix.describe }),
  }))
  const count = (severity: Severity) => findings.filter((one) => one.severity === severity).length
  return {
    summary: { critical: count("critical"), warn: count("warn"), info: count("info") },
    findings,
  }
}
