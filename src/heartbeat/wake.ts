/** One time that an agent is woken: whether it is, what it is asked, and where its answer goes. */
import { type AgentsConfig, findAgent, workspaceOf } from "../agents/config.ts"
import { findOutcome, type Outcome } from "../agent/outcome.ts"
import type { Turns } from "../agent/turns.ts"
import { blockOf, type ChannelsConfig } from "../channels/config.ts"
import type { Paths } from "../config/paths.ts"
import type { BackgroundBudget } from "../cron/budget.ts"
import type { Receive } from "../kernel/channel.ts"
import type { Clock } from "../kernel/clock.ts"
import { type Deliveries, type Destination, settledWithin } from "../kernel/delivery.ts"
import { Fault } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { SystemEvents } from "../kernel/system-events.ts"
import type { Directory } from "../sessions/directory.ts"
import { kindOf } from "../sessions/keys.ts"
import type { Session } from "../sessions/session.ts"
import { isActive } from "./active-hours.ts"
import { type Beat, sessionOf } from "./beat.ts"
import { isEmptyList } from "./checklist.ts"
import type { HeartbeatEvent } from "./events.ts"

export interface WakeNeeds {
  agents: () => AgentsConfig
  channels: () => ChannelsConfig | undefined
  paths: Paths
  directory: Directory
  turns: Turns
  events: SystemEvents
  receive: () => Receive
  deliveries: () => Deliveries | undefined
  budget: () => Promise<BackgroundBudget>
  zones: () => { user: string; local: string }
  clock: Clock
  log: Log
}

/** Periodic, or because somebody asked for it. */
export type Why = "interval" | "asked"
type Told = Omit<HeartbeatEvent, "ts" | "durationMs" | "agentId">

export const usualPrompt =
  "Read HEARTBEAT.md if it is there, and follow it strictly. Do not take up or repeat old tasks from earlier in this conversation. If nothing needs attention, answer HEARTBEAT_OK."

const previewChars = 200
const patienceMs = 60_000

/** Null when it is left to the next process; the rest is told as an event. */
export const wakeUp = async (beat: Beat, why: Why, needs: WakeNeeds): Promise<Told | null> => {
  const home = needs.directory.key(sessionOf(beat)).key
  const reason = await hindrance(beat, home, why, needs)
  if (reason) return { status: "skipped", reason }
  const place = await destinationOf(beat, home, needs)
  const seen = visibilityOf(place.to, needs)
  if (place.to && !seen.showOk && !seen.showAlerts && !seen.useIndicator)
    return { status: "skipped", reason: "alerts-disabled" }
  const spent = await (await needs.budget()).admit()
  if (spent) return { status: "skipped", reason: "budget", message: spent.why }

  const before = await needs.directory.find(home)
  const told = needs.events.waiting(home).length
  const { outcome, thoughts } = await ask(beat, home, needs)
  if (!outcome) return null
  if (outcome.status !== "ok")
    return {
      status: "failed",
      reason: outcome.error?.message ?? outcome.stopReason,
      indicatorType: "error",
    }
  const text = saidBy(beat, outcome)
  if (!text) {
    if (before && !told && !beat.isolatedSession) await forget(before, outcome, needs)
    const ok: Told = { status: "ok-token", silent: true, indicatorType: "ok" }
    return place.to && seen.showOk ? send("HEARTBEAT_OK", place.to, ok, outcome, needs) : ok
  }
  const alert: Told = {
    status: "sent",
    preview: text.slice(0, previewChars).toWellFormed(),
    hasMedia: false,
    indicatorType: "alert",
  }
  const kept = (reason: string): Told => ({ ...alert, status: "skipped", reason })
  if (!place.to) return { ...kept(place.why), ...(place.message && { message: place.message }) }
  if (!seen.showAlerts) return kept("alerts-disabled")
  if (beat.directPolicy === "block" && place.to.conversation.kind === "direct")
    return kept("dm-blocked")
  const whole = beat.includeReasoning && thoughts ? `Reasoning:\n${thoughts}\n\n${text}` : text
  return send(whole, place.to, alert, outcome, needs)
}

/** Why it is not woken this time. */
const hindrance = async (beat: Beat, home: string, why: Why, needs: WakeNeeds) => {
  const { events, turns, zones, clock, paths } = needs
  if (kindOf(home) === "group") return "group-session"
  if (why === "asked") return undefined
  if (!isActive(beat.activeHours, clock.now(), zones())) return "quiet-hours"
  if (turns.ofSession(home).length) return "requests-in-flight"
  const config = needs.agents()
  const workspace = workspaceOf(findAgent(config, beat.agentId), config, paths)
  return !events.waiting(home).length && isEmptyList(workspace) ? "empty-heartbeat-file" : undefined
}

