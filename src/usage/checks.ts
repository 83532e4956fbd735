import { check } from "../kernel/check.ts"
import { Ledger, Zone } from "./service.ts"
import { describeBudget, enoughFor } from "./told.ts"

/** Asks the gateway that runs: it has the counts. */
export const withinBudgets = check({
  id: "usage.within-budgets",
  title: "No budget is spent",
  severity: "warn",
  needs: { ledger: Ledger, zone: Zone },
  async detect({ ledger, zone }) {
    const [first, ...more] = (await ledger.standing()).filter(({ state }) => state !== "ok")
    return first ? { near: [first, ...more] as const, zone: zone() } : null
  },
  explain: ({ near, zone }) =>
    near
      .slice(0, 5)
      .map((budget) => upperFirst(`${describeBudget(budget, zone)}.`))
      .join(" "),
  next: ({ near: [first] }) =>
    `See where it went with: fased usage --by session. To raise it: fased config set '${first.setting}.${first.unit}' ${enoughFor(first)}`,
})

const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
