import { type Connection, notSent, type Part, type Poll, type Sent } from "../../kernel/network.ts"
import { asNotSent, unless } from "./failure.ts"
import { ephemeralFlag, readVia, type Via } from "./interactions.ts"
import type { KnownPlaces } from "./known.ts"
import { personPrefix } from "./places.ts"
import { toDiscord } from "./render.ts"
import { DiscordError, type Rest } from "./rest.ts"
import { timeOf } from "./snowflake.ts"
import type { DiscordSettings } from "./settings.ts"
import { anything, channelKind, created, message, type Message } from "./wire.ts"

interface Outgoing {
  rest: Rest
  selfId: string
  settings: Pick<DiscordSettings, "linkPreview">
  places: Pick<KnownPlaces, "channelNamed">
  sent(messageId: string): void
  /** A private chat was opened. */
  opened(channel: string): void
}

type Where = Part["conversation"]

const flag = { noEmbeds: 1 << 2, silent: 1 << 12 } as const
const unknownMessage = 10008
const unknownInteraction = 10062
const unknownWebhook = 10015
const expiredToken = 50027
const notText = 50008

/** Sends, edits and removes; what fails is told as `channels.not-sent`. */
export const outgoing = ({ rest, selfId, settings, places, sent, opened }: Outgoing) => {
  const privateChats = new Map<string, string>()

  /** The channel that is spoken in; a private chat is opened when it is first needed. */
  const channelOf = async (where: Where) => {
    if (where.thread) return where.thread.id
    if (!where.id.startsWith(personPrefix)) return where.id
    const known = privateChats.get(where.id)
    if (known) return known
    const body = { recipient_id: where.id.slice(personPrefix.length) }
    const { id } = await rest.call("POST", "/users/@me/channels", created, { body })
    privateChats.set(where.id, id)
    opened(id)
    return id
  }

  const bodyOf = (part: Part, extraFlags = 0) => {
    const flags =
      extraFlags |
      ((part.linkPreview ?? settings.linkPreview) ? 0 : flag.noEmbeds) |
      (part.silent ? flag.silent : 0)
    return {
      ...(part.text && { content: toDiscord(part.text) }),
      // A text never alerts a role or everybody, whoever wrote it.
      allowed_mentions: { parse: ["users"], replied_user: true },
      ...(flags && { flags }),
      ...(part.buttons && { components: componentsOf(part.buttons) }),
    }
  }

  const inChannel = async (part: Part, signal: AbortSignal) => {
    const channel = await channelOf(part.conversation)
    const body = {
      ...bodyOf(part),
      nonce: part.nonce,
      enforce_nonce: true,
      ...(part.poll && { poll: pollOf(part.poll) }),
      ...(part.replyTo && {
        message_reference: { message_id: part.replyTo, fail_if_not_exists: false },
      }),
    }
    const options = { body, file: part.enclosure, signal }
    return rest
      .call("POST", `/channels/${channel}/messages`, message, options)
      .catch(async (error: unknown) => {
        if (!isCode(error, notText) || !(await isForum(channel))) throw error
        return inForum(channel, part, signal)
      })
  }

  const isForum = async (channel: string) => {
    const { type } = await places.channelNamed(channel)
    return type === channelKind.forum || type === channelKind.media
  }

  /** A forum has no messages of its own: each is the beginning of a thread, and has no buttons. */
  const inForum = async (channel: string, part: Part, signal: AbortSignal) => {
    const { components: _, ...first } = bodyOf(part)
    const body = { name: titleOf(part), message: first }
    const options = { body, file: part.enclosure, signal }
    const thread = await rest.call("POST", `/channels/${channel}/threads`, created, options)
    return { id: thread.id, timestamp: "" } // the first message has the thread's id
  }

  const back = ({ app, token, ephemeral }: Via, part: Part, signal: AbortSignal) => {
    const body = { ...bodyOf(part, ephemeral ? ephemeralFlag : 0) }
    const options = { body, file: part.enclosure, signal }
    return rest.call("POST", `/webhooks/${app}/${token}?wait=true`, message, options)
  }

  return {
    async send(part: Part, signal: AbortSignal): Promise<Sent> {
      const via = readVia(part.via)
      try {
        const told = via
          ? await back(via, part, signal).catch((error: unknown) => {
              // Discord kept the command for a quarter of an hour; what was for one alone stays so.
              if (!isExpired(error) || via.ephemeral) throw error
              return inChannel(part, signal)
            })
          : await inChannel(part, signal)
        sent(told.id)
        return { id: told.id, at: Date.parse(told.timestamp) || timeOf(told.id) }
      } catch (error) {
        throw asNotSent(error)
      }
    },

    async edit(part: Part, messageId: string, signal: AbortSignal) {
      const via = readVia(part.via)
      try {
        const path = via
          ? `/webhooks/${via.app}/${via.token}/messages/${messageId}`
          : `/channels/${await channelOf(part.conversation)}/messages/${messageId}`
        const body = { components: [], ...bodyOf(part) }
        await rest.call("PATCH", path, anything, { body, signal })
      } catch (error) {
        throw asNotSent(error)
      }
    },

    async remove(where: Where, messageId: string) {
      try {
        const path = `/channels/${await channelOf(where)}/messages/${messageId}`
        await rest.call("DELETE", path, anything).catch(unless(unknownMessage))
      } catch (error) {
        throw asNotSent(error)
      }
    },

    async react(where: Where, messageId: string, emoji: string, take: "add" | "remove") {
      try {
        const path = `/channels/${await channelOf(where)}/messages/${messageId}`
        const own = (one: string) => `${path}/reactions/${encodeURIComponent(one)}/@me`
        if (emoji) return void (await rest.call(methodFor[take], own(named(emoji)), anything))
        const { reactions = [] } = await rest.call("GET", path, message)
        for (const { me, emoji } of reactions)
          if (me)
            await rest.call(
              "DELETE",
              own(emoji.id ? `${emoji.name}:${emoji.id}` : (emoji.name ?? "")),
              anything,
            )
      } catch (error) {
        throw asNotSent(error)
      }
    },

    /** A menu command shows by itself that it is being answered. */
    async typing(where: Where, on: boolean, via?: string) {
      if (!on || via) return
      const ignore = (error: unknown) => {
        if (!(error instanceof DiscordError)) throw error
      }
      const channel = await channelOf(where).catch(ignore)
      if (channel) await rest.call("POST", `/channels/${channel}/typing`, anything).catch(ignore)
    },

    /** Discord may keep the nonce with the message; without one, equal words prove nothing. */
    async find(part: Part): Promise<Sent | "absent" | null> {
      if (part.via) return null
      const path = `/channels/${await channelOf(part.conversation)}/messages?limit=50`
      const list = await rest.call("GET", path, message.array())
      const own = list.filter(({ author }) => author.id === selfId)
      const found = own.find(({ nonce }) => String(nonce) === part.nonce)
      if (found) return { id: found.id, at: Date.parse(found.timestamp) }
      const text = part.text && toDiscord(part.text)
      return own.some((one) => isAlike(one, text)) ? null : "absent"
    },

    async history(
      where: Where,
      { limit, before, after }: Parameters<NonNullable<Connection["history"]>>[1],
    ) {
      const query = new URLSearchParams({ limit: String(Math.min(Math.max(limit, 1), 100)) })
      if (before) query.set("before", before)
      if (after) query.set("after", after)
      try {
        const path = `/channels/${await channelOf(where)}/messages?${query}`
        return (await rest.call("GET", path, message.array())).map((one) => ({
          id: one.id,
          sender: { ids: [one.author.id] as const, name: one.author.global_name },
          text: one.content,
          at: Date.parse(one.timestamp),
        }))
      } catch (error) {
        throw asNotSent(error)
      }
    },
  }
}

