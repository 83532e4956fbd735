import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import {
  hashOf,
  type Policy,
  type PolicyFile,
  policyFile,
  toFile,
  toPolicy,
} from "../approvals/policy.ts"
import { writeFileAtomic } from "../store/files.ts"
import { badParams, policyChanged, unreadable } from "./faults.ts"

/** What may run on this node: `<state>/node-approvals.json`, which only its owner can write. */
export const policyPath = (state: string) => join(state, "node-approvals.json")

const read = (path: string): Policy => {
  if (!existsSync(path)) return { defaults: {}, agents: {} }
  try {
    return toPolicy(policyFile.parse(JSON.parse(readFileSync(path, "utf8"))))
  } catch (error) {
    // Whatever it was to say, nothing is allowed by it.
    throw unreadable({ path }, error)
  }
}

export interface PolicySnapshot {
  path: string
  exists: boolean
  hash: string
  file: PolicyFile
}

/** Read anew for each command, so that what the owner of the machine writes holds at once. */
export const createPolicy = (state: string) => {
  const path = policyPath(state)
  const snapshot = (): PolicySnapshot => {
    const policy = read(path)
    return { path, exists: existsSync(path), hash: hashOf(policy), file: toFile(policy) }
  }
  return {
    read: () => read(path),
    snapshot,
    write({ file, baseHash }: { file: unknown; baseHash?: string }): PolicySnapshot {
      const parsed = policyFile.safeParse(file)
      if (!parsed.success) throw badParams({ issue: parsed.error.issues[0]?.message ?? "file" })
      if (baseHash !== undefined && baseHash !== snapshot().hash) throw policyChanged()
      writeFileAtomic(path, `${JSON.stringify(toFile(toPolicy(parsed.data)), null, 2)}\n`)
      return snapshot()
    },
  }
}
export type NodePolicy = ReturnType<typeof createPolicy>
