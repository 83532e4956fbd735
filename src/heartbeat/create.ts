/** Wakes agents by the clock, put together on first use. */
import { agents } from "../agents/config.ts"
import { Turns } from "../agent/turns.ts"
import { ChannelsSettings } from "../channels/config.ts"
import { Paths } from "../config/paths.ts"
import { BackgroundBudget } from "../cron/background.ts"
import { Receive } from "../kernel/channel.ts"
import { Clock } from "../kernel/clock.ts"
import { Deliveries } from "../kernel/delivery.ts"
import { Bus } from "../kernel/event.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { SystemEvents } from "../kernel/system-events.ts"
import { Models } from "../models/service.ts"
import { Directory } from "../sessions/directory.ts"
import { Zone } from "../usage/service.ts"
import { type Beat, beatsOf } from "./beat.ts"
import { type HeartbeatEvent, heartbeatEvent } from "./events.ts"
import type { Heartbeats } from "./service.ts"
import { unhurried } from "./unhurried.ts"
import { wakeUp, type WakeNeeds, type Why } from "./wake.ts"

/** After a time that could not be used, another try. */
const soonMs = 60_000
/** Timers cannot wait for months. */
const longestMs = 86_400_000

export const createHeartbeats = (services: Services) => {
  const clock = services.get(Clock)
  const bus = services.get(Bus)
  const log = services.get(Log).for("heartbeat")
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone
  const needs: WakeNeeds = {
    agents: () => services.get(agents),
    channels: () => (services.has(ChannelsSettings) ? services.get(ChannelsSettings) : undefined),
    paths: services.get(Paths),
    directory: services.get(Directory),
    turns: services.get(Turns),
    events: services.get(SystemEvents),
    receive: () => services.get(Receive),
    deliveries: () => (services.has(Deliveries) ? services.get(Deliveries) : undefined),
    budget: () => services.get(BackgroundBudget)(),
    zones: () => ({ user: services.get(Zone)(), local }),
    clock,
    log,
  }
  const nextAt = new Map<string, number>()
  const atWork = new Map<string, Promise<void>>()
  let on = true
  let closed = false
  let last: HeartbeatEvent | null = null
  let cancel: (() => void) | undefined

  const models = services.get(Models)
  const periodic = () =>
    beatsOf(needs.agents())
      .filter(({ everyMs }) => everyMs > 0)
      .map((beat) => unhurried(beat, needs.agents(), models))

  const tell = (event: HeartbeatEvent) => {
    last = event
    bus.emit(heartbeatEvent, event)
    const { agentId, status, reason } = event
    // With an empty list that is so every half hour, and nobody's concern.
    const note = reason === "empty-heartbeat-file" ? log.debug : log.info
    if (status === "skipped") note("heartbeat skipped", { agent: agentId, reason })
    else log.info("heartbeat", { agent: agentId, status, reason })
  }

  const run = async (beat: Beat, why: Why) => {
    const startedAt = clock.now()
    const { agentId } = beat
    try {
      const told = on
        ? await wakeUp(beat, why, needs)
        : ({ status: "skipped", reason: "disabled" } as const)
      if (!told || closed) return
      if (told.reason === "requests-in-flight") nextAt.set(agentId, clock.now() + soonMs)
      tell({ ts: clock.now(), agentId, ...told, durationMs: clock.now() - startedAt })
    } catch (error) {
      log.error("heartbeat failed", { agent: agentId, error })
      tell({ ts: clock.now(), agentId, status: "failed", reason: "internal; see fased logs" })
    } finally {
      atWork.delete(agentId)
      plan()
    }
  }

  const start = (beat: Beat, why: Why) => {
    const known = atWork.get(beat.agentId)
    if (known) return known
    const done = run(beat, why)
    atWork.set(beat.agentId, done)
    return done
  }

  /** One timer, for whoever is next. */
  const plan = () => {
    cancel?.()
    cancel = undefined
    if (closed) return
    const now = clock.now()
    const beats = periodic()
    for (const id of nextAt.keys())
      if (!beats.some(({ agentId }) => agentId === id)) nextAt.delete(id)
    for (const { agentId, everyMs } of beats) {
      const at = nextAt.get(agentId)
      // A shorter span, or a clock that was set back, counts from now.
      if (at === undefined || at > now + everyMs) nextAt.set(agentId, now + everyMs)
    }
    if (!nextAt.size) return
    const first = Math.min(...nextAt.values())
    cancel = clock.after(Math.min(Math.max(0, first - now), longestMs), tick)
  }

  const tick = () => {
    const now = clock.now()
    for (const beat of periodic()) {
      if ((nextAt.get(beat.agentId) ?? Infinity) > now) continue
      nextAt.set(beat.agentId, now + beat.everyMs)
      void start(beat, "interval")
    }
    plan()
  }

  const heartbeats: Heartbeats = {
    async wake() {
      if (!on) return 0
      const beats = periodic()
      for (const beat of beats) void start(beat, "asked")
      return beats.length
    },
    last: () => last,
    set(enabled) {
      on = enabled
    },
  }

  return {
    heartbeats,
    plan,
    /** Wakes nobody any more. */
    rest() {
      closed = true
      cancel?.()
    },
    async close() {
      closed = true
      cancel?.()
      await Promise.all(atWork.values())
    },
  }
}
