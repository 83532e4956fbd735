import { loadavg, uptime } from "node:os"
import { z } from "zod"
import type { Client } from "../client/connect.ts"
import type { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import type { Commands } from "./commands.ts"
import { notForThisNode } from "./faults.ts"

const request = z.object({
  id: z.string(),
  nodeId: z.string(),
  command: z.string(),
  paramsJSON: z.string().nullish(),
})
const work = z.object({
  items: z.array(z.object({ id: z.string(), type: z.string() })),
  hasMore: z.boolean(),
})

/** Two signs of life missed, and a little more. */
const patience = 2.5

/**
 * Answers what the gateway asks over one connection, until that ends. What was begun ends with it:
 * nobody is left who could read its result or stop it.
 */
export const serve = async (
  client: Client,
  {
    nodeId,
    commands,
    clock,
    signal,
    version,
  }: { nodeId: string; commands: Commands; clock: Clock; signal: AbortSignal; version: string },
): Promise<{ code: number; reason: string }> => {
  const gone = Promise.withResolvers<{ code: number; reason: string }>()
  const underWay = new Map<string, AbortController>()
  client.onClose((code, reason) => gone.resolve({ code, reason }))

  const answer = async (asked: z.infer<typeof request>, controller: AbortController) => {
    const { id, command, paramsJSON } = asked
    try {
      if (asked.nodeId !== nodeId) throw notForThisNode()
      const params: unknown = paramsJSON ? JSON.parse(paramsJSON) : undefined
      const payload = await commands(command, params, controller.signal)
      return { id, nodeId, ok: true, payload }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const code =
        /^([A-Z][A-Z_]+):/.exec(message)?.[1] ??
        (error instanceof Fault ? "INVALID_REQUEST" : "UNAVAILABLE")
      return { id, nodeId, ok: false, error: { code, message } }
    } finally {
      underWay.delete(id)
    }
  }

  client.on("node.invoke.request", (payload) => {
    const read = request.safeParse(payload)
    // The same call twice is one call.
    if (!read.success || underWay.has(read.data.id)) return
    const controller = new AbortController()
    underWay.set(read.data.id, controller)
    // Where the connection ends before the answer is out, the loop that made it sees to the next.
    void answer(read.data, controller)
      .then((result) => client.request("node.invoke.result", result))
      .catch(() => undefined)
  })
  client.on("node.invoke.cancel", (payload) => {
    const { id } = payload as { id?: string }
    if (id) underWay.get(id)?.abort()
  })

  const end = () => void client.close()
  signal.addEventListener("abort", end, { once: true })
  if (signal.aborted) end()
  const stopWatching = watchTicks(client, clock, () => {
    void client.close()
    gone.resolve({ code: 4000, reason: "no sign of life" })
  })
  void doWaitingWork(client, version).catch(() => undefined)
  const ended = await gone.promise
  stopWatching()
  signal.removeEventListener("abort", end)
  for (const controller of underWay.values()) controller.abort()
  return ended
}

/** A gateway that fell silent may be gone without a word. */
const watchTicks = (client: Client, clock: Clock, silent: () => void) => {
  const everyMs = client.hello.policy?.tickIntervalMs ?? 15_000
  let cancel = clock.after(everyMs * patience, silent)
  client.on("tick", () => {
    cancel()
    cancel = clock.after(everyMs * patience, silent)
  })
  return () => cancel()
}

/** What was left for this node while it was away. */
const doWaitingWork = async (client: Client, version: string) => {
  for (;;) {
    const { items, hasMore } = work.parse(
      await client.request("node.pending.pull", { maxItems: 10 }),
    )
    for (const { type } of items) await client.request("node.event", reportOf(type, version))
    if (items.length) await client.request("node.pending.ack", { ids: items.map(({ id }) => id) })
    if (!hasMore) return
  }
}

const reportOf = (type: string, version: string) =>
  type === "status.request"
    ? {
        event: "status.report",
        payload: {
          platform: process.platform,
          version,
          uptimeSeconds: Math.round(uptime()),
          load: loadavg(),
        },
      }
    : { event: "location.report", payload: { error: { code: "LOCATION_UNAVAILABLE" } } }
