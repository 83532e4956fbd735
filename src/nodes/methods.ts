import { z } from "zod"
import { Approvals } from "../approvals/approvals.ts"
import { Clock } from "../kernel/clock.ts"
import { onFirstUse } from "../kernel/later.ts"
import { method } from "../kernel/method.ts"
import type { Supplied } from "../kernel/service.ts"
import { Directory } from "../sessions/directory.ts"
import { policyCommands } from "./allowlist.ts"
import { badRun, wrongDoor } from "./faults.ts"
import { Remembered } from "./remembered.ts"
import { lineOf, requireApproved, runCall } from "./run-plan.ts"
import { Nodes } from "./service.ts"
import { priorities, workTypes, NodeRecords } from "./store.ts"
import { enqueue } from "./work.ts"

const exampleId = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"
const nodeId = z.string().trim().toLowerCase().min(1).max(128).describe("The node's whole id.")

const nodeShape = onFirstUse(() =>
  z.object({
    nodeId: z.string(),
    displayName: z.string().optional(),
    platform: z.string(),
    deviceFamily: z.string().optional(),
    modelIdentifier: z.string().optional(),
    version: z.string().optional(),
    caps: z.array(z.string()),
    commands: z.array(z.string()).describe("What it may be asked for."),
    closed: z.array(z.string()).describe("What it offers, and gateway.nodes does not allow."),
    permissions: z.record(z.string(), z.boolean()),
    paired: z.literal(true),
    connected: z.boolean(),
    remoteIp: z.string().optional(),
    lastConnectAtMs: z.int().optional(),
    approvedAtMs: z.int(),
  }),
)

export const list = method({
  name: "node.list",
  scope: "read",
  summary: "The machines that are paired as nodes, and which of them are connected.",
  params: () => z.object({}),
  result: () => z.object({ ts: z.int(), nodes: z.array(nodeShape()) }),
  example: {},
  needs: { nodes: Nodes, clock: Clock },
  async handle(_, { nodes, clock }) {
    const all = await nodes.list()
    return { ts: clock.now(), nodes: all.map((node) => ({ ...node, paired: true as const })) }
  },
})

export const describe = method({
  name: "node.describe",
  scope: "read",
  summary: "One node in full, with what it told last of itself.",
  params: () => z.object({ nodeId }),
  result: () =>
    nodeShape().extend({
      ts: z.int(),
      pathEnv: z.string().optional(),
      told: z.array(z.object({ event: z.string(), payload: z.unknown(), ts: z.int() })),
    }),
  example: { nodeId: exampleId },
  needs: { nodes: Nodes, clock: Clock },
  handle: async ({ nodeId }, { nodes, clock }) => ({
    ...(await nodes.get(nodeId)),
    paired: true as const,
    ts: clock.now(),
  }),
})

export const rename = method({
  name: "node.rename",
  scope: "pairing",
  summary: "Call a node by another name.",
  params: () =>
    z.object({
      nodeId,
      displayName: z.string().trim().min(1).max(128).describe("What it is called from now on."),
    }),
  result: () => z.object({ nodeId: z.string(), displayName: z.string() }),
  example: { nodeId: exampleId, displayName: "workshop" },
  needs: { nodes: Nodes },
  async handle({ nodeId, displayName }, { nodes }) {
    await nodes.rename(nodeId, displayName)
    return { nodeId, displayName }
  },
})

const invokeNeeds = {
  nodes: Nodes,
  approvals: Approvals,
  directory: Directory,
  remembered: Remembered,
  clock: Clock,
}

