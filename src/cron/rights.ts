import type { AgentsConfig } from "../agents/config.ts"
import { listAgents } from "../agents/config.ts"
import type { Device } from "../devices/device.ts"
import type { Creator } from "./job.ts"

/** What a run may do: as much as its task's maker may now, and not what they might once. */
export type Rights = { owner: boolean } | { lost: string }

interface Needs {
  device(id: string): Promise<Pick<Device, "scopes" | "revokedAt"> | null>
  agents: () => AgentsConfig
}

/** Looked at when a run begins: whoever lost access since has no more work done here. */
export const rightsOf = async (creator: Creator, { device, agents }: Needs): Promise<Rights> => {
  if (creator.kind === "agent") {
    const exists = listAgents(agents()).some(({ id }) => id === creator.agentId)
    return exists
      ? { owner: creator.owner }
      : { lost: `the agent ${creator.agentId}, which made it, is gone` }
  }
  // Without a device it was the gateway's own secret, or the proxy's word, that let them in.
  if (creator.deviceId === undefined) return { owner: true }
  const known = await device(creator.deviceId)
  if (!known || known.revokedAt !== undefined)
    return { lost: "the device it was made on is no longer let in" }
  if (known.scopes.includes("operator.admin")) return { owner: true }
  if (known.scopes.includes("operator.write")) return { owner: false }
  return { lost: "the device it was made on may no longer start anything" }
}
