import { fault } from "../kernel/fault.ts"

export const unreadable = fault<{ path: string }>("node-host.unreadable", {
  status: 500,
  message: ({ path }) => `${path} cannot be read.`,
  hint: ({ path }) => `Mend it, or move ${path} away and make this machine a node anew.`,
})

export const takenBack = fault<{ url: string }>("node-host.taken-back", {
  status: 401,
  message: ({ url }) => `The gateway at ${url} does not know this machine as a node any more.`,
  hint: () =>
    "Let it in anew. On the gateway: fased qr --role node --setup-code-only, and here: fased node run --setup-code <code>",
})

export const notLetIn = fault<{ url: string; reason: string }>("node-host.not-let-in", {
  status: 401,
  message: ({ url, reason }) => `The gateway at ${url} does not let this machine in: ${reason}.`,
  hint: () =>
    "Bring what it asks for. On the gateway: fased qr --role node --setup-code-only, and here: fased node run --setup-code <code>",
})

export const badSetupCode = fault("node-host.bad-setup-code", {
  status: 400,
  message: () => "That is no setup code.",
  hint: () =>
    "Make one on the gateway: fased qr --role node --setup-code-only   It works once, within ten minutes.",
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
