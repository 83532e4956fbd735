import { fault } from "../kernel/fault.ts"

export const unknownServer = fault<{ id: string }>("mcp.unknown", {
  status: 404,
  message: ({ id }) => `No MCP server is named "${id.slice(0, 64)}".`,
  hint: () => "See which there are with: fased mcp list",
})

export const switchedOff = fault<{ id: string }>("mcp.off", {
  status: 409,
  message: ({ id }) => `The MCP server ${id} is switched off.`,
  hint: ({ id }) => `Switch it on with: fased config set mcp.servers.${id}.enabled true`,
})

/** It could not be started or reached, or ended. */
export const unavailable = fault<{ id: string; reason: string; again?: string }>(
  "mcp.unavailable",
  {
    status: 502,
    message: ({ id, reason }) => `The MCP server ${id} cannot be used: ${reason}.`,
    hint: ({ again }) => again ?? "What it said is in the log: fased logs",
    retryable: true,
  },
)

/** Nobody answers at its address. */
export const unreachable = fault<{ id: string; host: string }>("mcp.unreachable", {
  status: 502,
  message: ({ id, host }) => `The MCP server ${id} cannot be reached at ${host}.`,
  hint: () => "Check that it runs, and that the address is right.",
  retryable: true,
})

export const notLetIn = fault<{ id: string; status: number }>("mcp.not-let-in", {
  status: 502,
  message: ({ id, status }) =>
    `The MCP server ${id} does not let this gateway in (HTTP ${status}).`,
  hint: ({ id }) =>
    `Give it a token: fased secrets set mcp.servers.${id}.token. Servers that sign people in by a browser are not supported.`,
})

/** The server knows the session no longer; nothing of the request was done. */
export const sessionLost = fault<{ id: string }>("mcp.session-lost", {
  status: 502,
  message: ({ id }) => `The MCP server ${id} has forgotten this connection.`,
  retryable: true,
})

export const timedOut = fault<{ id: string; what: string; seconds: number }>("mcp.timeout", {
  status: 504,
  message: ({ id, what, seconds }) =>
    `The MCP server ${id} did not answer within ${seconds} s (${what.slice(0, 80)}).`,
  hint: ({ id }) => `If it needs longer: fased config set mcp.servers.${id}.callSeconds <seconds>`,
  retryable: true,
})

export const tooLarge = fault<{ id: string; megabytes: number }>("mcp.too-large", {
  status: 502,
  message: ({ id, megabytes }) =>
    `The MCP server ${id} gave an answer of more than ${megabytes} MB, which is not read.`,
  hint: () => "Ask it for less at once.",
})

/** The protocol's own errors: an unknown tool, bad arguments. */
export const refused = fault<{ id: string; code: number; text: string }>("mcp.refused", {
  status: 400,
  message: ({ id, code, text }) => `The MCP server ${id} refused (${code}).\n${text}`,
})

/** The tool ran and says that it failed. */
export const toolFailed = fault<{ id: string; tool: string; text: string }>("mcp.tool-failed", {
  status: 502,
  message: ({ id, tool, text }) => `${tool} of the MCP server ${id} failed.\n${text}`,
})

export const badAnswer = fault<{ id: string; what: string }>("mcp.bad-answer", {
  status: 502,
  message: ({ id, what }) => `The MCP server ${id} does not keep to the protocol: ${what}.`,
  hint: () => "Update the server, or ask who makes it.",
})
