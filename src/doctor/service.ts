import { Paths } from "../config/paths.ts"
import type { AnyCheck } from "../kernel/check.ts"
import { Clock } from "../kernel/clock.ts"
import { service, type Services } from "../kernel/service.ts"
import type { Repair } from "./fix.ts"
import { possibleWith, type Report, runChecks, within } from "./run.ts"

/** Makes every check of this binary. Callers at the same time share one run. */
export interface Doctor {
  run(): Promise<Report>
  /** Applies one check's fix, after keeping what it may change, and looks again. */
  fix(id: string): Promise<{ repair?: Repair; report: Report }>
}
export const Doctor = service<Doctor>("doctor")

/** `load` gives the checks when they are first made: a gateway that starts need not have them. */
export const createDoctor = (
  load: () => Promise<readonly AnyCheck[]>,
  services: Services,
): Doctor => {
  let underWay: Promise<Report> | undefined
  const possible = async () => possibleWith(services, within(await load(), {}))
  const run = async () => runChecks(await possible(), services)
  return {
    run: () =>
      (underWay ??= run().finally(() => {
        underWay = undefined
      })),
    async fix(id) {
      const [{ applyFixes }, { beginRun }] = await Promise.all([
        import("./fix.ts"),
        import("./history.ts"),
      ])
      const { state } = services.get(Paths)
      const keeping = beginRun({ state, now: services.get(Clock).now() })
      const { repairs, report } = await applyFixes(await possible(), services, {
        approve: (proposal) => proposal.id === id,
        keeping,
      })
      keeping.end()
      return { repair: repairs.find((one) => one.id === id), report }
    },
  }
}
