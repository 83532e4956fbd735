import { z } from "zod"
import { Clock } from "../kernel/clock.ts"
import { onFirstUse } from "../kernel/later.ts"
import { type Caller, method } from "../kernel/method.ts"
import { badResult, notANode } from "./faults.ts"
import { News } from "./news.ts"
import { Nodes } from "./service.ts"
import { NodeRecords, priorities, workTypes } from "./store.ts"

const exampleId = "3f0f5a7e-0c55-4a0e-9a52-0f4f2f6f7c11"
const id = z.string().min(1).max(128)

/** Who a node is, is what it proved; never what it says in a call. */
const nodeIdOf = ({ deviceId }: Caller): string => {
  if (deviceId === undefined) throw notANode()
  return deviceId
}

const valueOf = (payload: unknown, json: string | null | undefined, what: string): unknown => {
  if (payload !== undefined || json === undefined || json === null) return payload
  try {
    return JSON.parse(json)
  } catch (error) {
    throw badResult({ what }, error)
  }
}

const payloads = {
  payload: z.unknown().optional().describe("What came of it."),
  payloadJSON: z.string().nullish().describe("The same as JSON text, in its place."),
}

export const invokeResult = method({
  name: "node.invoke.result",
  scope: "node",
  summary: "Answer what this node was asked.",
  params: () =>
    z.object({
      id: id.describe("Of the request that is answered."),
      nodeId: z.string().max(128).describe("The node's id."),
      ok: z.boolean().describe("Whether it was done."),
      ...payloads,
      error: z
        .object({ code: z.string().max(128).nullish(), message: z.string().nullish() })
        .nullish()
        .describe("Why it was not."),
    }),
  result: () => z.object({ ok: z.literal(true), ignored: z.literal(true).optional() }),
  example: { id: exampleId, nodeId: "b5bb", ok: true, payload: { bins: {} } },
  needs: { nodes: Nodes },
  handle({ id, ok, payload, payloadJSON, error }, { nodes, caller }) {
    const known = nodes.answer(caller.connection, {
      id,
      ok,
      payload: valueOf(payload, payloadJSON, "payloadJSON"),
      ...(error && {
        error: { code: error.code ?? undefined, message: error.message ?? undefined },
      }),
    })
    return { ok: true as const, ...(!known && { ignored: true as const }) }
  },
})

export const nodeEvent = method({
  name: "node.event",
  scope: "node",
  summary:
    "Tell something of this node. `agent.request` and `voice.transcript` ask an agent, `exec.finished` and `exec.denied` say how a run ended that nobody waited for; node.describe shows the last of all others.",
  params: () =>
    z.object({
      event: z
        .string()
        .regex(/^[a-z][\w.-]{0,63}$/i, "is not the name of an event")
        .describe("What it is about."),
      ...payloads,
    }),
  result: () =>
    z.object({
      ok: z.literal(true),
      ignored: z.literal(true).optional(),
      runId: z.string().optional().describe("The turn it began."),
      sessionKey: z.string().optional(),
    }),
  example: { event: "status.report", payload: { battery: 0.8 } },
  limit: { max: 240, windowMs: 60_000 },
  needs: { news: News },
  async handle({ event, payload, payloadJSON }, { news, caller }) {
    const value = valueOf(payload, payloadJSON, "payloadJSON")
    const { kept, ...began } = await news.hear(nodeIdOf(caller), event, value)
    return { ok: true as const, ...(!kept && { ignored: true as const }), ...began }
  },
})

const items = onFirstUse(() =>
  z.object({
    nodeId: z.string(),
    items: z.array(
      z.object({
        id: z.string(),
        type: z.enum(workTypes),
        priority: z.enum(priorities),
        createdAtMs: z.int(),
        expiresAtMs: z.int(),
      }),
    ),
    hasMore: z.boolean(),
  }),
)
const maxItems = z.int().min(1).max(10).default(4).describe("Most that are given at once.")

const waiting = async (nodeId: string, most: number, records: NodeRecords, clock: Clock) => {
  const found = await records.work(nodeId, clock.now(), most + 1)
  return {
    nodeId,
    items: found.slice(0, most).map(({ id, type, priority, createdAt, expiresAt }) => ({
      id,
      type,
      priority,
      createdAtMs: createdAt,
      expiresAtMs: expiresAt,
    })),
    hasMore: found.length > most,
  }
}

export const pendingPull = method({
  name: "node.pending.pull",
  scope: "node",
  summary: "See the work that waits for this node; it stays until it is acknowledged.",
  params: () => z.object({ maxItems }),
  result: () => items(),
  example: {},
  needs: { records: NodeRecords, clock: Clock },
  handle: ({ maxItems }, { records, clock, caller }) =>
    waiting(nodeIdOf(caller), maxItems, records, clock),
})

export const pendingDrain = method({
  name: "node.pending.drain",
  scope: "node",
  summary: "Take the work that waits for this node.",
  params: () => z.object({ maxItems }),
  result: () => items(),
  example: {},
  needs: { records: NodeRecords, clock: Clock },
  async handle({ maxItems }, { records, clock, caller }) {
    const taken = await waiting(nodeIdOf(caller), maxItems, records, clock)
    await records.dropWork(
      taken.nodeId,
      taken.items.map(({ id }) => id),
    )
    return taken
  },
})

export const pendingAck = method({
  name: "node.pending.ack",
  scope: "node",
  summary: "Say that work is done, so that it waits no longer.",
  params: () => z.object({ ids: z.array(id).min(1).max(100).describe("Of the work.") }),
  result: () => z.object({ ok: z.literal(true), removed: z.int() }),
  example: { ids: [exampleId] },
  needs: { records: NodeRecords },
  handle: async ({ ids }, { records, caller }) => ({
    ok: true as const,
    removed: await records.dropWork(nodeIdOf(caller), ids),
  }),
})
