import type { Gateway } from "../../gateway.ts"
import { Action } from "../../parts/action.tsx"
import { confirmed } from "../../parts/question.tsx"
import type { Task } from "./schedule.ts"

interface Props {
  gateway: Gateway
  task: Task
  onChange: () => void
}

/** What can be done with a task besides running it. */
export const TaskDeeds = ({ gateway, task: { id, name, enabled }, onChange }: Props) => {
  const remove = async () => {
    const isMeant = await confirmed({
      title: `Remove the task ${name}?`,
      text: "It never runs again, and what it is at is stopped. Its past runs and their conversations stay.",
      action: "Remove",
      isDestructive: true,
    })
    if (isMeant) await gateway.call("cron.remove", { id })
  }
  return (
    <div class="button-row">
      <button type="button" class="quiet" onClick={onChange}>
        Change
      </button>
      <Action
        class="quiet"
        what={`switch ${name}`}
        act={() => gateway.call("cron.update", { id, patch: { enabled: !enabled } })}
      >
        {enabled ? "Switch off" : "Switch on"}
      </Action>
      <Action class="quiet" what={`remove ${name}`} act={remove}>
        Remove
      </Action>
    </div>
  )
}
