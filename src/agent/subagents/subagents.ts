import { randomUUID } from "node:crypto"
import { type AgentsConfig, findAgent } from "../../agents/config.ts"
import type { Inbound, Receive, ThinkingLevel } from "../../kernel/channel.ts"
import type { Clock } from "../../kernel/clock.ts"
import { Fault } from "../../kernel/fault.ts"
import type { Log } from "../../kernel/log.ts"
import { service } from "../../kernel/service.ts"
import type { Standing } from "../../kernel/tool.ts"
import type { Models } from "../../models/service.ts"
import type { Directory } from "../../sessions/directory.ts"
import { findOutcome, type Outcome } from "../outcome.ts"
import { isSubagent } from "../standing.ts"
import type { Turns } from "../turns.ts"
import { announcement, announceSkip } from "./announcement.ts"
import { agentNotAllowed, tooDeep, tooManyChildren } from "./faults.ts"
import type { SubagentRow, SubagentStore } from "./store.ts"

export interface Assignment {
  task: string
  label?: string
  agentId?: string
  model?: string
  thinking?: ThinkingLevel
  runTimeoutSeconds?: number
  cleanup: "keep" | "delete"
}

/** Sessions that do work for other sessions, and the word of what came of it. */
export interface Subagents extends Pick<SubagentStore, "of" | "get" | "descendants"> {
  /** Starts one and returns at once. Throws `agents.too-deep` and its like. */
  spawn(
    assignment: Assignment,
    from: Pick<Standing, "sessionKey" | "agentId" | "owner">,
  ): Promise<{ runId: string; sessionKey: string; warning?: string }>
  /** Agents that an agent may start. */
  allowed(agentId: string): string[]
  /** True when another level may be started below this session. */
  mayGoDeeper(sessionKey: string): boolean
  /** Looks after those that a dead process left behind. */
  takeUp(): Promise<void>
  close(): void
}
export const Subagents = service<Subagents>("subagents")

/** A turn may take this long when nothing else is said. */
const longestMs = 172_800_000
/** Pauses between tries to tell of an end. */
const pausesMs = [1000, 5000, 30_000]
const sweepMs = 60_000

const depthOf = (sessionKey: string) => sessionKey.split(":subagent:").length - 1

