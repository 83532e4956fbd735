import { fault } from "../../kernel/fault.ts"

export const outOfReach = fault<{ key: string }>("agents.out-of-reach", {
  status: 403,
  message: ({ key }) => `There is no session "${key.slice(0, 120)}" that this one may reach.`,
  hint: () =>
    "See those there are with sessions_list. The operator widens this with tools.sessions.visibility and tools.agentToAgent.",
})

export const ownSession = fault("agents.own-session", {
  status: 400,
  message: () => "This is the session you are in; it cannot send to itself.",
  hint: () => "Answer here, or name another session.",
})
