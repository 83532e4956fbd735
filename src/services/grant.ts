import * as z from "zod"

/** What every service has: whom it is for, and whether they may change things there. */
export const grant = () => ({
  enabled: z.boolean().default(true).describe("Use it at all."),
  access: z
    .enum(["read", "write"])
    .default("read")
    .describe("`read` only looks; `write` also changes and sends, in your name."),
  agents: z
    .array(z.string().trim().min(1))
    .default([])
    .describe("Agents that may use it, by id, or `*` for all. Empty: none."),
})

export interface Grant {
  enabled: boolean
  access: "read" | "write"
  agents: readonly string[]
}

/** How one service stands in the config. */
export interface Reach {
  /** Its place there, e.g. `services.github`. */
  at: string
  /** Whom it is for is left out where tool policy alone decides that. */
  grant: Pick<Grant, "enabled"> & Partial<Grant>
  /** What it lacks to be reached; undefined when it has all. */
  lacks: string | undefined
  /** The command that gives it that, where it is not `services add`. */
  next?: string
  /** Why it does not work, where that is known without asking it. */
  problem?: string
}

/** The settings of one service that agents are given by name. */
export interface Granted extends Reach {
  /** The name commands know it by. */
  id: string
  grant: Grant
}

/** True when the agent may use it like that, else why not. Tools say this of themselves. */
export const mayUse = (
  { at, id, grant: { enabled, access, agents }, lacks }: Reach & Pick<Granted, "id">,
  agentId: string,
  wanted: Grant["access"] = "read",
): true | string => {
  if (!enabled) return `${at}.enabled is false.`
  if (lacks) return `${at} lacks ${lacks}.`
  if (agents && !isAmong(agents, agentId))
    return `The agent was not given it: fased services grant ${id} ${agentId}`
  if (wanted === "write" && access === "read")
    return `${at}.access is read, so nothing is changed there.`
  return true
}

const isAmong = (agents: readonly string[], agentId: string) =>
  agents.some((one) => one === "*" || one.toLowerCase() === agentId.toLowerCase())
