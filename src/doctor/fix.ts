import type { AnyCheck } from "../kernel/check.ts"
import { Fault } from "../kernel/fault.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import type { Keeping } from "./history.ts"
import { examine, reportOn, type Finding, type Report } from "./run.ts"

/** A finding that has a fix, and what the fix would change. */
export interface Proposal extends Finding {
  fix: string
  diff: readonly string[]
  aggressive: boolean
  migration: boolean
}

export interface Repair {
  id: string
  /** What the fix said it would do. */
  fix: string
  /** `- before` and `+ after`, where the fix says more than its description. */
  diff: readonly string[]
  /** `fixed`: the finding is gone · `remains`: it was applied, the finding is still there */
  state: "fixed" | "remains" | "declined" | "failed"
  /** Why it failed. */
  problem?: string
}

export interface FixOptions {
  approve: (proposal: Proposal) => boolean | Promise<boolean>
  /** Where what a fix touches is kept before. */
  keeping: Keeping
}

/**
 * Applies the fixes that `approve` agrees to, one after another in the checks' order, then looks
 * again: a fix may clear the ground for checks that had to be skipped. Each is tried once.
 */
export const applyFixes = async (
  checks: readonly AnyCheck[],
  services: Services,
  { approve, keeping }: FixOptions,
): Promise<{ repairs: Repair[]; report: Report }> => {
  const tried = new Map<string, Repair & { explain: string }>()
  for (;;) {
    const outcomes = await examine(checks, services)
    const open = new Map<string, string>()
    let acts = 0
    for (const outcome of outcomes) {
      if (outcome.state !== "found") continue
      const { check, found, finding } = outcome
      open.set(check.id, finding.explain)
      if (!check.fix || !finding.fix || tried.has(check.id)) continue
      // What was done before may have changed what there is to find.
      if (acts) continue
      const proposal = await propose(check, found, finding, services)
      const { id, fix, diff, explain } = proposal
      const about = { id, fix, diff, explain }
      if (await approve(proposal)) {
        acts++
        tried.set(check.id, { ...about, ...(await repair(check, found, services, keeping)) })
      } else tried.set(check.id, { ...about, state: "declined" })
    }
    if (acts) continue
    const repairs = [...tried.values()].map(({ explain, ...done }): Repair =>
      done.state === "fixed" && open.get(done.id) === explain
        ? { ...done, state: "remains" }
        : done,
    )
    return { repairs, report: reportOn(outcomes) }
  }
}

const propose = async (
  check: AnyCheck,
  found: unknown,
  finding: Finding,
  services: Services,
): Promise<Proposal> => ({
  ...finding,
  fix: finding.fix!,
  diff: await previewOf(check, found, services),
  aggressive: check.fix?.aggressive ?? false,
  migration: check.fix?.migration ?? false,
})

/** A fix that cannot say what it would change says why when it is applied. */
const previewOf = async (check: AnyCheck, found: unknown, services: Services) => {
  try {
    return (await check.fix?.preview?.(found, services.supply(check.needs))) ?? []
  } catch {
    return []
  }
}

/** Applies one fix; what goes wrong is part of the answer. */
const repair = async (
  check: AnyCheck,
  found: unknown,
  services: Services,
  keeping: Keeping,
): Promise<Pick<Repair, "state" | "problem">> => {
  const fix = check.fix!
  const log = services.get(Log).for("doctor")
  const needs = services.supply(check.needs)
  const about = { id: check.id, fix: fix.describe(found) }
  try {
    await keeping.keeping(about.fix ?? check.title, fix.touches?.(found, needs) ?? [], () =>
      fix.apply(found, needs),
    )
    log.info("fix applied", about)
    return { state: "fixed" }
  } catch (error) {
    log.error("fix failed", { ...about, error })
    return { state: "failed", problem: problemOf(error) }
  }
}

const problemOf = (error: unknown) => {
  if (error instanceof Fault) return [error.message, error.hint].filter(Boolean).join(" ")
  const { code, message } = error as NodeJS.ErrnoException
  // What the system says of a file tells its own story; anything else is a bug.
  return code && /^E[A-Z]+$/.test(code)
    ? `${message}.`
    : "It failed unexpectedly; that is a mistake in fased itself."
}
