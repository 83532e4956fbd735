import { useState } from "preact/hooks"
import type { AgentRow } from "../../agents.ts"
import { useFirstOf } from "../../first-of.ts"
import { useNow } from "../../now.ts"
import { Known } from "../../parts/known.tsx"
import { Empty } from "../../parts/notice.tsx"
import { SearchField } from "../../parts/search-field.tsx"
import { ShowMore } from "../../parts/show-more.tsx"
import type { PageProps } from "../../routes.ts"
import { AgentFilter } from "../agent-filter.tsx"
import type { Task } from "./schedule.ts"
import { TaskDeeds } from "./task-deeds.tsx"
import { TaskDialog } from "./task-dialog.tsx"
import { TaskRuns } from "./task-runs.tsx"
import { TaskTable } from "./task-table.tsx"

interface Props extends Pick<PageProps, "gateway" | "router"> {
  /** Only this one's; without it everyone's are shown. */
  agent?: AgentRow
}

/** What is done by the clock, and what came of it. */
export const Tasks = ({ gateway, router, agent }: Props) => {
  const now = useNow()
  const [query, setQuery] = useState("")
  const [chosenAgent, chooseAgent] = useState<string>()
  const [edited, edit] = useState<Task | "new">()
  const [shown, show] = useState<string>()
  const agentId = agent?.id ?? chosenAgent
  const { list, more } = useFirstOf(
    gateway,
    async (wanted) => {
      const filter = { ...(agentId && { agentId }), ...(query && { query }) }
      const params = { enabled: "all" as const, ...filter, ...wanted }
      const { jobs, total } = await gateway.call("cron.list", params)
      return { rows: jobs, total }
    },
    { events: ["cron"], of: [query, agentId] },
  )
  const mayChange = gateway.may("admin")
  const chosen = list.value?.rows.find(({ id }) => id === shown)

  return (
    <>
      <section aria-label="Tasks">
        <div class="toolbar">
          <SearchField label="Search tasks" onSearch={setQuery} />
          {!agent && <AgentFilter gateway={gateway} value={chosenAgent} onChange={chooseAgent} />}
          <p class="toolbar-note" />
          {mayChange && (
            <button type="button" class="primary" onClick={() => edit("new")}>
              New task
            </button>
          )}
        </div>
        <Known resource={list} what="the tasks">
          {({ rows, total }) =>
            rows.length === 0 ? (
              <Empty
                title={
                  query
                    ? "No task is called that."
                    : agentId
                      ? "This agent has no tasks."
                      : "There are no tasks."
                }
              >
                {!query &&
                  "A task is something an agent does by the clock, such as a word every morning."}
              </Empty>
            ) : (
              <>
                <TaskTable
                  gateway={gateway}
                  rows={rows}
                  total={total}
                  now={now}
                  hasAgents={!agent}
                  onShow={show}
                />
                <ShowMore shown={rows.length} total={total} onMore={more} />
              </>
            )
          }
        </Known>
      </section>
      {chosen && (
        <TaskRuns key={chosen.id} gateway={gateway} router={router} task={chosen} now={now}>
          {mayChange && <TaskDeeds gateway={gateway} task={chosen} onChange={() => edit(chosen)} />}
        </TaskRuns>
      )}
      {edited && (
        <TaskDialog
          gateway={gateway}
          agent={agent}
          task={edited === "new" ? undefined : edited}
          onDone={() => edit(undefined)}
        />
      )}
    </>
  )
}
