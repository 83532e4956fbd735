import { configValid } from "../config/checks.ts"
import { check } from "../kernel/check.ts"
import { Models } from "../models/service.ts"
import { usage } from "./config.ts"
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

/** A budget of dollars is no limit for what has no price. */
export const budgetsCount = check({
  id: "usage.budgets-count",
  title: "Budgets of dollars limit the model that answers",
  severity: "warn",
  after: [configValid],
  needs: { usage, models: Models },
  detect({ usage, models }) {
    if (!usage.budgets.some(({ usd }) => usd !== undefined)) return null
    const ref = models.defaultRef()
    const entry = models.list({ all: true }).find(({ provider, id }) => `${provider}/${id}` === ref)
    return entry?.cost || !entry?.api ? null : { ref }
  },
  explain: ({ ref }) =>
    `A budget is in dollars, and the price of ${ref} is not known: what it uses does not count.`,
  next: () => "Put cost on the model in models.providers, or limit tokens: usage.budgets[].tokens",
})
