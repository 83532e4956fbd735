import { fault } from "../kernel/fault.ts"

export const badSpot = fault<{ text: string }>("routing.bad-spot", {
  status: 400,
  message: ({ text }) => `"${text.slice(0, 80)}" is neither a channel nor an account of one.`,
  hint: () => "Write telegram, telegram:work, or telegram:* for every account.",
})

export const boundElsewhere = fault<{ spot: string; agentId: string }>("routing.bound", {
  status: 409,
  message: ({ spot, agentId }) => `${spot} is bound to ${agentId} already.`,
  hint: ({ spot, agentId }) =>
    `Take it from there first: fased agents unbind --agent ${agentId} --bind ${spot}`,
})
