import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { safeBinSettings } from "../agents/safe-bins.ts"
import { service } from "../kernel/service.ts"

const execHosts = ["auto", "sandbox", "gateway", "node"] as const

/** Settings of `tools.exec` that say how commands run. */
export const execSettings = onFirstUse(() => ({
  host: z
    .enum(execHosts)
    .optional()
    .describe(
      "Where commands run. Unset or auto: in the sandbox where a session has one, else on the gateway's machine.",
    ),
  security: z
    .enum(["deny", "allowlist", "full"])
    .optional()
    .describe("Which commands may run. Unset: allowlist, and full inside a sandbox."),
  ask: z
    .enum(["off", "on-miss", "always"])
    .optional()
    .describe("When to ask first. Unset: on-miss, and off inside a sandbox."),
  node: z.string().trim().min(1).optional().describe("Node that runs commands with host node."),
  backgroundMs: z
    .int()
    .min(10)
    .max(120_000)
    .default(10_000)
    .describe("A command that runs longer goes on in the background, in milliseconds."),
  timeoutSec: z
    .int()
    .min(1)
    .max(172_800)
    .default(1800)
    .describe("A command is ended after this many seconds, unless the call says otherwise."),
  cleanupMs: z
    .int()
    .min(60_000)
    .max(10_800_000)
    .default(1_800_000)
    .describe("How long the output of a finished command is kept, in milliseconds."),
  notifyOnExit: z
    .boolean()
    .default(true)
    .describe("Tell the session when a command in the background has finished."),
  notifyOnExitEmptySuccess: z
    .boolean()
    .default(false)
    .describe("Also tell of one that succeeded and printed nothing."),
  approvalRunningNoticeMs: z
    .int()
    .min(0)
    .default(10_000)
    .describe("Tell the session of an approved command that runs longer than this; 0 for never."),
  pathPrepend: z
    .array(z.string().trim().min(1))
    .default([])
    .describe("Folders searched for programs before those of PATH."),
  ...safeBinSettings(),
}))
export type ExecConfig = z.infer<z.ZodObject<ReturnType<typeof execSettings>>>

/** How an agent's commands run, as the config stands now. */
export const ExecSettings = service<(agentId: string) => ExecConfig>("exec settings")
