import type { AnyCheck } from "../kernel/check.ts"
import { Fault } from "../kernel/fault.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { examine, reportOn, type Finding, type Report } from "./run.ts"

/** A finding that has a fix. */
export type Fixable = Finding & { fix: string }

export interface Repair {
  id: string
  /** What the fix said it would do. */
  fix: string
  /** `fixed`: the finding is gone · `remains`: it was applied, the finding is still there */
  state: "fixed" | "remains" | "declined" | "failed"
  /** Why it failed. */
  problem?: string
}

/**
 * Applies the fixes that `approve` agrees to, one after another in the checks' order, then looks
 * again: a fix may clear the ground for checks that had to be skipped. Each is tried once.
 */
export const applyFixes = async (
  checks: readonly AnyCheck[],
  services: Services,
  { approve }: { approve: (finding: Fixable) => boolean | Promise<boolean> },
): Promise<{ repairs: Repair[]; report: Report }> => {
  const tried = new Map<string, Repair>()
  for (;;) {
    const outcomes = await examine(checks, services)
    const open = new Set<string>()
    let tries = 0
    for (const outcome of outcomes) {
      if (outcome.state !== "found") continue
      const { check, found, finding } = outcome
      open.add(check.id)
      if (!check.fix || !isFixable(finding) || tried.has(check.id)) continue
      tries++
      const agreed = await approve(finding)
      tried.set(
        check.id,
        agreed
          ? await repair(check, found, finding, services)
          : { id: check.id, fix: finding.fix, state: "declined" },
      )
    }
    if (tries) continue
    const repairs = [...tried.values()].map((done): Repair =>
      done.state === "fixed" && open.has(done.id) ? { ...done, state: "remains" } : done,
    )
    return { repairs, report: reportOn(outcomes) }
  }
}

/** Applies one fix; what goes wrong is part of the answer. */
const repair = async (
  check: AnyCheck,
  found: unknown,
  finding: Fixable,
  services: Services,
): Promise<Repair> => {
  const about = { id: check.id, fix: finding.fix }
  const log = services.get(Log).for("doctor")
  try {
    await check.fix?.apply(found, services.supply(check.needs))
    log.info("fix applied", about)
    return { ...about, state: "fixed" }
  } catch (error) {
    log.error("fix failed", { ...about, error })
    return { ...about, state: "failed", problem: problemOf(error) }
  }
}

const isFixable = (finding: Finding): finding is Fixable => finding.fix !== undefined

const problemOf = (error: unknown) =>
  error instanceof Fault
    ? [error.message, error.hint].filter(Boolean).join(" ")
    : "It failed unexpectedly; the log has the details (fased logs)."
