import type { Drops } from "../access/drops.ts"
import { judge } from "../access/judge.ts"
import { throughGate } from "../access/mention.ts"
import type { Reason } from "../access/verdict.ts"
import { findAgent, workspaceOf } from "../agents/config.ts"
import type { Source } from "../channels/ingress.ts"
import type { Paths } from "../config/paths.ts"
import type { Arrivals, Kept, RoomId } from "../inbox/arrivals.ts"
import { fetchFiles } from "../inbox/files.ts"
import { frame, labelOf } from "../inbox/frame.ts"
import type { Inbound, TurnOptions } from "../kernel/channel.ts"
import type { Clock } from "../kernel/clock.ts"
import type { TellHooks } from "../kernel/hook-event.ts"
import type { AnyChannel, Arrival, Conversation, Person, RoomRules } from "../kernel/network.ts"
import type { Media } from "../media/service.ts"
import type { Transcriber } from "../media/transcriber.ts"
import type { Directory } from "../sessions/directory.ts"
import { personOf, wordsOf } from "./ingress.ts"
import type { Rules } from "./rules.ts"

type Burst = readonly [Kept, ...Kept[]]

/** Makes one message to an agent of what somebody said in one go, with all that belongs to it. */
export const createDealer = ({
  rules,
  drops,
  arrivals,
  directory,
  media,
  transcriber,
  paths,
  take,
  tellHooks,
  clock,
  signal,
}: {
  rules: Rules
  drops: Drops
  arrivals: Pick<Arrivals, "lines" | "told">
  directory: Pick<Directory, "find">
  media: Media
  transcriber: Transcriber
  paths: Paths
  /** Hands the message in; it is on disk when this resolves. */
  take: (
    message: Inbound,
    place: Pick<Kept, "runId" | "agentId" | "sessionKey">,
  ) => Promise<unknown>
  tellHooks: TellHooks
  clock: Clock
  signal: AbortSignal
}) => {
  const leave = ({ channel, account, arrival }: Kept, reason: Reason) => {
    const { conversation, sender, id, deed } = arrival
    drops.add({
      channel,
      account,
      chat: conversation.id,
      id,
      sender: sender.ids[0],
      deed: deed.kind,
      reason,
    })
  }

  /** Who was heard when it came may not be heard any more. */
  const stillHeard = async (burst: Burst) => {
    const heard: Kept[] = []
    for (const kept of burst) {
      const source = rules.source(kept.channel, kept.account)
      const verdict =
        source && judge(kept.arrival, await rules.circumstances(source, kept.arrival.sender))
      if (verdict?.kind === "heard") heard.push(kept)
      else leave(kept, verdict?.kind === "dropped" ? verdict.reason : { code: "not-paired" })
    }
    return heard
  }

  return async (burst: Burst, recovered: boolean) => {
    const items = recovered ? await stillHeard(burst) : burst
    const [last] = items.slice(-1)
    const source = last && rules.source(last.channel, last.account)
    if (!last || !source) return
    const { arrival, sessionKey, agentId, channel, account } = last
    const { conversation, sender } = arrival
    const attachments = items.flatMap(({ arrival: { deed } }) =>
      deed.kind === "message" ? (deed.attachments ?? []) : [],
    )
    const connection = attachments.length
      ? await rules.connected(channel, account, signal)
      : undefined
    const agents = rules.agents()
    const { pictures, words, lines } = await fetchFiles(attachments, {
      download: connection?.download?.bind(connection),
      maxMb: source.config.mediaMaxMb,
      media,
      sessionKey,
      workspace: workspaceOf(findAgent(agents, agentId), agents, paths),
      transcribe: (bytes, ending) => transcriber.transcribe(bytes, ending, { agentId, signal }),
      clock,
      signal,
    })
    const text = [...items.map(({ arrival }) => wordsOf(arrival)), ...words]
      .filter(Boolean)
      .join("\n")
    if (
      last.gate &&
      !throughGate({ text }, { ...last.gate, required: true, isCommand: false }).addressed
    )
      return leave(last, { code: "not-mentioned" })
    const room: RoomId = {
      channel,
      account,
      chat: conversation.id,
      thread: conversation.thread?.id ?? "",
    }
    const isRoom = conversation.kind !== "direct"
    const addressed = last.addressed || last.gate !== undefined
    const since = isRoom && addressed ? await arrivals.lines(room) : []
    const session = await directory.find(sessionKey)
    const deed = arrival.deed.kind === "message" ? arrival.deed : undefined
    const context = await heardContext(source, arrival, rules)
    const message: Inbound = {
      channel,
      account,
      chat: conversation.id,
      ...(conversation.thread && { thread: conversation.thread.id }),
      id: arrival.id,
      sender: personOf(sender),
      text,
      ...(pictures.length && { pictures }),
      ...optionsFor(source, arrival, session?.overrides.model !== undefined, rules),
      network: {
        conversation,
        at: arrival.at,
        ...(arrival.via !== undefined && { via: arrival.via }),
        addressed,
        ...(deed?.quoted && { quoted: deed.quoted }),
        listed: items.every(({ listed }) => listed),
        ...(source.channel.can.menu && { menu: deed ? ("typed" as const) : ("picked" as const) }),
        ...(last.rules && { rules: last.rules }),
        frame: frame({
          label: source.channel.label,
          sender,
          ...(isRoom && { room: { title: conversation.title } }),
          at: arrival.at,
          elapsedMs:
            session && agents.defaults.envelopeElapsed === "on"
              ? Math.max(0, clock.now() - session.updatedAt)
              : undefined,
          timezone: agents.defaults.envelopeTimestamp === "on" ? zoneOf(rules) : undefined,
          quoted: deed?.quoted,
          quotedHeard: await isHeard(source, arrival, deed?.quoted?.sender, rules),
          since: [...context.lines, ...since],
          unheard: context.unheard,
          location: deed?.location,
          files: lines,
        }),
      },
    }
    const tell = (action: "transcribed" | "preprocessed", more: Record<string, unknown>) =>
      tellHooks({
        type: "message",
        action,
        sessionKey,
        timestamp: clock.now(),
        context: {
          from: sender.ids[0],
          channelId: channel,
          accountId: account,
          conversationId: conversation.id,
          messageId: arrival.id,
          agentId,
          ...more,
        },
      })
    if (words.length) tell("transcribed", { transcript: words.join("\n") })
    tell("preprocessed", { content: text, files: attachments.length })
    await take(message, last)
    await arrivals.told(since)
  }
}

