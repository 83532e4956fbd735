import * as z from "zod"
import type { Caller } from "../kernel/method.ts"
import { method } from "../kernel/method.ts"
import { Directory } from "../sessions/directory.ts"
import { type Approval, type AskedCommand, decisionOf } from "./approval.ts"
import { Approvals, approvalTtlMs } from "./approvals.ts"
import { decisions, execAsks, execSecurities } from "./gate.ts"
import { approvalRecord, statuses, toRecord } from "./record.ts"
import { mostCharacters } from "./shell-line.ts"

const exampleId = "3f0f5a7e-0c55-4a0e-9a52-0f4f2f6f7c11"
const id = z.string().min(1).max(128).describe("The command that waits.")
const name = z.string().min(1).max(256)
const agentId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i, "must be letters, digits, - and _")

const answer = z.object({
  id: z.string(),
  decision: z.enum(decisions).nullable(),
  status: z.enum(statuses),
  resolvedBy: z.string().nullable(),
  createdAtMs: z.int(),
  expiresAtMs: z.int(),
})
const toAnswer = (approval: Approval) => ({
  id: approval.id,
  decision: approval.outcome && decisionOf(approval),
  status: approval.outcome ?? ("pending" as const),
  resolvedBy: approval.decidedBy,
  createdAtMs: approval.createdAt,
  expiresAtMs: approval.expiresAt,
})

/** Who answered, for the record and for those who come later. */
const nameOf = ({ user, clientId, deviceId }: Caller) =>
  user ?? (deviceId ? `${clientId} ${deviceId.slice(0, 12)}` : clientId)

/** Waits no longer than the caller does. */
const orGone = async (
  over: Promise<Approval>,
  now: () => Promise<Approval>,
  signal: AbortSignal,
) => {
  const gone = Promise.withResolvers<void>()
  const leave = () => gone.resolve()
  signal.addEventListener("abort", leave, { once: true })
  try {
    return (await Promise.race([over, gone.promise])) ?? (await now())
  } finally {
    signal.removeEventListener("abort", leave)
  }
}

export const request = method({
  name: "exec.approval.request",
  scope: "approvals",
  summary: "Ask for a command to be allowed, and wait for the answer.",
  params: () =>
    z.object({
      id: id.optional().describe("Id to ask under; left out, one is made."),
      command: z.string().min(1).max(mostCharacters).describe("The command as it would run."),
      commandArgv: z
        .array(z.string())
        .max(1000)
        .optional()
        .describe("Its words, run without a shell."),
      systemRunPlanV2: z
        .strictObject({
          version: z.literal(2),
          argv: z.array(z.string()).min(1).max(1000),
          cwd: z.string().nullable(),
          rawCommand: z.string().nullable(),
          agentId: agentId.nullable(),
          sessionKey: name.nullable(),
        })
        .optional()
        .describe("What a node would run, to the letter; it stands before the other fields."),
      env: z.record(z.string(), z.string()).optional().describe("Variables it would run with."),
      cwd: z.string().max(4096).nullish().describe("Folder it would run in."),
      nodeId: name.nullish().describe("Node it would run on."),
      host: z.enum(["gateway", "sandbox", "node"]).nullish().describe("Where it would run."),
      security: z.enum(execSecurities).nullish().describe("The rule that led to the question."),
      ask: z.enum(execAsks).nullish().describe("The rule that led to the question."),
      agentId: agentId.nullish().describe("Agent that wants it."),
      resolvedPath: z.string().max(4096).nullish().describe("The program's file."),
      sessionKey: name.nullish().describe("Session that wants it."),
      turnSourceChannel: name.nullish().describe("Channel the question came from."),
      turnSourceTo: name.nullish().describe("Chat the question came from."),
      turnSourceAccountId: name.nullish().describe("Account the question came from."),
      turnSourceThreadId: z
        .union([name, z.number()])
        .nullish()
        .describe("Thread the question came from."),
      timeoutMs: z
        .int()
        .min(1)
        .max(approvalTtlMs)
        .default(120_000)
        .describe("How long the answer may take."),
      twoPhase: z.boolean().default(false).describe("Say at once under which id it waits."),
    }),
  result: () => answer,
  accepted: z.object({
    status: z.literal("accepted"),
    id: z.string(),
    createdAtMs: z.int(),
    expiresAtMs: z.int(),
  }),
  example: { command: "git push", cwd: "/home/me/project", agentId: "main", timeoutMs: 1 },
  emits: ["exec.approval.requested", "exec.approval.resolved"],
  limit: { max: 60, windowMs: 60_000 },
  needs: { approvals: Approvals, directory: Directory },
  async handle({ id, timeoutMs, twoPhase, ...params }, { approvals, directory, accept, signal }) {
    const request = toAsked(params)
    const { sessionKey } = request
    const asked = await approvals.ask({
      id,
      request: { ...request, sessionKey: sessionKey && directory.key(sessionKey).key },
      // Whoever runs it keeps the list of what may run there.
      patterns: null,
      ttlMs: timeoutMs,
    })
    const { createdAt: createdAtMs, expiresAt: expiresAtMs } = asked
    if (twoPhase) accept({ status: "accepted", id: asked.id, createdAtMs, expiresAtMs })
    return toAnswer(await orGone(approvals.over(asked.id), () => approvals.get(asked.id), signal))
  },
})

