import { configValid } from "../config/checks.ts"
import { check } from "../kernel/check.ts"
import { Store } from "../store/database.ts"
import { createTaskStore } from "./store.ts"

/** Asks the gateway that runs: it has the tasks. */
export const tasksRun = check({
  id: "cron.tasks-run",
  title: "No task keeps failing",
  severity: "warn",
  after: [configValid],
  needs: { store: Store },
  async detect({ store }) {
    const { jobs } = await createTaskStore(store).list({
      enabled: "all",
      sortBy: "updatedAtMs",
      sortDir: "desc",
      limit: 1000,
      offset: 0,
    })
    const failing = jobs.filter(
      ({ enabled, state }) =>
        (enabled && (state.consecutiveErrors ?? 0) >= 3) ||
        (!enabled && state.disabledReason && state.lastRunStatus !== "ok"),
    )
    const [first] = failing
    return first ? { count: failing.length, first } : null
  },
  explain: ({ count, first: { name, state } }) =>
    `The task "${name}" ${state.disabledReason ? `was switched off: ${state.disabledReason}` : `has failed ${state.consecutiveErrors} times in a row: ${state.lastError}`}${count > 1 ? ` ${count - 1} more have trouble.` : ""}`,
  next: ({ first: { id } }) => `See how it did with: fased task runs --id ${id}`,
})