/** Whether the sender of a message that was accepted may still be heard there. */
export const stillHeard = async ({ channel, account, sender, network }: Inbound, rules: Rules) => {
  const source = rules.source(channel, account)
  if (!source || !network || sender.kind !== "person") return false
  const { conversation, at } = network
  const person: Person = { ids: sender.ids ?? [sender.id], roles: sender.roles }
  const said: Arrival = {
    id: "",
    conversation,
    sender: person,
    at,
    deed: { kind: "message", text: "" },
  }
  return judge(said, await rules.circumstances(source, person)).kind === "heard"
}

/** Whether this person's words may be shown to the agent at this place. */
const isHeard = async (
  source: Source,
  { conversation }: Arrival,
  sender: Person | undefined,
  rules: Rules,
) => {
  if (!sender) return false
  const said: Arrival = {
    id: "",
    conversation,
    sender,
    at: 0,
    deed: { kind: "message", text: "" },
  }
  return judge(said, await rules.circumstances(source, sender)).kind === "heard"
}

/** Earlier messages that the network told along, without those of people who are not heard here. */
const heardContext = async (source: Source, arrival: Arrival, rules: Rules) => {
  const told = arrival.context ?? []
  const self = rules.connection(source.channel.id, source.account)?.self
  const lines: { sender: string; text: string; at: number }[] = []
  for (const { sender, text, at } of told) {
    const isOwn = self?.ids.some((id) => sender.ids.includes(id))
    if (isOwn || (await isHeard(source, arrival, sender, rules)))
      lines.push({ sender: isOwn ? "you" : labelOf(sender), text: text.slice(0, 2000), at })
  }
  return { lines, unheard: told.length - lines.length }
}

/** What the config wants of a turn in this conversation. */
const optionsFor = (
  { channel, config }: Source,
  { conversation, sender }: Arrival,
  hasModel: boolean,
  rules: Rules,
): { options?: TurnOptions } => {
  const { id, thread, kind } = conversation
  const models = rules.channels().modelByChannel[channel.id]
  const threaded = thread && models?.[`${id}:${thread.kind}:${thread.id}`]
  const model = hasModel ? undefined : (threaded ?? models?.[id])
  const options: TurnOptions = {
    ...(model && { model }),
    ...(kind === "direct" ? inPrivate(config, sender) : inRoom(channel, config, conversation)),
  }
  return Object.keys(options).length ? { options } : {}
}

const inPrivate = ({ dms, dmHistoryLimit }: Source["config"], { ids }: Person): TurnOptions => {
  const own = ids.find((id) => Object.hasOwn(dms, id))
  const earlierTurns = (own === undefined ? undefined : dms[own]?.historyLimit) ?? dmHistoryLimit
  return earlierTurns === undefined ? {} : { earlierTurns }
}

const inRoom = (
  channel: AnyChannel,
  config: Source["config"],
  conversation: Conversation,
): TurnOptions => {
  const { systemPrompt, skills } = channel.room(config, conversation) as RoomRules
  const manner = `You are in a room with several people on ${channel.label}. Write as people there do: short and plain, without tables.`
  return {
    instructions: [manner, systemPrompt].filter(Boolean).join("\n\n"),
    ...(skills && { skills }),
  }
}

const zoneOf = (rules: Rules): string | undefined => {
  const { envelopeTimezone: wanted, userTimezone } = rules.agents().defaults
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone
  const zone = { local, utc: "UTC", user: userTimezone ?? local }[wanted] ?? wanted
  try {
    Intl.DateTimeFormat("en", { timeZone: zone })
    return zone
  } catch {
    return "UTC"
  }
}