type Params = Omit<z.output<typeof request.params>, "id" | "timeoutMs" | "twoPhase">

const toAsked = (params: Params): AskedCommand => {
  const { systemRunPlanV2: plan, nodeId, turnSourceChannel: channel } = params
  const from = channel && {
    channel,
    to: params.turnSourceTo ?? undefined,
    accountId: params.turnSourceAccountId ?? undefined,
    threadId: params.turnSourceThreadId?.toString(),
  }
  return {
    command: plan ? (plan.rawCommand ?? plan.argv.join(" ")) : params.command,
    argv: plan?.argv ?? params.commandArgv,
    cwd: (plan ? plan.cwd : params.cwd) ?? null,
    env: params.env ?? {},
    host: params.host ?? (nodeId ? "node" : "gateway"),
    agentId: (plan ? plan.agentId : params.agentId) ?? null,
    sessionKey: (plan ? plan.sessionKey : params.sessionKey) ?? null,
    programs: params.resolvedPath ? [params.resolvedPath] : [],
    ...(nodeId && { nodeId }),
    ...(params.security && { security: params.security }),
    ...(params.ask && { ask: params.ask }),
    ...(from && { from }),
  }
}

export const waitDecision = method({
  name: "exec.approval.waitDecision",
  scope: "approvals",
  summary: "Wait for the answer about a command.",
  params: () => z.object({ id }),
  result: () => answer,
  example: { id: exampleId },
  needs: { approvals: Approvals },
  handle: async ({ id }, { approvals, signal }) =>
    toAnswer(await orGone(approvals.over(id), () => approvals.get(id), signal)),
})

export const get = method({
  name: "exec.approval.get",
  scope: "approvals",
  summary: "A command that was asked for, and what became of it.",
  params: () => z.object({ id }),
  result: () => approvalRecord().extend(answer.shape),
  example: { id: exampleId },
  needs: { approvals: Approvals },
  async handle({ id }, { approvals }) {
    const approval = await approvals.get(id)
    return { ...toRecord(approval), ...toAnswer(approval) }
  },
})

export const list = method({
  name: "exec.approval.list",
  scope: "approvals",
  summary: "Commands that wait for somebody to allow them, oldest first.",
  params: () => z.object({}),
  result: () => z.array(approvalRecord()),
  example: {},
  needs: { approvals: Approvals },
  handle: async (_, { approvals }) => (await approvals.waiting()).map(toRecord),
})

export const resolve = method({
  name: "exec.approval.resolve",
  scope: "approvals",
  summary: "Answer about a command that waits; the first answer counts.",
  params: () => z.object({ id, decision: z.enum(decisions).describe("The answer.") }),
  result: () => z.object({ ok: z.literal(true), allowed: z.array(z.string()).optional() }),
  example: { id: exampleId, decision: "allow-once" },
  emits: ["exec.approval.resolved"],
  needs: { approvals: Approvals },
  async handle({ id, decision }, { approvals, caller }) {
    const { patterns } = await approvals.resolve(id, decision, nameOf(caller))
    const allowed = decision === "allow-always" && patterns
    return { ok: true as const, ...(allowed && { allowed: [...allowed] }) }
  },
})
