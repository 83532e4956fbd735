import type { ComponentChildren } from "preact"
import { useFirstOf } from "../../first-of.ts"
import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import { Action } from "../../parts/action.tsx"
import { Known } from "../../parts/known.tsx"
import { Empty } from "../../parts/notice.tsx"
import { ShowMore } from "../../parts/show-more.tsx"
import { Table } from "../../parts/table.tsx"
import { chatOf } from "../../router.ts"
import type { Router } from "../../router.ts"
import { duration, when } from "../../words.ts"
import type { Task } from "./schedule.ts"

type Run = Result<"cron.runs">["entries"][number]

interface Props {
  gateway: Gateway
  router: Router
  task: Task
  now: number
  /** What can be done with the task. */
  children: ComponentChildren
}

/** What came of a task each time, the newest first. */
export const TaskRuns = ({ gateway, router, task, now, children }: Props) => {
  const { list, more } = useFirstOf(
    gateway,
    async (wanted) => {
      const { entries, total } = await gateway.call("cron.runs", { id: task.id, ...wanted })
      return { rows: entries, total }
    },
    { events: ["cron"] },
  )
  return (
    <section aria-labelledby="runs">
      <div class="section-head">
        <h2 id="runs">Runs of {task.name}</h2>
        {children}
      </div>
      <Known resource={list} what="the runs">
        {({ rows, total }) =>
          rows.length === 0 ? (
            <Empty title="It did not run yet." />
          ) : (
            <>
              <Table
                label={`Runs of ${task.name}`}
                rows={rows}
                total={total}
                keyOf={({ runId }) => runId}
                columns={[
                  {
                    title: "Run",
                    cell: (run) => <Outcome run={run} now={now} />,
                  },
                  {
                    title: "Took",
                    isMinor: true,
                    align: "end",
                    cell: ({ durationMs }) =>
                      durationMs === undefined ? "" : `${(durationMs / 1000).toFixed(1)} s`,
                  },
                  {
                    title: "Actions",
                    align: "end",
                    cell: (run) => <Deeds run={run} gateway={gateway} router={router} />,
                  },
                ]}
              />
              <ShowMore shown={rows.length} total={total} onMore={more} />
            </>
          )
        }
      </Known>
    </section>
  )
}

const isOver = ({ state }: Run) => state === "done" || state === "cancelled"

const Outcome = ({ run, now }: { run: Run; now: number }) => {
  const { state, status, error, summary, scheduledAtMs, runAtMs = scheduledAtMs } = run
  const ago = now - runAtMs < 86_400_000 ? `${duration(now - runAtMs)} ago` : when(runAtMs, now)
  return (
    <span class="two-lines">
      <b>
        {isOver(run) ? (status ?? state) : state}, {ago}
      </b>
      <small class="clamped">{error ?? summary}</small>
    </span>
  )
}

const Deeds = ({ run, gateway, router }: { run: Run } & Pick<Props, "gateway" | "router">) => {
  const { runId, sessionKey } = run
  return (
    <>
      {sessionKey && (
        <button type="button" class="quiet" onClick={() => router.go(chatOf(sessionKey))}>
          Open
        </button>
      )}
      {gateway.may("write") && (
        <Action
          class="quiet"
          what={isOver(run) ? "do it once more" : "stop the run"}
          act={() =>
            gateway.call(isOver(run) ? "cron.queue.retry" : "cron.queue.cancel", { runId })
          }
        >
          {isOver(run) ? "Once more" : "Stop"}
        </Action>
      )}
    </>
  )
}