export const invoke = method({
  name: "node.invoke",
  scope: "write",
  summary: "Ask a node for something it offers, and wait for its answer.",
  params: () =>
    z.object({
      nodeId,
      command: z.string().trim().min(1).max(128).describe("One of its commands."),
      params: z.unknown().optional().describe("What the command is to work with."),
      timeoutMs: z
        .int()
        .min(0)
        .max(86_400_000)
        .optional()
        .describe("How long the answer may take; 30 s without, 0 for as long as it is connected."),
      idempotencyKey: z
        .string()
        .min(1)
        .max(256)
        .describe("The same key again means the same call, which is made once."),
    }),
  result: () =>
    z.object({
      ok: z.literal(true),
      nodeId: z.string(),
      command: z.string(),
      payload: z.unknown(),
    }),
  example: {
    nodeId: exampleId,
    command: "system.which",
    params: { bins: ["git"] },
    idempotencyKey: "5f0c",
  },
  emits: ["node.invoke.request"],
  needs: invokeNeeds,
  handle(call, context) {
    const { nodeId, command, params, timeoutMs, idempotencyKey } = call
    if (policyCommands.has(command))
      throw wrongDoor({ command, instead: "exec.approvals.node.get and .set" })
    const { caller, signal, remembered, nodes } = context
    const whose = caller.deviceId ?? caller.user ?? caller.clientId
    return remembered.once(`${whose} ${idempotencyKey}`, [nodeId, command, params], async () => {
      const payload =
        command === "system.run"
          ? await run(nodeId, params, timeoutMs, context)
          : await nodes.invoke({ nodeId, command, params, timeoutMs, idempotencyKey, signal })
      return { ok: true as const, nodeId, command, payload }
    })
  },
})

/** Nobody can say of a command that it was approved: the approval itself is looked at, and used up. */
const run = async (
  nodeId: string,
  params: unknown,
  timeoutMs: number | undefined,
  {
    nodes,
    approvals,
    directory,
    clock,
    signal,
  }: Supplied<typeof invokeNeeds> & { signal: AbortSignal },
) => {
  const read = runCall().safeParse(params)
  if (!read.success)
    throw badRun({ why: `the command cannot be read: ${read.error.issues[0]?.message}` })
  const { runId, approved, approvalDecision, ...asked } = read.data
  if (!runId && (approved || approvalDecision))
    throw badRun({ why: "it is said to be approved, and no approval is named in runId" })
  const sessionKey = asked.sessionKey && directory.key(asked.sessionKey).key
  const plan = { ...asked, sessionKey, timeoutMs: asked.timeoutMs ?? (timeoutMs || null) }
  if (runId) requireApproved(nodeId, plan, await approvals.get(runId), clock.now())
  return nodes.run(
    nodeId,
    { ...plan, rawCommand: lineOf(plan) },
    { approval: runId ?? undefined, signal },
  )
}

export const pendingEnqueue = method({
  name: "node.pending.enqueue",
  scope: "write",
  summary: "Leave work for a node that sleeps; it fetches it when it comes back.",
  params: () =>
    z.object({
      nodeId,
      type: z.enum(workTypes).describe("What it is asked for; it answers with a node.event."),
      priority: z.enum(priorities).default("normal").describe("High goes first."),
      expiresInMs: z
        .int()
        .min(1000)
        .max(86_400_000)
        .default(3_600_000)
        .describe("Forgotten after so long."),
      wake: z
        .boolean()
        .default(false)
        .describe("Wake it. This gateway has no push service, and says so in `woken`."),
    }),
  result: () =>
    z.object({
      nodeId: z.string(),
      id: z.string(),
      expiresAtMs: z.int(),
      connected: z.boolean(),
      woken: z.literal(false),
    }),
  example: { nodeId: exampleId, type: "status.request" },
  needs: { nodes: Nodes, records: NodeRecords, clock: Clock },
  async handle({ wake: _, ...asked }, { nodes, records, clock }) {
    const { connected } = await nodes.get(asked.nodeId)
    const { id, expiresAt } = await enqueue(asked, { records, clock })
    const { nodeId } = asked
    return { nodeId, id, expiresAtMs: expiresAt, connected, woken: false as const }
  },
})
