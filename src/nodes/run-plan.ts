import { z } from "zod"
import type { Approval } from "../approvals/approval.ts"
import { onFirstUse } from "../kernel/later.ts"
import { badRun } from "./faults.ts"

const text = () => z.string().max(4096)

/** A command for a node, to the letter: what is shown, approved and run are one and the same. */
export const runPlan = onFirstUse(() =>
  z.strictObject({
    command: z.array(z.string().max(100_000)).min(1).max(1000),
    /** As a person reads it: the shell's line, or the words in one. */
    rawCommand: z.string().max(100_000).nullish(),
    cwd: text().nullish(),
    env: z.record(z.string().max(128), z.string().max(100_000)).nullish(),
    timeoutMs: z.int().min(1).max(172_800_000).nullish(),
    needsScreenRecording: z.boolean().nullish(),
    agentId: z.string().max(64).nullish(),
    sessionKey: z.string().max(512).nullish(),
    /** Of the programs as they were looked at by `system.run.prepare`. */
    binding: z.string().max(128).nullish(),
  }),
)
export type RunPlan = z.infer<ReturnType<typeof runPlan>>

/** The same as callers send it: an approval may be named, and nothing can be claimed. */
export const runCall = onFirstUse(() =>
  runPlan().extend({
    runId: z.string().max(128).nullish(),
    approved: z.boolean().nullish(),
    approvalDecision: z.string().max(32).nullish(),
  }),
)

/** What a node makes of a command before anybody is asked. */
export const prepared = onFirstUse(() =>
  z.object({
    plan: runPlan(),
    /** Its own list allows it. */
    allowed: z.boolean(),
    /** Why not. */
    because: z.string().max(2000).optional(),
    /** The files of the programs that would run. */
    programs: z.array(text()).max(100).default([]),
  }),
)
export type Prepared = z.infer<ReturnType<typeof prepared>>

export const runResult = onFirstUse(() =>
  z.object({
    exitCode: z.int().nullish(),
    signal: z.string().nullish(),
    stdout: z.string().default(""),
    stderr: z.string().default(""),
    success: z.boolean().default(false),
    timedOut: z.boolean().default(false),
    error: z.string().nullish(),
  }),
)
export type RunResult = z.infer<ReturnType<typeof runResult>>

export const lineOf = ({ rawCommand, command }: RunPlan) => rawCommand ?? command.join(" ")

/** Throws unless this is the very run that somebody said yes to, on the very node. */
export const requireApproved = (nodeId: string, plan: RunPlan, approval: Approval, now: number) => {
  const { request, outcome, decidedAt } = approval
  if (outcome === null) throw badRun({ why: `approval ${approval.id} is not answered yet` })
  if (outcome !== "allow-once" && outcome !== "allow-always")
    throw badRun({ why: `approval ${approval.id} was denied or ran out` })
  if (now - (decidedAt ?? 0) > freshMs)
    throw badRun({ why: `approval ${approval.id} was given too long ago` })
  const asked = {
    host: "node",
    nodeId,
    argv: plan.command,
    command: lineOf(plan),
    cwd: plan.cwd ?? null,
    env: plan.env ?? {},
    agentId: plan.agentId ?? null,
    sessionKey: plan.sessionKey ?? null,
  }
  const { host, argv, command, cwd, env, agentId, sessionKey } = request
  const given = { host, nodeId: request.nodeId, argv, command, cwd, env, agentId, sessionKey }
  const other = Object.entries(asked).find(
    ([name, value]) => !Bun.deepEquals(value, given[name as keyof typeof given]),
  )
  if (other) throw badRun({ why: `approval ${approval.id} is for another ${words[other[0]]}` })
}

/** A yes is for now. */
const freshMs = 10 * 60_000

const words: Readonly<Record<string, string>> = {
  host: "machine",
  nodeId: "node",
  argv: "command",
  command: "command",
  cwd: "folder",
  env: "environment",
  agentId: "agent",
  sessionKey: "session",
}
