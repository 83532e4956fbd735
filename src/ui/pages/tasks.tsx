import { PageHead } from "../parts/page-head.tsx"
import type { PageProps } from "../routes.ts"
import { Scheduler } from "../view/tasks/scheduler.tsx"
import { Tasks } from "../view/tasks/tasks.tsx"

export const TasksPage = ({ gateway, router }: PageProps) => (
  <>
    <PageHead title="Tasks" about="What agents do by the clock, and what came of it." />
    <div class="page-body">
      <Scheduler gateway={gateway} />
      <Tasks gateway={gateway} router={router} />
    </div>
  </>
)
