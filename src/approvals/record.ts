import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { allowedDecisions, type Approval } from "./approval.ts"
import { decisions, execAsks, execSecurities } from "./gate.ts"
import { commandHash, shownCommand } from "./shown.ts"

/** What clients are told of a command that waits. Text is as it may be shown, whole. */
const requestRecord = onFirstUse(() =>
  z.object({
    command: z.string(),
    commandArgv: z.array(z.string()).optional(),
    /** SHA-256 of the command as it runs. */
    commandHash: z.string(),
    cwd: z.string().nullable(),
    env: z.record(z.string(), z.string()).optional(),
    host: z.enum(["gateway", "sandbox", "node"]),
    nodeId: z.string().optional(),
    security: z.enum(execSecurities).optional(),
    ask: z.enum(execAsks).optional(),
    agentId: z.string().nullable(),
    sessionKey: z.string().nullable(),
    runId: z.string().optional(),
    resolvedPath: z.string().nullable(),
    resolvedPaths: z.array(z.string()),
    allowedDecisions: z.array(z.enum(decisions)),
    reason: z.string().optional(),
    turnSourceChannel: z.string().optional(),
    turnSourceTo: z.string().optional(),
    turnSourceAccountId: z.string().optional(),
    turnSourceThreadId: z.string().optional(),
  }),
)

export const approvalRecord = onFirstUse(() =>
  z.object({
    id: z.string(),
    request: requestRecord(),
    createdAtMs: z.int(),
    expiresAtMs: z.int(),
  }),
)

export const statuses = ["pending", ...decisions, "expired", "interrupted"] as const

export const toRecord = ({ id, request, createdAt, expiresAt, patterns }: Approval) => ({
  id,
  request: toRequest(request, patterns),
  createdAtMs: createdAt,
  expiresAtMs: expiresAt,
})

const toRequest = (request: Approval["request"], patterns: Approval["patterns"]) => {
  const { command, argv, cwd, env, host, nodeId, security, ask, agentId, sessionKey } = request
  const { runId, programs, because, from } = request
  const variables = Object.entries(env).map(([name, value]) => [
    shownCommand(name),
    shownCommand(value),
  ])
  return {
    command: shownCommand(command),
    ...(argv && { commandArgv: argv.map(shownCommand) }),
    commandHash: commandHash(command),
    cwd: cwd && shownCommand(cwd),
    ...(variables.length && { env: Object.fromEntries(variables) as Record<string, string> }),
    host,
    ...(nodeId && { nodeId }),
    ...(security && { security }),
    ...(ask && { ask }),
    agentId,
    sessionKey,
    ...(runId && { runId }),
    resolvedPath: programs[0] ?? null,
    resolvedPaths: [...programs],
    allowedDecisions: allowedDecisions({ patterns }),
    ...(because && { reason: because }),
    ...(from && { turnSourceChannel: from.channel }),
    ...(from?.to && { turnSourceTo: from.to }),
    ...(from?.accountId && { turnSourceAccountId: from.accountId }),
    ...(from?.threadId && { turnSourceThreadId: from.threadId }),
  }
}
