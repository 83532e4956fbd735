import type { Clock } from "../../kernel/clock.ts"
import type { Conversation, Listed, Person } from "../../kernel/network.ts"
import type { SlackApi } from "./api.ts"
import { isDirectId, isPersonId } from "./places.ts"

interface User {
  id: string
  name?: string
  real_name?: string
  deleted?: boolean
  is_bot?: boolean
  profile?: { display_name?: string; real_name?: string }
}
interface Room {
  id: string
  name?: string
  user?: string
  is_im?: boolean
  is_mpim?: boolean
  is_member?: boolean
  is_archived?: boolean
}

export type Kind = NonNullable<Conversation["kind"]>

export interface RoomFacts {
  kind?: Kind
  title?: string
}

export interface SlackDirectory {
  /** With a name where that can be found out soon; never fails. */
  person(id: string, told?: { name?: string; username?: string }): Promise<Person>
  /** What is known of a room; `told` is what an event said of its kind. Never fails. */
  room(id: string, told?: { type?: string; name?: string }): Promise<RoomFacts>
  /** The room in which a person is written to alone. */
  directRoom(user: string, signal?: AbortSignal): Promise<string>
  /** The id behind `#name`; undefined when there is no such room. */
  named(name: string): Promise<string | undefined>
  people(query: string, limit: number): Promise<readonly Listed[]>
  rooms(query: string, limit: number): Promise<readonly Listed[]>
  members(room: string, limit: number): Promise<readonly Listed[]>
}

const lookMs = 1_000
const freshMs = 10 * 60_000
const mostKept = 2_000
const mostPages = 20

/** Who and what there is in a workspace, asked for when needed and remembered for a while. */
export const createDirectory = (api: SlackApi, writes: SlackApi, clock: Clock): SlackDirectory => {
  const users = remembered<Person>(clock)
  const rooms = remembered<RoomFacts>(clock)
  const directs = remembered<string>(clock, 0)
  const lists = remembered<readonly Listed[]>(clock)

  const pages = async <T>(method: string, args: object, key: string): Promise<T[]> => {
    const all: T[] = []
    let cursor: string | undefined
    for (let page = 0; page < mostPages; page++) {
      const answer = await api.call<
        Record<string, T[]> & { response_metadata?: { next_cursor?: string } }
      >(method, { ...args, limit: 200, cursor })
      all.push(...(answer[key] ?? []))
      cursor = answer.response_metadata?.next_cursor
      if (!cursor) break
    }
    return all
  }

  const allPeople = () =>
    lists("people", async () =>
      (await pages<User>("users.list", {}, "members"))
        .filter(({ deleted }) => !deleted)
        .map((user) => ({ id: user.id, name: nameOf(user) ?? user.id, target: `user:${user.id}` })),
    )
  const allRooms = () =>
    lists("rooms", async () => {
      const types = "public_channel,private_channel,mpim"
      const found = await pages<Room>(
        "conversations.list",
        { types, exclude_archived: true },
        "channels",
      )
      return found.map(({ id, name }) => ({
        id,
        name: name ? `#${name}` : id,
        target: `channel:${id}`,
      }))
    })

  const person: SlackDirectory["person"] = async (id, told = {}) => {
    const plain: Person = { ids: [id], ...defined(told) }
    if (!isPersonId(id)) return plain
    const found = await users(id, async () => {
      const { user } = await api.call<{ user: User }>("users.info", { user: id }, soon())
      return {
        ids: [id],
        ...defined({ name: nameOf(user), username: user.name }),
        ...(user.is_bot && { bot: true as const }),
      }
    }).catch(() => undefined)
    return found ?? plain
  }

  return {
    person,

    async room(id, { type, name } = {}) {
      const kind = isDirectId(id) ? "direct" : kinds[type ?? ""]
      if (kind === "direct") return { kind }
      const found = await rooms(id, async () => {
        const { channel } = await api.call<{ channel: Room }>(
          "conversations.info",
          { channel: id },
          soon(),
        )
        const kind = channel.is_im ? "direct" : channel.is_mpim ? "group" : "channel"
        return { kind, ...defined({ title: channel.is_mpim ? undefined : channel.name }) }
      }).catch((): RoomFacts => ({}))
      return { ...found, ...defined({ kind, title: name }) }
    },

    directRoom: (user, signal) =>
      directs(user, async () => {
        const { channel } = await writes.call<{ channel: { id: string } }>(
          "conversations.open",
          { users: user },
          signal,
        )
        return channel.id
      }),

    async named(name) {
      const wanted = name.toLowerCase()
      return (await allRooms()).find((room) => room.name.toLowerCase() === wanted)?.id
    },

    people: async (query, limit) => matching(await allPeople(), query, limit),
    rooms: async (query, limit) => matching(await allRooms(), query, limit),
    async members(room, limit) {
      const { members } = await api.call<{ members: string[] }>("conversations.members", {
        channel: room,
        limit: Math.min(limit, 200),
      })
      const shown = await Promise.all(members.slice(0, limit).map((id) => person(id)))
      return shown.map(({ ids: [id], name, username }) => ({
        id,
        name: name ?? username ?? id,
        target: `user:${id}`,
      }))
    },
  }
}

/** Slack's words for the kind of a room, in events. */
const kinds: Readonly<Record<string, Kind>> = {
  im: "direct",
  mpim: "group",
  channel: "channel",
  group: "channel",
}

const soon = () => AbortSignal.timeout(lookMs)

const nameOf = ({ profile, real_name, name }: User) =>
  profile?.display_name || profile?.real_name || real_name || name

const matching = (all: readonly Listed[], query: string, limit: number) => {
  const wanted = query.toLowerCase()
  return all
    .filter(({ id, name }) => name.toLowerCase().includes(wanted) || id.toLowerCase() === wanted)
    .slice(0, limit)
}

const defined = <T extends object>(from: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as never

/** Asks once for all who want the same at a time. What failed is not asked again for a while. */
const remembered = <T>(clock: Clock, failedMs = 60_000) => {
  const kept = new Map<string, { value: Promise<T>; until: number }>()
  return (key: string, ask: () => Promise<T>): Promise<T> => {
    const known = kept.get(key)
    if (known && known.until > clock.now()) return known.value
    const value = ask()
    const entry = { value, until: clock.now() + freshMs }
    value.catch(() => (entry.until = clock.now() + failedMs))
    kept.delete(key)
    kept.set(key, entry)
    if (kept.size > mostKept) kept.delete(kept.keys().next().value!)
    return value
  }
}
