import { fault } from "../kernel/fault.ts"

export const unknownTask = fault<{ id: string }>("cron.unknown-task", {
  status: 404,
  message: ({ id }) => `No task has the id or name "${id}".`,
  hint: () => "See what there is with: fased task list --all",
})

export const ambiguousTask = fault<{ id: string; ids: readonly string[] }>("cron.ambiguous-task", {
  status: 409,
  message: ({ id, ids }) => `"${id}" stands for ${ids.length} tasks: ${ids.join(", ")}.`,
  hint: () => "Name it by its whole id.",
})

export const unknownRun = fault<{ runId: string }>("cron.unknown-run", {
  status: 404,
  message: ({ runId }) => `No run has the id "${runId}".`,
  hint: () => "See past runs with: fased task runs",
})

export const badExpression = fault<{ expr: string; why: string }>("cron.bad-expression", {
  status: 400,
  message: ({ expr, why }) => `"${expr}" is no cron expression: ${why}.`,
  hint: () => 'It has minute, hour, day, month and weekday: "0 9 * * 1-5" is 9:00 on weekdays.',
})

export const badZone = fault<{ zone: string }>("cron.bad-zone", {
  status: 400,
  message: ({ zone }) => `"${zone}" is no time zone.`,
  hint: () => "Name one such as Europe/Berlin, or UTC.",
})

export const neverDue = fault<{ name: string }>("cron.never-due", {
  status: 400,
  message: ({ name }) => `The task "${name}" would never run: its time does not come any more.`,
  hint: () => "Choose a moment that lies ahead.",
})

export const badPair = fault<{ target: string; kind: string }>("cron.bad-pair", {
  status: 400,
  message: ({ target, kind }) =>
    `A task for the session "${target}" cannot be of the kind ${kind}.`,
  hint: () =>
    "The main session takes a systemEvent (--system-event), every other an agentTurn (--message).",
})

export const noCurrentSession = fault("cron.no-current-session", {
  status: 400,
  message: () => "It is not known which session is the current one.",
  hint: () => "Name it as sessionKey (--session-key), or as sessionTarget session:<key>.",
})

export const badTarget = fault<{ key: string; why: string }>("cron.bad-target", {
  status: 400,
  message: ({ key, why }) => `A task cannot work in the session "${key}": ${why}.`,
  hint: () => "Name one of its own, such as session:reports, or give it to that agent (--agent).",
})

export const webhookNeedsAddress = fault("cron.webhook-needs-address", {
  status: 400,
  message: () => "Delivery by webhook needs an http or https address.",
  hint: () => "Put it in delivery.to, or leave the delivery out.",
})

export const privateWebhook = fault<{ host: string }>("cron.private-webhook", {
  status: 400,
  message: ({ host }) =>
    `${host} is on this machine or in a private network, where tasks post nothing to.`,
  hint: () => "If it is yours, name it in the config first: fased config set cron.webhook <url>",
})

export const notQueued = fault<{ runId: string; state: string }>("cron.not-queued", {
  status: 409,
  message: ({ runId, state }) => `The run ${runId} is ${state}, so there is nothing to stop.`,
  hint: () => "Only a run that waits or is at work can be cancelled.",
})

export const stillRunning = fault<{ runId: string }>("cron.still-running", {
  status: 409,
  message: ({ runId }) => `The run ${runId} has not ended yet.`,
  hint: ({ runId }) => `To begin it anew, stop it first: fased task cancel-run ${runId}`,
})

export const fromARun = fault("cron.from-a-run", {
  status: 403,
  message: () => "A task at work cannot make or change tasks.",
  hint: () => "Say in the result which task is wanted; the person can make it.",
})

export const notYourAgent = fault<{ agentId: string }>("cron.not-your-agent", {
  status: 403,
  message: ({ agentId }) => `This agent cannot give tasks to the agent "${agentId}".`,
  hint: () => "Leave agentId out: the task is then its own.",
})

export const tooManyTasks = fault<{ most: number }>("cron.too-many-tasks", {
  status: 409,
  message: ({ most }) => `There are ${most} tasks already, which is the most there can be.`,
  hint: () => "Remove some that are done with: fased task list --all, then fased task rm <id>",
})

export const noDelivery = fault<{ why: string }>("cron.no-delivery", {
  status: 502,
  message: ({ why }) => `The result could not be delivered: ${why}`,
  hint: () => "See where the task sends to with: fased task show <id>",
})

export const unnamed = fault("cron.unnamed", {
  status: 400,
  message: () => "It is not said which task is meant.",
  hint: () => "Give its id or its name as `id`.",
})

export const badTask = fault<{ why: string }>("cron.bad-task", {
  status: 400,
  message: ({ why }) => `Of this no task can be made: ${why}.`,
  hint: () => "It needs a name, a schedule and a payload.",
})

export const badSpan = fault<{ text: string }>("cron.bad-span", {
  status: 400,
  message: ({ text }) => `"${text}" does not say when.`,
  hint: () => "Write `every 2h`, `in 20m`, `hourly`, `daily`, or a cron expression in quotes.",
})

export const nothingAsked = fault("cron.nothing-asked", {
  status: 400,
  message: () => "It is not said what is to be done.",
  hint: () => "Say it behind the time: `/task new every 2h mail: Any new mail?`",
})
