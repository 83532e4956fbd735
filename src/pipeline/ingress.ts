import type { Drops } from "../access/drops.ts"
import { judge } from "../access/judge.ts"
import { derivedPatterns, throughGate } from "../access/mention.ts"
import { heardArrivals } from "../access/metrics.ts"
import type { Pairing } from "../access/pairing.ts"
import { senderRules } from "../access/place-rules.ts"
import { unwanted } from "../access/reactions.ts"
import { dropped, type Reason, type Verdict } from "../access/verdict.ts"
import type { ChatCommands } from "../agent/chat-commands.ts"
import { findAgent } from "../agents/config.ts"
import type { Ingress, Source } from "../channels/ingress.ts"
import type { Arrivals, Kept } from "../inbox/arrivals.ts"
import type { Collector } from "../inbox/collector.ts"
import { called, labelOf } from "../inbox/frame.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Counts } from "../kernel/metric.ts"
import type { Arrival, Heard, Person } from "../kernel/network.ts"
import type { SystemEvents } from "../kernel/system-events.ts"
import type { Route } from "../routing/route.ts"
import type { Directory } from "../sessions/directory.ts"
import type { Rules } from "./rules.ts"

/** What was said longer ago when it arrives is not answered as if it were new. */
const staleAfterMs = 3_600_000

export interface IngressSteps {
  rules: Rules
  pairing: Pairing
  drops: Drops
  /** Which agent and session; the room may name the agent of a topic. */
  route: (source: Source, arrival: Arrival, topicAgent: string | undefined) => Route
  commands: Pick<ChatCommands, "all" | "read">
  directory: Pick<Directory, "find">
  arrivals: Pick<Arrivals, "note">
  collector: Pick<Collector, "take">
  /** Whether voice notes can be put into words. */
  hears: () => boolean
  events: Pick<SystemEvents, "enqueue">
  counts: () => Counts | undefined
  clock: Clock
}

/**
 * The way in from every chat network: judged, placed, on disk. One rule for every kind of event comes
 * first; only a message also has to be meant for the agent.
 */
