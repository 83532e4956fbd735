import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as z from "zod"
import { writeFileAtomic } from "../store/files.ts"

/** How the last update of this instance went. */
export const updateRecord = z.object({
  from: z.string(),
  to: z.string(),
  startedAt: z.number(),
  finishedAt: z.number().optional(),
  /** Nothing while it runs, or when it was cut off. */
  outcome: z.enum(["done", "rolled-back", "failed"]).optional(),
  reason: z.string().optional(),
})
export type UpdateRecord = z.infer<typeof updateRecord>

const file = (state: string) => join(state, "update.json")

export const writeRecord = (state: string, record: UpdateRecord) =>
  writeFileAtomic(file(state), `${JSON.stringify(record)}\n`)

export const readRecord = (state: string): UpdateRecord | undefined => {
  try {
    return updateRecord.parse(JSON.parse(readFileSync(file(state), "utf8")))
  } catch {
    return undefined
  }
}
