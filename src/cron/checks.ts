import { configValid } from "../config/checks.ts"
import { check } from "../kernel/check.ts"
import { Store } from "../store/database.ts"
import { failingTasks } from "./store.ts"

const mostFailures = 3

export const tasksRun = check({
  id: "cron.tasks-run",
  title: "No task keeps failing",
  severity: "warn",
  after: [configValid],
  needs: { store: Store },
  async detect({ store }) {
    const failing = failingTasks(store, mostFailures)
    const [first] = failing
    return first ? { count: failing.length, first } : null
  },
  explain: ({ count, first: { name, state } }) =>
    `The task "${name}" ${state.disabledReason ? `was switched off: ${state.disabledReason}` : `has failed ${state.consecutiveErrors} times in a row: ${state.lastError}`}${count > 1 ? ` ${count - 1} more have trouble.` : ""}`,
  next: ({ first: { id } }) => `See how it did with: fased task runs --id ${id}`,
})
