import { fault } from "../kernel/fault.ts"

const list = "See what waits with: fased approvals list"

export const unknownApproval = fault<{ id: string }>("approvals.unknown", {
  status: 404,
  message: ({ id }) => `No command waits for approval under the id ${id}.`,
  hint: () => list,
})

export const ambiguous = fault<{ start: string }>("approvals.ambiguous", {
  status: 409,
  message: ({ start }) => `More than one waiting command has an id that begins with ${start}.`,
  hint: () => `Write more of it. ${list}`,
})

export const answered = fault<{ id: string; decision: string; by: string | null }>(
  "approvals.answered",
  {
    status: 409,
    message: ({ id, decision, by }) =>
      `The command ${id} was already answered${by ? ` by ${by}` : ""}: ${decision}.`,
    hint: () => "The first answer counts.",
    details: ({ decision }) => ({ decision }),
  },
)

export const tooLate = fault<{ id: string; restarted: boolean }>("approvals.too-late", {
  status: 410,
  message: ({ id, restarted }) =>
    restarted
      ? `The gateway was restarted while the command ${id} waited; it was not run.`
      : `Nobody answered in time for the command ${id}; it was not run.`,
  hint: () => "Let the agent try again: it asks anew.",
})

export const onlyOnce = fault<{ id: string }>("approvals.only-once", {
  status: 409,
  message: ({ id }) =>
    `The command ${id} cannot be allowed for good: it runs other programs, or what it runs is not plain.`,
  hint: ({ id }) => `Allow it this once: /approve ${id} allow-once`,
})

export const anotherCommand = fault<{ id: string }>("approvals.another-command", {
  status: 409,
  message: ({ id }) => `The id ${id} belongs to another command.`,
  hint: () => "An answer counts for the very command it was given for. Ask under a new id.",
})

export const tooMany = fault<{ most: number }>("approvals.too-many", {
  status: 429,
  message: ({ most }) => `${most} commands wait for approval already.`,
  hint: () => `Answer some of them first. ${list}`,
  retryable: true,
})

export const policyChanged = fault("approvals.policy-changed", {
  status: 409,
  message: () => "The policy for commands was changed since it was read.",
  hint: () => "Read it again with: fased approvals get",
})

export const badPattern = fault<{ pattern: string; problem: string }>("approvals.bad-pattern", {
  status: 400,
  message: ({ pattern, problem }) => `The pattern "${pattern}" ${problem}.`,
  hint: () => "Write the whole path of a program, such as /usr/bin/git; * stands for any name.",
})

export const howToApprove = fault("approvals.how", {
  status: 400,
  message: () => "Which command, and what about it?",
  hint: () => "Write: /approve <id> allow-once, allow-always or deny.",
})
