import type { AnyCheck } from "../kernel/check.ts"
import { service, type Services } from "../kernel/service.ts"
import { possibleWith, type Report, runChecks, within } from "./run.ts"

/** Makes every check of this binary. Callers at the same time share one run. */
export interface Doctor {
  run(): Promise<Report>
}
export const Doctor = service<Doctor>("doctor")

/** `load` gives the checks when they are first made: a gateway that starts need not have them. */
export const createDoctor = (
  load: () => Promise<readonly AnyCheck[]>,
  services: Services,
): Doctor => {
  let underWay: Promise<Report> | undefined
  const run = async () => runChecks(possibleWith(services, within(await load(), {})), services)
  return {
    run: () =>
      (underWay ??= run().finally(() => {
        underWay = undefined
      })),
  }
}