const methodFor = { add: "PUT", remove: "DELETE" } as const

const isCode = (error: unknown, code: number) =>
  error instanceof DiscordError && error.details.code === code

const isExpired = (error: unknown) =>
  [unknownInteraction, unknownWebhook, expiredToken].some((code) => isCode(error, code))

const isAlike = ({ content, attachments }: Message, text: string | undefined) =>
  text === undefined ? attachments.length > 0 : content === text

/** `<:name:id>` as it stands in texts, `name:id` as the API wants it. */
const named = (emoji: string) => /^<a?:(\w+:\d+)>$/.exec(emoji)?.[1] ?? emoji

const titleOf = ({ text, enclosure, poll }: Part) => {
  const lines = (text?.text ?? enclosure?.name ?? poll?.question ?? "").split("\n")
  return (lines.find((line) => line.trim()) ?? "New thread").trim().slice(0, 100).toWellFormed()
}

const style = { plain: 2, good: 3, bad: 4 } as const

const componentsOf = (rows: NonNullable<Part["buttons"]>) =>
  rows.slice(0, 5).map((row) => ({
    type: 1,
    components: row.slice(0, 5).map(({ label, data, tone }) => ({
      type: 2,
      style: style[tone ?? "plain"],
      label: label.slice(0, 80).toWellFormed(),
      custom_id: data,
    })),
  }))

const hourMs = 3_600_000

const pollOf = ({ question, options, most, durationMs = 24 * hourMs }: Poll) => {
  const duration = Math.max(1, Math.ceil(durationMs / hourMs))
  if (duration > 768)
    throw notSent({
      why: "refused",
      text: `A poll on Discord is open 1 to 768 hours, not ${duration}.`,
      hint: "Give a shorter duration.",
    })
  return {
    question: { text: question },
    answers: options.map((text) => ({ poll_media: { text } })),
    duration,
    allow_multiselect: most > 1,
    layout_type: 1,
  }
}