export const createIngress = (steps: IngressSteps): Ingress => {
  const { rules, pairing, drops, commands, clock, events } = steps

  const drop = (source: Source, arrival: Arrival, reason: Reason, say?: string): Heard => {
    const { conversation, sender, deed, id } = arrival
    drops.add({
      channel: source.channel.id,
      account: source.account,
      chat: conversation.id,
      id,
      sender: sender.ids[0],
      deed: deed.kind,
      reason,
    })
    return { kind: "dropped", reason: reason.code, ...(say && { say }) }
  }

  const askToBeHeard = async (source: Source, arrival: Arrival): Promise<Heard> => {
    const { deed } = arrival
    // Only who speaks is asked who they are; a reaction is no wish to be heard.
    const speaks = deed.kind === "message" || deed.kind === "command"
    const asked = speaks ? await pairing.ask(source.channel.id, source.account, arrival) : undefined
    const { reason } = dropped("not-paired", `channels.${source.channel.id}.dmPolicy`, "pairing")
    const detail = asked && askedWords[asked]
    const say =
      deed.kind === "command" ? "The owner of this assistant has to let you in first." : undefined
    return drop(source, arrival, { ...reason, ...(detail && { detail }) }, say)
  }

  /** A command that is known, of somebody who may use it. */
  const isCommand = (text: string, message: Parameters<ChatCommands["read"]>[0]) => {
    const name = /^\/([a-z0-9_-]+)(?![^\s:])/i.exec(text.trim())?.[1]?.toLowerCase()
    const isKnown = commands.all.some((one) => one.name === name || one.aliases.includes(name!))
    return Boolean(name && isKnown && commands.read(message).kind === "calls")
  }

  const spoken = async (
    source: Source,
    arrival: Arrival,
    { listed, room }: Extract<Verdict, { kind: "heard" }>,
    { agentId, sessionKey }: Route,
  ): Promise<Heard> => {
    const { conversation, sender, deed } = arrival
    const { channel, account } = source
    const text = wordsOf(arrival)
    const picked = deed.kind === "command" || deed.kind === "press"
    const message = {
      text,
      channel: channel.id,
      sender: personOf(sender),
      network: {
        conversation,
        at: arrival.at,
        addressed: true,
        listed,
        ...(channel.can.menu && { menu: picked ? ("picked" as const) : ("typed" as const) }),
      },
    }
    const meaning = commands.read(message)
    if (meaning.kind === "ignored") {
      const { reason } = dropped("command-not-allowed")
      return drop(
        source,
        arrival,
        reason,
        picked ? "You may not use this command here." : undefined,
      )
    }
    const command = isCommand(text, message)
    let addressed = true
    let voiceGate: Kept["gate"]
    if (room && deed.kind === "message") {
      const agent = findAgent(rules.agents(), agentId)
      const patterns =
        agent.groupChat?.mentionPatterns ??
        rules.messages().groupChat.mentionPatterns ??
        derivedPatterns({
          name: agent.identity?.name ?? agent.name,
          emoji: agent.identity?.emoji,
        })
      const activation = (await steps.directory.find(sessionKey))?.overrides.groupActivation
      const gate = throughGate(deed, {
        required: activation ? activation === "mention" : room.requireMention,
        ignoreOtherMentions: room.ignoreOtherMentions,
        patterns,
        isCommand: command,
      })
      addressed = gate.addressed
      const speaks = gate.held === "not-mentioned" && isVoice(arrival) && steps.hears()
      if (speaks) voiceGate = { patterns, ignoreOtherMentions: room.ignoreOtherMentions }
      else if (gate.held) {
        if (gate.held === "not-mentioned") await remember(source, arrival, text)
        return drop(source, arrival, { code: gate.held })
      }
    }
    if (!text.trim() && !hasMore(arrival)) return drop(source, arrival, { code: "empty" })
    const ruled = senderRules(room, sender, channel)
    const heard: Omit<Kept, "runId" | "heardAt"> = {
      channel: channel.id,
      account,
      arrival,
      agentId,
      sessionKey,
      addressed,
      listed,
      ...(ruled && { rules: ruled }),
      ...(voiceGate && { gate: voiceGate }),
    }
    const runId = await steps.collector.take(heard, { alone: command || picked })
    if (!runId) return { kind: "known" }
    steps.counts()?.add(heardArrivals, [channel.id, deed.kind])
    return { kind: "taken", runId }
  }

  /** What was said past the agent is told along with what is said to it. */
  const remember = async (
    source: Source,
    { conversation, sender, id, at }: Arrival,
    text: string,
  ) => {
    const most = source.config.historyLimit ?? rules.messages().groupChat.historyLimit
    if (!most || !text.trim()) return
    await steps.arrivals.note(
      {
        channel: source.channel.id,
        account: source.account,
        chat: conversation.id,
        thread: conversation.thread?.id ?? "",
        id,
        sender: labelOf(sender),
        text: text.slice(0, 2000).toWellFormed(),
        at,
      },
      most,
    )
  }

  return {
    async arrived(from, arrival) {
      // As the config has it now: who was taken off a list a moment ago is not heard by an older reading.
      const source = rules.source(from.channel.id, from.account)
      if (!source) return drop(from, arrival, dropped("account-disabled").reason)
      const circumstances = await rules.circumstances(source, arrival.sender)
      const verdict = judge(arrival, circumstances)
      if (verdict.kind === "dropped") return drop(source, arrival, verdict.reason)
      if (verdict.kind === "unpaired") return askToBeHeard(source, arrival)
      const route = steps.route(source, arrival, verdict.room?.agentId)
      const { deed, sender } = arrival
      if (deed.kind === "reaction") {
        const reason = unwanted(arrival, circumstances, verdict.room?.reactions)
        if (reason) return drop(source, arrival, reason)
      }
      if (deed.kind === "reaction" || deed.kind === "notice") {
        events.enqueue(route.sessionKey, `${noticed(sender, deed)}`)
        steps.counts()?.add(heardArrivals, [source.channel.id, deed.kind])
        return { kind: "noted" }
      }
      if (clock.now() - arrival.at > staleAfterMs) {
        const said = called(wordsOf(arrival), 200)
        events.enqueue(route.sessionKey, `${labelOf(sender)} wrote while nobody listened: ${said}`)
        return drop(source, arrival, { code: "too-old" })
      }
      return spoken(source, arrival, verdict, route)
    },
  }
}

const askedWords = {
  prompted: "They were shown a code.",
  waits: "They were shown a code before, within the hour.",
  full: "Three others wait already, so they were shown none.",
} as const

const noticed = (sender: Person, deed: Arrival["deed"]) => {
  if (deed.kind === "reaction")
    return `${labelOf(sender)} ${deed.added ? "reacted with" : "took back"} ${called(deed.emoji, 40)} on message ${called(deed.messageId, 80)}`
  return deed.kind === "notice"
    ? `${called(deed.topic, 40)}: ${called(deed.text, 300)} (${labelOf(sender)})`
    : ""
}

/** What somebody says, in words: a button says what stands behind it. */
export const wordsOf = ({ deed }: Pick<Arrival, "deed">): string => {
  switch (deed.kind) {
    case "message":
    case "command":
      return deed.text
    case "press":
      return deed.data
    default:
      return ""
  }
}

/** Nothing but a recording, which may speak to the agent all the same. */
const isVoice = ({ deed }: Arrival) =>
  deed.kind === "message" &&
  !deed.text.trim() &&
  Boolean(deed.attachments?.some(({ kind }) => kind === "voice" || kind === "audio"))

const hasMore = ({ deed }: Arrival) =>
  deed.kind === "message" && Boolean(deed.attachments?.length || deed.location)

/** A sender as the rest of the gateway knows them. */
export const personOf = ({ bot: _, ...person }: Person) => ({
  kind: "person" as const,
  id: person.ids[0],
  ...person,
})
