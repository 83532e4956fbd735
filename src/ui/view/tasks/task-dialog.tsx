import { useState } from "preact/hooks"
import { agentName, useAgents } from "../../agents.ts"
import type { AgentRow } from "../../agents.ts"
import { reason } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import { ChoiceField, LongTextField, TextField } from "../../parts/field.tsx"
import { FormDialog } from "../../parts/form-dialog.tsx"
import { toast } from "../../parts/toast.tsx"
import { scheduleFrom, wishOf } from "./schedule.ts"
import type { Schedule, Task, Unit, Wish } from "./schedule.ts"

interface Props {
  gateway: Gateway
  /** The one that does it, where that is settled. */
  agent?: AgentRow
  /** The one to change; without it another is made. */
  task?: Task
  onDone: () => void
}

/** Something an agent does by the clock. */
export const TaskDialog = ({ gateway, agent, task, onDone }: Props) => {
  const [name, setName] = useState(task?.name ?? "")
  const [words, setWords] = useState(task ? textOf(task) : "")
  const agents = useAgents(gateway).value
  const [agentId, setAgentId] = useState(task ? task.agentId : agent?.id)
  const [where, setWhere] = useState<Task["sessionTarget"]>(task?.sessionTarget ?? "isolated")
  const [wish, setWish] = useState<Wish>(() => wishOf(task?.schedule, Date.now()))
  const [trouble, setTrouble] = useState<{
    of: "name" | "words" | "schedule" | "all"
    text: string
  }>()
  const problemOf = (of: string) => (trouble?.of === of ? trouble.text : undefined)

  const save = async () => {
    if (!name.trim()) return setTrouble({ of: "name", text: "Give it a name." })
    if (!words.trim()) return setTrouble({ of: "words", text: "Say what is to be done." })
    const schedule = scheduleFrom(wish, task?.schedule)
    if ("problem" in schedule) return setTrouble({ of: "schedule", text: schedule.problem })
    try {
      await write({ gateway, task }, { name, agentId, schedule, where, words })
      toast(task ? `${name} is changed.` : `${name} is planned.`)
      onDone()
    } catch (thrown) {
      setTrouble({ of: "all", text: `Could not save it: ${reason(thrown)}.` })
    }
  }
  return (
    <FormDialog
      title={task ? `Change ${task.name}` : "New task"}
      action={task ? "Save" : "Plan it"}
      onSubmit={save}
      onClose={onDone}
    >
      <TextField
        label="Name"
        maxLength={200}
        value={name}
        problem={problemOf("name")}
        onChange={setName}
      />
      <LongTextField
        label="What is to be done"
        placeholder="What is on today? Look at the calendar and the weather."
        value={words}
        problem={problemOf("words")}
        onChange={setWords}
      />
      {!agent && agents && agents.agents.length > 1 && (
        <ChoiceField
          label="Who does it"
          value={agentId ?? agents.defaultId}
          onChange={setAgentId}
          options={agents.agents.map((one) => ({ value: one.id, label: agentName(one) }))}
        />
      )}
      <ChoiceField
        label="Where"
        value={where}
        onChange={(value) => setWhere(value as Task["sessionTarget"])}
        options={[
          { value: "isolated", label: "In a conversation of its own" },
          { value: "main", label: "In the agent’s main conversation" },
          ...(task?.sessionTarget.startsWith("session:")
            ? [{ value: task.sessionTarget, label: "In the conversation it goes on with" }]
            : []),
        ]}
      />
      <When wish={wish} onChange={setWish} problem={problemOf("schedule")} />
      {trouble?.of === "all" && (
        <p class="field-problem" role="alert">
          {trouble.text}
        </p>
      )}
    </FormDialog>
  )
}

const textOf = ({ payload }: Task) =>
  payload.kind === "systemEvent" ? payload.text : payload.message

interface Wanted {
  name: string
  agentId: string | undefined
  schedule: Schedule
  where: Task["sessionTarget"]
  words: string
}

const write = (
  { gateway, task }: Pick<Props, "gateway" | "task">,
  { name, agentId, schedule, where, words }: Wanted,
) => {
  const common = {
    name: name.trim(),
    ...(agentId && { agentId }),
    schedule,
    sessionTarget: where,
    payload:
      where === "main"
        ? ({ kind: "systemEvent", text: words } as const)
        : ({ kind: "agentTurn", message: words } as const),
  }
  return task
    ? gateway.call("cron.update", { id: task.id, patch: common })
    : gateway.call("cron.add", common)
}

interface WhenProps {
  wish: Wish
  problem?: string
  onChange: (wish: Wish) => void
}

const kinds = [
  { value: "cron", label: "By the calendar" },
  { value: "every", label: "Again and again" },
  { value: "at", label: "Once" },
] as const

const When = ({ wish, problem, onChange }: WhenProps) => {
  const set = (part: Partial<Wish>) => onChange({ ...wish, ...part })
  return (
    <>
      <ChoiceField
        label="When"
        value={wish.kind}
        options={kinds}
        onChange={(kind) => set({ kind: kinds.find(({ value }) => value === kind)!.value })}
      />
      {wish.kind === "at" && (
        <label class="form-field">
          <span class="field-label">Day and time</span>
          <input
            type="datetime-local"
            value={wish.at}
            onInput={({ currentTarget }) => set({ at: currentTarget.value })}
          />
          {problem && <span class="field-problem">{problem}</span>}
        </label>
      )}
      {wish.kind === "every" && (
        <div class="field-pair">
          <TextField
            label="Every"
            value={wish.count}
            problem={problem}
            onChange={(count) => set({ count })}
          />
          <ChoiceField
            label="Unit"
            value={wish.unit}
            options={[
              { value: "minutes", label: "minutes" },
              { value: "hours", label: "hours" },
              { value: "days", label: "days" },
            ]}
            onChange={(unit) => set({ unit: unit as Unit })}
          />
        </div>
      )}
      {wish.kind === "cron" && (
        <div class="field-pair">
          <TextField
            label="Cron expression"
            hint="Minute, hour, day, month, weekday. 0 9 * * 1-5: at nine, Monday to Friday"
            value={wish.expr}
            problem={problem}
            onChange={(expr) => set({ expr })}
          />
          <TextField
            label="Time zone"
            hint="Left empty, the gateway’s."
            value={wish.tz}
            onChange={(tz) => set({ tz })}
          />
        </div>
      )}
    </>
  )
}
