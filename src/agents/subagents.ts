import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { thinkingLevels } from "../kernel/channel.ts"

const model = onFirstUse(() =>
  z.string().trim().min(1).optional().describe("Model of subagents; unset, the caller's."),
)
const thinking = onFirstUse(() =>
  z.enum(thinkingLevels).optional().describe("How hard subagents think; unset, as the caller."),
)

/** Agents that other agents start to work for them (contract 18 §11). */
export const subagentSettings = onFirstUse(() =>
  z
    .strictObject({
      maxSpawnDepth: z
        .int()
        .min(1)
        .max(5)
        .default(1)
        .describe("How deep subagents may start subagents of their own; 1: not at all."),
      maxChildrenPerAgent: z
        .int()
        .min(1)
        .max(20)
        .default(5)
        .describe("Subagents that one session may have at work."),
      maxConcurrent: z
        .int()
        .min(1)
        .max(64)
        .default(8)
        .describe("Turns of subagents that may run side by side."),
      runTimeoutSeconds: z
        .int()
        .min(0)
        .max(172_800)
        .default(0)
        .describe("A subagent is stopped after this many seconds; 0 for the longest allowed."),
      archiveAfterMinutes: z
        .int()
        .min(0)
        .max(525_600)
        .default(60)
        .describe("When the session of a subagent that is done goes; 0 keeps it."),
      model: model(),
      thinking: thinking(),
    })
    .prefault({})
    .describe("Agents that agents start."),
)

/** What one agent says of its subagents. */
export const ownSubagentSettings = onFirstUse(() =>
  z
    .strictObject({
      allowAgents: z
        .array(z.string().trim().min(1))
        .optional()
        .describe('Agents it may start; `["*"]` for any, unset for itself only.'),
      model: model(),
      thinking: thinking(),
    })
    .optional()
    .describe("What the subagents of this agent do otherwise."),
)
