import type { AnyCheck } from "../kernel/check.ts"
import { service, type Services } from "../kernel/service.ts"
import { possibleWith, type Report, runChecks, within } from "./run.ts"

/** Makes every check of this binary. Callers at the same time share one run. */
export interface Doctor {
  run(): Promise<Report>
}
export const Doctor = service<Doctor>("doctor")

export const createDoctor = (checks: readonly AnyCheck[], services: Services): Doctor => {
  let underWay: Promise<Report> | undefined
  return {
    run: () =>
      (underWay ??= runChecks(possibleWith(services, within(checks, {})), services).finally(() => {
        underWay = undefined
      })),
  }
}
