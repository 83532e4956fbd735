import { useState } from "preact/hooks"
import { firstOf } from "../../first-of.ts"
import { useNow } from "../../now.ts"
import { Action } from "../../parts/action.tsx"
import { Known } from "../../parts/known.tsx"
import { Empty } from "../../parts/notice.tsx"
import { confirmed } from "../../parts/question.tsx"
import { SearchField } from "../../parts/search-field.tsx"
import { Table } from "../../parts/table.tsx"
import { toast } from "../../parts/toast.tsx"
import { useResource } from "../../resource.ts"
import { nextWords, scheduleWords } from "../../view/agent/schedule.ts"
import type { Task } from "../../view/agent/schedule.ts"
import { TaskDialog } from "../../view/agent/task-dialog.tsx"
import { TaskRuns } from "../../view/agent/task-runs.tsx"
import type { TabProps } from "./tabs.ts"

const page = 50
/** As many as the gateway gives at once. */
const most = 200

/** What an agent does by the clock. */
export const TasksTab = ({ gateway, router, agent: { id: agentId } }: TabProps) => {
  const now = useNow()
  const [query, setQuery] = useState("")
  const [count, setCount] = useState(page)
  const [edited, edit] = useState<Task | "new">()
  const [shown, show] = useState<string>()
  const tasks = useResource(
    gateway,
    () =>
      firstOf(count, most, async (wanted) => {
        const filter = { agentId, enabled: "all" as const, ...(query && { query }) }
        const { jobs, total } = await gateway.call("cron.list", { ...filter, ...wanted })
        return { rows: jobs, total }
      }),
    { events: ["cron"], of: [query, count] },
  )
  const isAdmin = gateway.may("admin")

  const run = async ({ id, name }: Task) => {
    const { ran } = await gateway.call("cron.run", { id })
    show(id)
    toast(ran ? `${name} runs.` : `${name} runs already.`)
  }
  const remove = async ({ id, name }: Task) => {
    const isMeant = await confirmed({
      title: `Remove the task ${name}?`,
      text: "It never runs again, and what it is at is stopped. Its past runs and their conversations stay.",
      action: "Remove",
      isDestructive: true,
    })
    if (isMeant) await gateway.call("cron.remove", { id })
  }
  const chosen = tasks.value?.rows.find(({ id }) => id === shown)

  return (
    <>
      <section aria-label="Tasks">
        <div class="toolbar">
          <SearchField label="Search tasks" onSearch={setQuery} />
          <p class="toolbar-note" />
          {isAdmin && (
            <button type="button" class="primary" onClick={() => edit("new")}>
              New task
            </button>
          )}
        </div>
        <Known resource={tasks} what="the tasks">
          {({ rows, total }) =>
            rows.length === 0 ? (
              <Empty title={query ? "No task is called that." : "This agent has no tasks."}>
                {!query &&
                  "A task is something it does by the clock, such as a word every morning."}
              </Empty>
            ) : (
              <>
                <Table
                  label="Tasks"
                  rows={rows}
                  total={total}
                  keyOf={({ id }) => id}
                  columns={[
                    {
                      title: "Task",
                      cell: (task) => (
                        <button type="button" class="row-title" onClick={() => show(task.id)}>
                          <b>{task.name}</b>
                          <small>{scheduleWords(task.schedule)}</small>
                        </button>
                      ),
                    },
                    { title: "Next", cell: (task) => nextWords(task, now) },
                    {
                      title: "Last",
                      isMinor: true,
                      cell: ({ state: { lastRunStatus, lastError } }) => (
                        <span title={lastError}>{lastRunStatus ?? "not yet"}</span>
                      ),
                    },
                    {
                      title: "Actions",
                      align: "end",
                      cell: (task) =>
                        isAdmin && (
                          <Action
                            class="quiet"
                            what={`run ${task.name}`}
                            label={`Run now: ${task.name}`}
                            act={() => run(task)}
                          >
                            Run now
                          </Action>
                        ),
                    },
                  ]}
                />
                {rows.length < total && (
                  <button type="button" class="link" onClick={() => setCount(count + page)}>
                    Show more of {total}
                  </button>
                )}
              </>
            )
          }
        </Known>
      </section>
      {chosen && (
        <TaskRuns key={chosen.id} gateway={gateway} router={router} task={chosen} now={now}>
          {isAdmin && (
            <div class="button-row">
              <button type="button" class="quiet" onClick={() => edit(chosen)}>
                Change
              </button>
              <Action
                class="quiet"
                what={`switch ${chosen.name}`}
                act={() =>
                  gateway.call("cron.update", {
                    id: chosen.id,
                    patch: { enabled: !chosen.enabled },
                  })
                }
              >
                {chosen.enabled ? "Switch off" : "Switch on"}
              </Action>
              <Action class="quiet" what={`remove ${chosen.name}`} act={() => remove(chosen)}>
                Remove
              </Action>
            </div>
          )}
        </TaskRuns>
      )}
      {edited && (
        <TaskDialog
          gateway={gateway}
          agentId={agentId}
          task={edited === "new" ? undefined : edited}
          onDone={() => edit(undefined)}
        />
      )}
    </>
  )
}
