/** Looks for what keeps tasks from doing their work, before their time comes. */
import { type AgentsConfig, listAgents } from "../agents/config.ts"
import { Fault } from "../kernel/fault.ts"
import type { Models } from "../models/service.ts"
import type { Directory } from "../sessions/directory.ts"
import type { Job } from "./job.ts"
import type { Rights } from "./rights.ts"
import type { Run } from "./run.ts"
import type { TaskStore } from "./store.ts"
import { namedKeyOf } from "./work.ts"

export const findingKinds = [
  "stale-run",
  "lost-rights",
  "missing-agent",
  "missing-model",
  "missing-session",
  "bad-target",
] as const

export interface Finding {
  kind: (typeof findingKinds)[number]
  jobId: string
  jobName: string
  runId?: string
  /** What is wrong, and what to do. */
  problem: string
  next: string
}

interface Needs {
  store: Pick<TaskStore, "enabled">
  agents: () => AgentsConfig
  directory: Directory
  models: Pick<Models, "check">
  rights(job: Job): Promise<Rights>
  /** Runs that nothing works on. */
  stale(): Promise<Run[]>
}

const batch = 500

export const createAudit = ({ store, agents, directory, models, rights, stale }: Needs) => {
  const audited = async (job: Job): Promise<Finding[]> => {
    const found: Finding[] = []
    const note = (kind: Finding["kind"], problem: string, next: string) =>
      found.push({ kind, jobId: job.id, jobName: job.name, problem, next })
    const edit = `fased task edit ${job.id}`

    const may = await rights(job)
    if ("lost" in may)
      note(
        "lost-rights",
        `It may not run: ${may.lost}.`,
        `Take it over: ${edit} --name "${job.name}"`,
      )
    const { agentId, payload, sessionKey } = job
    if (agentId && !listAgents(agents()).some(({ id }) => id === agentId.toLowerCase()))
      note(
        "missing-agent",
        `There is no agent "${agentId}", so the default one works on it.`,
        `Name another: ${edit} --agent <id>`,
      )
    const model = payload.kind === "agentTurn" ? payload.model : undefined
    const unknown = model !== undefined && refusalOf(() => models.check(model))
    if (unknown) note("missing-model", unknown, `Name another: ${edit} --model <ref>`)
    const bad = refusalOf(() => namedKeyOf(job, { agents: agents(), directory }))
    if (bad) note("bad-target", bad, `Name another: ${edit} --session session:<key>`)
    if (sessionKey !== undefined && !(await isThere(sessionKey)))
      note(
        "missing-session",
        `The session ${sessionKey} it is for is gone; its results begin it anew.`,
        `Name another: ${edit} --session-key <key>`,
      )
    return found
  }

  /** A main session is begun when it is first needed. */
  const isThere = async (written: string) => {
    const { key, rest } = directory.key(written)
    return rest === "main" || (await directory.find(key)) !== null
  }

  return async (): Promise<{ checked: number; findings: Finding[] }> => {
    const findings: Finding[] = (await stale()).map(({ runId, job }) => ({
      kind: "stale-run",
      jobId: job.id,
      jobName: job.name,
      runId,
      problem: "Nothing works on this run any more.",
      next: `End it: fased task clear-stale ${runId}`,
    }))
    let checked = 0
    for (let after = ""; ;) {
      const jobs = await store.enabled(after, batch)
      for (const job of jobs) findings.push(...(await audited(job)))
      checked += jobs.length
      if (jobs.length < batch) return { checked, findings }
      after = jobs.at(-1)!.id
    }
  }
}

const refusalOf = (work: () => unknown): string | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof Fault) return error.message
    throw error
  }
}
