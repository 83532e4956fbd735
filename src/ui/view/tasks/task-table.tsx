import type { Gateway } from "../../gateway.ts"
import { Action } from "../../parts/action.tsx"
import { Table } from "../../parts/table.tsx"
import type { Column } from "../../parts/table.tsx"
import { toast } from "../../parts/toast.tsx"
import { nextWords, scheduleWords } from "./schedule.ts"
import type { Task } from "./schedule.ts"

interface Props {
  gateway: Gateway
  rows: readonly Task[]
  total: number
  now: number
  /** They are of several agents. */
  hasAgents: boolean
  onShow: (id: string) => void
}

/** Tasks, when each is due next and what came of it last. */
export const TaskTable = ({ gateway, rows, total, now, hasAgents, onShow }: Props) => {
  const run = async ({ id, name }: Task) => {
    const { ran } = await gateway.call("cron.run", { id })
    onShow(id)
    toast(ran ? `${name} runs.` : `${name} runs already.`)
  }
  const agents: Column<Task> = {
    title: "Agent",
    isMinor: true,
    cell: ({ agentId }) => agentId ?? "the default one",
  }
  return (
    <Table
      label="Tasks"
      rows={rows}
      total={total}
      keyOf={({ id }) => id}
      columns={[
        {
          title: "Task",
          cell: (task) => (
            <button type="button" class="row-title" onClick={() => onShow(task.id)}>
              <b>{task.name}</b>
              <small>{scheduleWords(task.schedule)}</small>
            </button>
          ),
        },
        ...(hasAgents ? [agents] : []),
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
            gateway.may("admin") && (
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
  )
}