const ask = async (
  beat: Beat,
  home: string,
  { events, receive, turns, directory, clock }: WakeNeeds,
) => {
  const at = clock.now()
  const { agentId, model, ackMaxChars, lightContext, isolatedSession, prompt = usualPrompt } = beat
  const { runId } = await receive()({
    channel: "heartbeat",
    account: agentId,
    chat: isolatedSession ? `agent:${agentId}:heartbeat:${at}` : home,
    id: `${agentId} ${at}`,
    // With a stranger's words on the table, no turn has the operator's rights unasked.
    sender: {
      kind: "clock",
      name: "heartbeat",
      owner: !events.waiting(home).some((line) => line.includes("<<<untrusted ")),
    },
    surface: "cron",
    text: isolatedSession
      ? [...events.drain(home).map((line) => `System: ${line}`), prompt].join("\n")
      : prompt,
    options: {
      ack: ackMaxChars,
      queue: "followup",
      ...(model && { model }),
      ...(lightContext && { files: ["HEARTBEAT.md"] }),
    },
    ...(isolatedSession && { passing: true }),
  })
  let thoughts = ""
  turns.get(runId)?.follow((part) => {
    if (part.type === "thinking") thoughts += part.delta
  })
  return { outcome: await findOutcome(runId, { turns, directory }), thoughts: thoughts.trim() }
}

const saidBy = ({ suppressToolErrorWarnings }: Beat, { text }: Outcome) => {
  const said = text.trim()
  return suppressToolErrorWarnings && /^⚠️ \S+ failed: /.test(said) ? "" : said
}

/** A turn without news leaves no trace: it keeps no session awake and fills no context. */
const forget = async (
  before: Session,
  { runId, sessionId }: Outcome,
  { directory, log }: WakeNeeds,
) => {
  try {
    if (sessionId === before.sessionId) await directory.retract(before, runId)
  } catch (error) {
    log.warn("a heartbeat without news stays in its session", { session: before.key, error })
  }
}

type Place = { to: Destination } | { to?: undefined; why: string; message?: string }

const destinationOf = async (
  { target, to, accountId }: Beat,
  home: string,
  { deliveries, log }: WakeNeeds,
): Promise<Place> => {
  const networks = deliveries()
  if (target === "none" || !networks) return { why: "no-target" }
  const last = await networks.lastOf(home)
  if (target === "last") return last ? { to: last } : { why: "no-target" }
  if (!to && last?.channel === target) return { to: last }
  try {
    return { to: networks.target(target, to ?? "", accountId) }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    if (accountId)
      log.warn("heartbeat: unknown accountId", { target, accountId, error: error.message })
    return { why: accountId ? "unknown-account" : "no-target", message: error.message }
  }
}

interface Visibility {
  showOk: boolean
  showAlerts: boolean
  useIndicator: boolean
}

/** What is shown there: the account's word, then the network's, then everyone's. */
const visibilityOf = (to: Destination | undefined, { channels }: WakeNeeds): Visibility => {
  const config = channels()
  const block = to && config && blockOf(config, to.channel)
  const account = to?.account === undefined ? undefined : block?.accounts?.[to.account]
  return {
    showOk: false,
    showAlerts: true,
    useIndicator: true,
    ...given(config?.defaults.heartbeat),
    ...given(block?.heartbeat),
    ...given(account?.heartbeat),
  }
}

const given = (settings: unknown): Partial<Visibility> =>
  Object.fromEntries(Object.entries(settings ?? {}).filter(([, value]) => value !== undefined))

const send = async (
  text: string,
  to: Destination,
  told: Told,
  { runId }: Outcome,
  { deliveries, clock }: WakeNeeds,
): Promise<Told> => {
  const where = { channel: to.channel, to: to.conversation.id, accountId: to.account }
  const networks = deliveries()!
  try {
    const { id } = await networks.deliver(to, { text }, { key: `heartbeat ${runId}` })
    const { state, error } = await settledWithin(networks, id, { clock, ms: patienceMs })
    if (state !== "failed") return { ...told, ...where }
    return { ...told, ...where, status: "failed", reason: error, indicatorType: "error" }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { ...told, ...where, status: "failed", reason: error.message, indicatorType: "error" }
  }
}
