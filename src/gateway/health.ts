import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import type { ReloadState } from "../config/reloader.ts"
import type { Clock } from "../kernel/clock.ts"
import { Prepared } from "../kernel/method.ts"
import { service } from "../kernel/service.ts"
import type { Directory } from "../sessions/directory.ts"

const sessionsSummary = onFirstUse(() =>
  z.object({
    path: z.string(),
    count: z.int(),
    recent: z.array(z.object({ key: z.string(), updatedAt: z.number(), age: z.number() })),
  }),
)

export const healthSnapshot = onFirstUse(() =>
  z.object({
    ok: z.boolean(),
    ts: z.number(),
    durationMs: z.number(),
    channels: z.record(z.string(), z.unknown()),
    channelOrder: z.array(z.string()),
    channelLabels: z.record(z.string(), z.string()),
    heartbeatSeconds: z.number(),
    defaultAgentId: z.string(),
    agents: z.array(
      z.object({ agentId: z.string(), isDefault: z.boolean(), sessions: sessionsSummary() }),
    ),
    sessions: sessionsSummary(),
    /** Whether the config file can be used, its secrets can be had, and all of it counts already. */
    config: z.object({
      valid: z.boolean(),
      secrets: z.enum(["ok", "degraded"]),
      /** Settings that count after a restart. */
      waits: z.int(),
      /** It runs on the config that was kept then, as the file was broken at the start. */
      lastGoodAt: z.number().optional(),
    }),
  }),
)
export type HealthSnapshot = z.infer<ReturnType<typeof healthSnapshot>>

export interface Health {
  /** The newest snapshot, at most a second old unless `fresh`. */
  snapshot(fresh?: boolean): Promise<HealthSnapshot>
  /** The same as JSON text. */
  prepared(fresh?: boolean): Promise<Prepared<HealthSnapshot>>
  /** Moves on when something other than times changed. */
  readonly version: number
}
export const Health = service<Health>("health")

const keepMs = 1000

export const createHealth = (options: {
  clock: Clock
  directory: Directory
  agents: () => { ids: string[]; defaultId: string; heartbeatSeconds: number }
  config: () => ReloadState
  channels: () => Pick<HealthSnapshot, "channels" | "channelOrder" | "channelLabels">
}): Health => {
  const { clock, directory, agents } = options
  let snapshot: HealthSnapshot | undefined
  let text: Prepared<HealthSnapshot> | undefined
  let essence = ""
  let version = 0

  const configFacts = (): HealthSnapshot["config"] => {
    const { valid, secrets, waits, lastGoodAt } = options.config()
    return { valid, secrets, waits: waits.length, ...(lastGoodAt && { lastGoodAt }) }
  }

  const take = async (): Promise<HealthSnapshot> => {
    const ts = clock.now()
    const { ids, defaultId, heartbeatSeconds } = agents()
    const summary = async (agentId?: string) => {
      const [count, { sessions }] = await Promise.all([
        directory.count(agentId),
        directory.list({ agentId, limit: 5 }),
      ])
      const recent = sessions.map(({ key, updatedAt }) => ({ key, updatedAt, age: ts - updatedAt }))
      return { path: "fased.db", count, recent }
    }
    // Hundreds of agents would each cost a query; the first ones are what anyone reads.
    const shown = ids.slice(0, 20)
    const [all, ...each] = await Promise.all([summary(), ...shown.map((id) => summary(id))])
    return {
      ok: true,
      ts,
      durationMs: clock.now() - ts,
      ...options.channels(),
      heartbeatSeconds,
      defaultAgentId: defaultId,
      agents: shown.map((agentId, at) => ({
        agentId,
        isDefault: agentId === defaultId,
        sessions: each[at]!,
      })),
      sessions: all,
      config: configFacts(),
    }
  }

  const read = async (fresh = false) => {
    const isNew = snapshot && clock.now() - snapshot.ts < keepMs
    if (!fresh && isNew && Bun.deepEquals(snapshot!.config, configFacts())) return snapshot!
    const next = await take()
    const newEssence = JSON.stringify([
      next.ok,
      next.channels,
      next.sessions.count,
      next.agents.length,
      next.config,
    ])
    if (newEssence !== essence) version++
    essence = newEssence
    text = undefined
    return (snapshot = next)
  }

  return {
    get version() {
      return version
    },
    snapshot: read,
    async prepared(fresh) {
      const current = await read(fresh)
      return (text ??= new Prepared(JSON.stringify(current)))
    },
  }
}
