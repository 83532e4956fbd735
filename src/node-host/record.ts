import { readFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { writeFileAtomic } from "../store/files.ts"
import { unreadable } from "./faults.ts"

/** What this machine is as a node, and of which gateway: `<state>/node.json`. Holds no secret. */
const record = z.object({
  version: z.literal(1),
  displayName: z.string().min(1).max(128),
  gateway: z.object({
    url: z.string().min(1),
    /** SHA-256 of the one certificate it may show. */
    tlsFingerprint: z.string().optional(),
    allowPlaintext: z.literal(true).optional(),
  }),
})
export type NodeRecord = z.infer<typeof record>

export const recordFile = (state: string) => join(state, "node.json")

/** Null where this machine was never made a node. */
export const readRecord = (state: string): NodeRecord | null => {
  const path = recordFile(state)
  try {
    return record.parse(JSON.parse(readFileSync(path, "utf8")))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null
    throw unreadable({ path }, error)
  }
}

export const keepRecord = (state: string, what: Omit<NodeRecord, "version">) =>
  writeFileAtomic(recordFile(state), `${JSON.stringify({ version: 1, ...what }, null, 2)}\n`)