export const createSubagents = ({
  config,
  store,
  directory,
  models,
  turns,
  receive,
  clock,
  log: ground,
}: {
  config: () => AgentsConfig
  store: SubagentStore
  directory: Directory
  models: Models
  turns: Turns
  receive: () => Receive
  clock: Clock
  log: Log
}): Subagents => {
  const log = ground.for("agent")
  const settings = () => config().defaults.subagents

  const allowed = (agentId: string) => {
    const ids = findAgent(config(), agentId).subagents?.allowAgents ?? [agentId]
    const all = config().list.map(({ id }) => id)
    return ids.includes("*") ? (all.length ? all : [agentId]) : ids
  }

  const mayGoDeeper = (sessionKey: string) => depthOf(sessionKey) < settings().maxSpawnDepth

  const messageOf = ({ sessionKey, requester, task, owner, timeoutMs }: SubagentRow): Inbound => ({
    channel: "subagent",
    account: "default",
    chat: sessionKey,
    id: "task",
    sender: { kind: "agent", sessionKey: requester, owner },
    text: task,
    options: { timeoutMs },
  })

  /** The same task again is the same turn, so that this can be done over after a crash. */
  const begin = async (row: SubagentRow) => {
    const { runId } = await receive()(messageOf(row))
    await store.started(row.sessionKey, runId)
    const begun = { ...row, runId }
    void follow(begun).catch((error: unknown) =>
      log.error("the end of a subagent was not told", { session: row.sessionKey, error }),
    )
    return runId
  }

  /** Waits for its end and tells the one who asked. Left to the next process when this one goes down. */
  const follow = async (row: SubagentRow & { runId: string }) => {
    const outcome = await findOutcome(row.runId, { turns, directory })
    if (!outcome) return
    await store.ended(row.sessionKey, outcome.status, clock.now())
    // Whoever stopped it knows; one that has nothing to tell says so.
    const silent = outcome.status === "aborted" || outcome.text.trim() === announceSkip
    if (!silent) await tell(row, outcome)
    await store.announced(row.sessionKey, clock.now())
    if (row.cleanup === "delete") await discard(row)
  }

  const tell = async (
    { requester, sessionKey, runId, owner, ...row }: SubagentRow,
    outcome: Outcome,
  ) => {
    const message: Inbound = {
      channel: "subagent",
      account: "default",
      chat: requester,
      id: `end of ${sessionKey}`,
      sender: { kind: "agent", sessionKey, owner },
      text: announcement({ ...row, requester, sessionKey, runId, owner }, outcome),
    }
    for (const pause of pausesMs) {
      try {
        return await receive()(message)
      } catch (error) {
        log.warn("the end of a subagent cannot be told yet", { session: sessionKey, error })
        await new Promise<void>((resolve) => void clock.after(pause, resolve))
      }
    }
    return receive()(message)
  }

  /** Its transcript stays in the archive. */
  const discard = async ({ sessionKey }: SubagentRow) => {
    if (turns.ofSession(sessionKey).length) return
    if (await directory.find(sessionKey)) await directory.remove(sessionKey, "deleted")
    await store.remove(sessionKey)
  }

  const sweep = async () => {
    const { archiveAfterMinutes } = settings()
    if (!archiveAfterMinutes) return
    for (const row of await store.over(clock.now() - archiveAfterMinutes * 60_000))
      if (!store.descendants(row.sessionKey).length) await discard(row)
  }
  const stopSweeping = clock.every(sweepMs, () =>
    sweep().catch((error: unknown) => log.warn("old subagents could not be archived", { error })),
  )

  /** The model it is to use; a name that means nothing gives way to the usual one, with a word. */
  const modelFor = (wanted: string | undefined) => {
    if (!wanted) return {}
    try {
      return { model: models.check(wanted) }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return { warning: `${error.message} The default model is used.` }
    }
  }

  return {
    of: store.of,
    get: store.get,
    descendants: store.descendants,
    allowed,
    mayGoDeeper,
    close: stopSweeping,

    async spawn(assignment, from) {
      const { maxChildrenPerAgent: most, maxSpawnDepth, ...defaults } = settings()
      if (!mayGoDeeper(from.sessionKey)) throw tooDeep({ most: maxSpawnDepth })
      const agentId = (assignment.agentId ?? from.agentId).toLowerCase()
      const agent = findAgent(config(), agentId)
      const may = allowed(from.agentId)
      if (!may.includes(agent.id)) throw agentNotAllowed({ agentId, allowed: may })
      const atWork = (await store.of(from.sessionKey)).filter(({ endedAt }) => endedAt === null)
      if (atWork.length >= most) throw tooManyChildren({ most })

      const parent = await directory.find(from.sessionKey)
      const own = agent.subagents
      const { model, warning } = modelFor(
        assignment.model ?? own?.model ?? defaults.model ?? parent?.overrides.model,
      )
      const thinking =
        assignment.thinking ?? own?.thinking ?? defaults.thinking ?? parent?.overrides.thinking
      const [, rest = ""] = /^agent:[^:]+:(.*)$/s.exec(from.sessionKey) ?? []
      const above = isSubagent(from.sessionKey) ? `${rest}:` : ""
      const sessionKey = `agent:${agent.id}:${above}subagent:${randomUUID()}`
      await directory.open(sessionKey, agent.id)
      await directory.patch(sessionKey, {
        overrides: { model, thinking },
        spawnedBy: from.sessionKey,
        spawnDepth: depthOf(sessionKey),
      })
      const seconds = assignment.runTimeoutSeconds ?? defaults.runTimeoutSeconds
      const row: SubagentRow = {
        sessionKey,
        requester: from.sessionKey,
        agentId: agent.id,
        runId: null,
        label: assignment.label ?? null,
        task: assignment.task,
        owner: from.owner,
        timeoutMs: seconds ? seconds * 1000 : longestMs,
        cleanup: assignment.cleanup,
        createdAt: clock.now(),
        endedAt: null,
        status: "running",
        announcedAt: null,
      }
      await store.add(row)
      return { runId: await begin(row), sessionKey, ...(warning && { warning }) }
    },

    async takeUp() {
      for (const row of await store.open())
        await begin(row).catch((error: unknown) =>
          log.warn("a subagent could not be taken up", { session: row.sessionKey, error }),
        )
    },
  }
}
