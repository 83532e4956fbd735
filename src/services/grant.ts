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

/** The settings of one service, as far as every service has them. */
export interface Granted {
  /** Its place in the config, e.g. `services.github`. */
  at: string
  /** The name commands know it by. */
  id: string
  grant: Grant
  /** What it lacks to be reached; undefined when it has all. */
  lacks: string | undefined
}

/** True when the agent may use it like that, else why not. Tools say this of themselves. */
export const mayUse = (
  { at, id, grant: { enabled, access, agents }, lacks }: Granted,
  agentId: string,
  wanted: Grant["access"] = "read",
): true | string => {
  if (!enabled) return `${at}.enabled is false.`
  if (lacks) return `${at} lacks ${lacks}.`
  if (!agents.includes("*") && !agents.some((one) => one.toLowerCase() === agentId.toLowerCase()))
    return `The agent was not given it: fased services grant ${id} ${agentId}`
  if (wanted === "write" && access === "read")
    return `${at}.access is read, so nothing is changed there.`
  return true
}
