import { randomUUID } from "node:crypto"
import type { Clock } from "../kernel/clock.ts"
import { tooMuchWaits } from "./faults.ts"
import type { NodeStore, Work } from "./store.ts"

const mostPerNode = 64

/** Leaves work for a node, on disk when this returns. */
export const enqueue = async (
  {
    nodeId,
    type,
    priority,
    expiresInMs,
  }: Pick<Work, "nodeId" | "type" | "priority"> & {
    expiresInMs: number
  },
  { records, clock }: { records: NodeStore; clock: Clock },
): Promise<Work> => {
  const createdAt = clock.now()
  const work = {
    id: randomUUID(),
    nodeId,
    type,
    priority,
    createdAt,
    expiresAt: createdAt + expiresInMs,
  }
  const kept = await records.addWork(work, mostPerNode)
  if (!kept) throw tooMuchWaits({ node: nodeId, most: mostPerNode })
  return kept
}
