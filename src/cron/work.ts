/** Does what a task says: one turn, in a session of its own or in the main one. */
import { type AgentsConfig, defaultAgentId, listAgents } from "../agents/config.ts"
import { findOutcome, type Outcome } from "../agent/outcome.ts"
import type { Turns } from "../agent/turns.ts"
import type { Inbound, Receive } from "../kernel/channel.ts"
import type { Models } from "../models/service.ts"
import type { Directory } from "../sessions/directory.ts"
import { mainSession, readKey } from "../sessions/keys.ts"
import { jobRunKey } from "../sessions/make-key.ts"
import { badTarget } from "./faults.ts"
import { goalOf } from "./goal.ts"
import { type Job, namedSession, textOf } from "./job.ts"
import type { Run } from "./run.ts"

/** An acknowledgement with no more than this beside it is not worth a word. */
const ackChars = 300
const longestMs = 172_800_000

/** The agent that works on a task: one nobody knows any more is the default one. */
export const agentOf = ({ agentId }: Pick<Job, "agentId">, agents: AgentsConfig) =>
  listAgents(agents).find(({ id }) => id === agentId?.toLowerCase())?.id ?? defaultAgentId(agents)

/** The session of the people a task is for. */
export const homeOf = (
  job: Pick<Job, "agentId" | "sessionKey">,
  { agents, directory }: { agents: AgentsConfig; directory: Pick<Directory, "key"> },
) => directory.key(job.sessionKey ?? mainSession(agentOf(job, agents))).key

/** Sessions that live by rules of their own. */
const reserved: ReadonlySet<string> = new Set(["subagent", "acp", "cron", "hook", "node", "slash"])

/**
 * The whole key of the session a task names; undefined when it names none. Throws `cron.bad-target`
 * and `sessions.bad-key`.
 */
export const namedKeyOf = (
  job: Pick<Job, "agentId" | "sessionTarget">,
  { agents, directory }: { agents: AgentsConfig; directory: Pick<Directory, "key"> },
) => {
  const named = namedSession(job)
  if (named === undefined) return undefined
  const agentId = agentOf(job, agents)
  const whole = /^agent:/i.test(named) ? named : `agent:${agentId}:${named}`
  const { key, agentId: owner } = directory.key(whole)
  if (owner !== agentId) throw badTarget({ key, why: `it is one of the agent "${owner}"` })
  if (reserved.has(readKey(key).kind))
    throw badTarget({ key, why: "it is one of the gateway's own" })
  return key
}

interface Needs {
  agents: () => AgentsConfig
  directory: Directory
  models: Pick<Models, "check">
  turns: Turns
  receive: () => Receive
}

/** What the turn of a run is asked. The same run again is the same message, and answered once. */
export const messageOf = (run: Run, owner: boolean, needs: Needs): Inbound => {
  const { job, runId } = run
  const agents = needs.agents()
  const { payload, executionPolicy, name, id } = job
  const common = {
    channel: "cron",
    account: id,
    id: runId,
    sender: { kind: "clock" as const, name, owner },
    surface: "cron" as const,
  }
  const { tools, skills } = executionPolicy ?? {}
  const only = { ...(tools && { tools }), ...(skills && { skills }) }
  const goal = goalOf(job)
  if (payload.kind === "systemEvent")
    return {
      ...common,
      chat: homeOf(job, { agents, directory: needs.directory }),
      text: reminder(job, payload.text) + goal,
      options: { ...only, ack: ackChars, queue: "followup" },
    }
  const named = namedKeyOf(job, { agents, directory: needs.directory })
  const { model, thinking, timeoutSeconds, lightContext } = payload
  return {
    ...common,
    chat: named ?? jobRunKey(agentOf(job, agents), id, runId),
    text: `[cron:${id} ${name}] ${payload.message}${goal}`,
    options: {
      ...only,
      ack: 0,
      ...(named !== undefined && { queue: "followup" }),
      ...(model && { model: needs.models.check(model) }),
      ...(thinking && { thinking }),
      ...(timeoutSeconds !== undefined && {
        timeoutMs: timeoutSeconds ? timeoutSeconds * 1000 : longestMs,
      }),
      ...(lightContext && { files: [] }),
    },
  }
}

const reminder = ({ id, name }: Job, text: string) =>
  `[cron:${id} ${name}] A task that was set up earlier is due now:

${text}

Do what it says. If it is a reminder, say it to the person in your own words. If nothing needs to be said, answer HEARTBEAT_OK.`

/** The line a main session is told of a task that waits for its next turn. */
export const lineOf = (job: Job) =>
  `[cron:${job.id} ${job.name}] ${textOf(job)}`.trim().slice(0, 2000).toWellFormed()

/** Hands the run to the pipeline; it is on disk when this returns. */
export const begin = async (run: Run, owner: boolean, needs: Needs): Promise<Run> => {
  const { runId: turnId, sessionKey } = await needs.receive()(messageOf(run, owner, needs))
  return { ...run, turnId, sessionKey }
}

/** How its turn ended; null when the process goes down first. */
export const ending = (run: Run, { turns, directory }: Needs): Promise<Outcome | null> =>
  findOutcome(run.turnId!, { turns, directory })
