import * as z from "zod"
import { pause } from "../../kernel/clock.ts"
import type { ConnectContext } from "../../kernel/connect-context.ts"
import { inTurn } from "../in-turn.ts"
import type { GatewayEvent } from "./gateway.ts"
import type { KnownPlaces } from "./known.ts"
import { DiscordError, type Rest } from "./rest.ts"
import type { sessionKeeper } from "./session.ts"
import { idAt } from "./snowflake.ts"
import { begunGuild, member, type Member, message, type Message } from "./wire.ts"

interface Missing {
  rest: Rest
  places: Pick<KnownPlaces, "list">
  session: Pick<ReturnType<typeof sessionKeeper>, "heard">
  context: Pick<ConnectContext, "memory" | "clock" | "log">
  signal: AbortSignal
}

/** Where something may have been said that nobody heard, and since which message. */
interface Gap {
  channel: string
  guild?: string
  since: bigint
}

const key = "privateChats"
const mostPrivate = 200
const mostRooms = 100
const pageSize = 100
const mostPages = 5
/** Of fifty requests a second that Discord allows, most are for answers. */
const mostAtOnce = 8
const mostTries = 3
const retryMs = 2_000
const longestRetryMs = 30_000
/** What is older is nobody's question any more. */
const oldestMs = 24 * 3_600_000

/**
 * What was said while there was no session that could be resumed: Discord tells it to nobody by
 * itself, and keeps it for who asks. Servers say where something was said last; private chats are
 * remembered.
 */
export const missedMessages = ({ rest, places, session, context, signal }: Missing) => {
  const { memory, clock, log } = context
  const chats = stored.parse(JSON.parse(memory.get(key) ?? "[]"))
  const ordered = inTurn()
  let asked = 0
  const members = new Map<string, Promise<Member | undefined>>()

  /** Of somebody who is there no longer, nothing is known. */
  const memberOf = (guild: string, user: string) =>
    members.getOrInsertComputed(`${guild}:${user}`, () =>
      rest
        .call("GET", `/guilds/${guild}/members/${user}`, member, { signal })
        .catch((error: unknown) => {
          if (isNotFor(error)) return undefined
          throw error
        }),
    )

  const read = async ({ channel, guild, since }: Gap): Promise<Message[]> => {
    const found: Message[] = []
    for (let after = since, page = 0; page < mostPages; page++) {
      const path = `/channels/${channel}/messages?limit=${pageSize}&after=${after}`
      const some = await rest.call("GET", path, message.array(), { signal })
      found.push(...some.sort(byAge))
      if (some.length < pageSize) break
      after = BigInt(some.at(-1)!.id)
    }
    if (guild === undefined) return found
    // Told one by one, they say who their author is on that server.
    return Promise.all(
      found.map(async (one) => ({
        ...one,
        guild_id: guild,
        ...(!one.webhook_id && { member: await memberOf(guild, one.author.id) }),
      })),
    )
  }

  return {
    /** Where to look after an event that begins a session, or the part of one that is a server. */
    gaps({ type, data }: GatewayEvent): readonly Gap[] {
      const least = max(session.heard, idAt(clock.now() - oldestMs))
      if (type === "READY") return chats.map((channel) => ({ channel, since: least }))
      if (type !== "GUILD_CREATE") return []
      const begun = begunGuild.safeParse(data)
      if (!begun.success) return []
      const { id: guild, joined_at: joined } = begun.data
      const since = max(least, idAt(joined ? Date.parse(joined) : 0))
      return places
        .list()
        .filter((one) => one.guild_id === guild && BigInt(one.last_message_id ?? 0) > since)
        .sort((a, b) => Number(BigInt(b.last_message_id!) - BigInt(a.last_message_id!)))
        .slice(0, mostRooms)
        .map(({ id: channel }) => ({ channel, guild, since }))
    },
    /** What was said there, oldest first; nothing where it cannot be had. */
    read: (gap: Gap): Promise<readonly Message[]> =>
      ordered(String(asked++ % mostAtOnce), async () => {
        for (let tries = 1; ; tries++)
          try {
            return await read(gap)
          } catch (error) {
            signal.throwIfAborted()
            if (isNotFor(error)) return []
            const reason = error instanceof Error ? error.message : String(error)
            log.warn("what was missed is not told", { channel: gap.channel, reason, tries })
            if (!mayPass(error) && tries === mostTries) return []
            const { retryAfterMs = Math.min(retryMs * tries, longestRetryMs) } =
              error instanceof DiscordError ? error.details : {}
            await pause(clock, retryAfterMs, signal)
          }
      }),
    /** A private chat to look into next time. */
    remember(channel: string) {
      if (chats.includes(channel)) return
      chats.push(channel)
      if (chats.length > mostPrivate) chats.shift()
      memory.set(key, JSON.stringify(chats)).catch((error: unknown) => {
        log.warn("private chat not kept", { reason: String(error) })
      })
    },
  }
}

/** What we wrote ourselves. */
const stored = z.array(z.string())

const byAge = (a: Message, b: Message) => Number(BigInt(a.id) - BigInt(b.id))

const max = (a: bigint, b: bigint) => (a > b ? a : b)

/** Trouble of the network, in which nothing can be answered either: it is waited for. */
const mayPass = (error: unknown) =>
  error instanceof DiscordError &&
  (error.kind === "offline" ||
    error.details.status === 429 ||
    (error.details.status !== undefined && error.details.status >= 500))

/** The bot may not look there, or there is nothing to look at. */
const isNotFor = (error: unknown) =>
  error instanceof DiscordError && [403, 404].includes(error.details.status ?? 0)
