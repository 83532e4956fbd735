import { gauge } from "../kernel/metric.ts"
import { Approvals } from "./approvals.ts"

export const metrics = [
  gauge({
    name: "fased_approvals_waiting",
    help: "Commands that wait for somebody's yes.",
    needs: { approvals: Approvals },
    read: async ({ approvals }) => (await approvals.waiting()).length,
  }),
] as const
