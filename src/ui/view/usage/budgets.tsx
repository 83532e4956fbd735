import type { Result } from "../../methods.ts"
import { amount, dollars } from "../../words.ts"

type Budget = Result<"usage.status">["budgets"][number]

const states: Record<Budget["state"], string> = { ok: "", near: "nearly spent", spent: "spent" }
const endings: Record<Budget["action"], string> = {
  warn: "told when it is spent",
  stop: "nothing is answered once it is spent",
}

/** What may be used, and how much of it is. */
export const Budgets = ({ budgets }: { budgets: readonly Budget[] }) => {
  if (!budgets.length) return null
  return (
    <section aria-labelledby="budgets">
      <h2 id="budgets">Budgets</h2>
      <ul class="lines budgets">
        {budgets.map((budget) => {
          const { setting, of, per, unit, limit, spent, state, action, resetsAt } = budget
          const words = unit === "usd" ? dollars : amount
          return (
            <li key={setting} class={state}>
              <b>
                {of}, each {per}
              </b>
              <meter
                min={0}
                max={limit}
                value={Math.min(spent, limit)}
                aria-label={`${of}, each ${per}`}
              />
              <span>
                {words(spent)} of {words(limit)} {unit === "tokens" && "tokens"}{" "}
                {states[state] && `· ${states[state]} `}· {endings[action]} · anew{" "}
                {new Date(resetsAt).toLocaleDateString()}
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
