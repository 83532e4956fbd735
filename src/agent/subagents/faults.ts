import { fault } from "../../kernel/fault.ts"

export const tooDeep = fault<{ most: number }>("agents.too-deep", {
  status: 409,
  message: ({ most }) => `Subagents may be started ${most} deep, and this session is that deep.`,
  hint: () =>
    "Do the work here, or have the operator raise agents.defaults.subagents.maxSpawnDepth.",
})

export const tooManyChildren = fault<{ most: number }>("agents.too-many-children", {
  status: 409,
  message: ({ most }) => `${most} subagents of this session are at work, and no more are allowed.`,
  hint: () => "Wait until one has ended, or stop one with the subagents tool.",
})

export const agentNotAllowed = fault<{ agentId: string; allowed: readonly string[] }>(
  "agents.not-allowed",
  {
    status: 403,
    message: ({ agentId }) => `This agent may not start "${agentId.slice(0, 80)}".`,
    hint: ({ allowed }) =>
      `It may start: ${allowed.join(", ")}. The operator sets this in agents.list[].subagents.allowAgents.`,
  },
)

export const unknownSubagent = fault<{ target: string }>("agents.unknown-subagent", {
  status: 404,
  message: ({ target }) => `This session has no subagent "${target.slice(0, 80)}".`,
  hint: () => "See which there are: the action list, or /subagents in a chat.",
})

export const notOnThisSurface = fault<{ what: string }>("agents.not-on-this-surface", {
  status: 409,
  message: ({ what }) => `${what} is not possible here.`,
  hint: () => "Leave it out: the subagent then runs once and its result comes as a message.",
})

export const nothingSaid = fault<{ usage: string }>("agents.nothing-said", {
  status: 400,
  message: () => "Something is missing.",
  hint: ({ usage }) => `Write it as \`${usage}\`.`,
})

export const unknownAction = fault<{ action: string; usage: string }>("agents.unknown-action", {
  status: 400,
  message: ({ action }) =>
    `\`${action.slice(0, 40).toWellFormed()}\` is nothing that /subagents knows.`,
  hint: ({ usage }) => `Write it as \`${usage}\`.`,
})
