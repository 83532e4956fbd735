import { fault } from "../kernel/fault.ts"

export const badPayload = fault<{ problem: string }>("hooks.bad-payload", {
  status: 400,
  message: ({ problem }) => `This call cannot be used: ${problem}.`,
})

export const unknownHook = fault<{ name: string }>("hooks.unknown", {
  status: 404,
  message: ({ name }) => `No hook is called "${name.slice(0, 100)}".`,
  hint: () => "Name it in hooks.mappings, or switch on a preset: hooks.presets.",
})

export const sessionNotYours = fault<{ key: string; why: string }>("hooks.session-not-allowed", {
  status: 400,
  message: ({ key, why }) => `The session "${key.slice(0, 100)}" is not for hooks: ${why}.`,
})

export const agentNotYours = fault<{ id: string }>("hooks.agent-not-allowed", {
  status: 400,
  message: ({ id }) => `The agent "${id.slice(0, 100)}" is not for hooks.`,
  hint: () => "hooks.allowedAgentIds says which are.",
})

export const transformMissing = fault<{ module: string; why: string }>("hooks.transform-missing", {
  status: 500,
  message: ({ module, why }) => `The transform "${module}" cannot be used: ${why}.`,
})

export const transformFailed = fault<{ module: string }>("hooks.transform-failed", {
  status: 500,
  message: ({ module }) => `The transform "${module}" failed. The gateway's log has the details.`,
})
