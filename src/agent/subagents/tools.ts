import * as z from "zod"
import { agents as agentsSection, listAgents } from "../../agents/config.ts"
import { Receive, thinkingLevels } from "../../kernel/channel.ts"
import { Clock } from "../../kernel/clock.ts"
import { tool } from "../../kernel/tool.ts"
import { Directory } from "../../sessions/directory.ts"
import { textOf } from "../../sessions/message.ts"
import { Turns } from "../turns.ts"
import { facts, find, stop, tell } from "./control.ts"
import { notOnThisSurface } from "./faults.ts"
import { Subagents } from "./subagents.ts"

export const sessionsSpawn = tool({
  name: "sessions_spawn",
  group: "sessions",
  label: "Start a subagent",
  description:
    "Gives a task to a subagent, which works in a session of its own. Returns at once; its result comes as a message when it is done.",
  params: () =>
    z.object({
      task: z.string().trim().min(1).max(100_000).describe("The task, with all it needs to know."),
      label: z.string().trim().min(1).max(100).optional().describe("A short name for it."),
      agentId: z.string().max(64).optional().describe("Agent to do it; this one when left out."),
      model: z.string().max(200).optional().describe("Its model, as provider/model or an alias."),
      thinking: z.enum(thinkingLevels).optional().describe("How hard it thinks."),
      runTimeoutSeconds: z
        .int()
        .min(0)
        .max(172_800)
        .optional()
        .describe("It is stopped after this."),
      thread: z.boolean().default(false).describe("Bind it to a thread of the channel."),
      runtime: z.enum(["subagent", "acp"]).default("subagent").describe("`subagent` only, here."),
      mode: z.enum(["run", "session"]).default("run").describe("`session` needs a thread."),
      cleanup: z.enum(["delete", "keep"]).default("keep").describe("What becomes of its session."),
    }),
  needs: { subagents: Subagents },
  available: ({ subagents, sessionKey }) => subagents.mayGoDeeper(sessionKey),
  async run({ thread, runtime, mode, ...assignment }, { subagents, sessionKey, agentId, owner }) {
    if (runtime === "acp") throw notOnThisSurface({ what: "Another program's agent" })
    if (thread || mode === "session") throw notOnThisSurface({ what: "A thread of its own" })
    const started = await subagents.spawn(assignment, { sessionKey, agentId, owner })
    const { runId, sessionKey: childSessionKey, warning } = started
    return { status: "accepted", runId, childSessionKey, ...(warning && { warning }) }
  },
})

const actions = ["list", "kill", "log", "info", "send", "steer"] as const

export const subagents = tool({
  name: "subagents",
  group: "sessions",
  label: "Look after subagents",
  description: "Lists this session's subagents, shows what they do, talks to them or stops them.",
  params: () =>
    z.object({
      action: z.enum(actions).describe("What to do."),
      target: z
        .string()
        .max(512)
        .optional()
        .describe(
          "Which one: its number in the list, label, session key or run id; `all` to kill.",
        ),
      message: z.string().max(100_000).optional().describe("What to say, for send and steer."),
      limit: z.int().min(1).max(100).default(20).describe("Messages of a log."),
    }),
  needs: {
    subagents: Subagents,
    turns: Turns,
    directory: Directory,
    receive: Receive,
    clock: Clock,
  },
  async run({ action, target = "", message = "", limit }, context) {
    const { subagents, turns, directory, receive, sessionKey, owner, clock } = context
    const rows = await subagents.of(sessionKey)
    if (action === "list")
      return { subagents: rows.map((row, at) => ({ number: at + 1, ...facts(row, clock.now()) })) }
    if (action === "kill" && target === "all") {
      const runIds = rows.flatMap((row) => stop(row, turns))
      return { stopped: runIds.length }
    }
    const row = find(rows, target)
    switch (action) {
      case "kill":
        return { stopped: stop(row, turns).length }
      case "info":
        return { ...facts(row, clock.now()), task: row.task, cleanup: row.cleanup }
      case "log": {
        const session = await directory.find(row.sessionKey)
        const entries = session ? await directory.history(session.sessionId, { limit }) : []
        return entries.map(({ message }) => `${message.role}: ${textOf(message).slice(0, 2000)}`)
      }
      default: {
        const way = { sessionKey, owner, steer: action === "steer" }
        const { runId } = await tell(row, message, way, receive)
        return { status: "accepted", runId }
      }
    }
  },
})

export const sessionsYield = tool({
  name: "sessions_yield",
  group: "sessions",
  label: "Wait for subagents",
  description:
    "Ends this turn so that the results of subagents can come in. Call it when there is nothing to do but wait.",
  params: () =>
    z.object({
      message: z.string().max(2000).optional().describe("What to tell the person meanwhile."),
    }),
  needs: { subagents: Subagents },
  async run({ message }, { subagents, sessionKey }) {
    const waiting = (await subagents.of(sessionKey)).filter(({ endedAt }) => endedAt === null)
    return {
      waitingFor: waiting.length,
      next: waiting.length
        ? `End your turn now with ${message ? `these words: ${message}` : "NO_REPLY"}. Each result comes as a message.`
        : "No subagent of this session is at work; go on.",
    }
  },
})

export const agentsList = tool({
  name: "agents_list",
  group: "agents",
  label: "List agents",
  description: "Agents that can be given tasks with sessions_spawn.",
  params: () => z.object({}),
  needs: { subagents: Subagents, agents: agentsSection },
  run(_, { subagents, agents, agentId }) {
    const allowed = subagents.allowed(agentId)
    const known = listAgents(agents).filter(({ id }) => allowed.includes(id))
    return {
      requester: agentId,
      agents: known.map(({ id, name, identity }) => ({ id, name: identity?.name ?? name })),
    }
  },
})
