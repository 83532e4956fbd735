import { fault } from "../kernel/fault.ts"

export const unreadable = fault<{ path: string }>("node-host.unreadable", {
  status: 500,
  message: ({ path }) => `${path} cannot be read.`,
  hint: ({ path }) => `Mend it, or move ${path} away and make this machine a node anew.`,
})

export const noGateway = fault("node-host.no-gateway", {
  status: 400,
  message: () => "This machine is no node of a gateway yet.",
  hint: () =>
    "Make it one: fased node run --setup-code <code>   (on the gateway: fased qr --node --text), or name the gateway with --host and --port.",
})

export const badSetupCode = fault("node-host.bad-setup-code", {
  status: 400,
  message: () => "That is no setup code.",
  hint: () => "Copy it whole, or make a new one on the gateway; it is good for ten minutes.",
})

/** Refusals that a gateway passes on; the code is part of the wire. */
const denial = <D = void>(name: string, words: (data: D) => string) =>
  fault<D>(`node-host.${name}`, {
    status: 403,
    message: (data) => `SYSTEM_RUN_DENIED: ${words(data)}`,
  })

export const approvalRequired = denial<{ because: string }>(
  "approval-required",
  ({ because }) => `approval required: ${because}`,
)
export const allowlistMiss = denial<{ because: string }>(
  "allowlist-miss",
  ({ because }) => `allowlist miss: ${because}`,
)
export const switchedOff = denial("switched-off", () => "commands are switched off on this node.")
export const otherThanShown = denial(
  "other-than-shown",
  () => "what is shown of the command is not what would run.",
)
export const changedSince = denial(
  "changed",
  () => "what the command would run has changed since it was looked at.",
)

export const badParams = fault<{ issue: string }>("node-host.bad-params", {
  status: 400,
  message: ({ issue }) => `INVALID_REQUEST: ${issue}`,
})

export const unknownCommand = fault<{ command: string }>("node-host.unknown-command", {
  status: 404,
  message: ({ command }) => `This node has no command ${command.slice(0, 128)}.`,
})

export const notForThisNode = fault("node-host.not-for-this-node", {
  status: 403,
  message: () => "The call was made for another node.",
})

export const badFolder = fault<{ path: string; why: string }>("node-host.bad-folder", {
  status: 400,
  message: ({ path, why }) => `No command can run in ${path.slice(0, 200)} on this node: ${why}.`,
})

export const tooMany = fault<{ most: number }>("node-host.too-many", {
  status: 429,
  message: ({ most }) => `${most} commands run on this node already.`,
})

export const policyChanged = fault("node-host.policy-changed", {
  status: 409,
  message: () => "What may run on this node was changed since it was read. Read it again.",
})
