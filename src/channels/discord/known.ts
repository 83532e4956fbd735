import type { Conversation } from "../../kernel/network.ts"
import { DiscordError, type Rest } from "./rest.ts"
import { channel, type Channel, channelKind, guild } from "./wire.ts"

const mostChannels = 5000
const threadKinds: readonly number[] = [
  channelKind.announcementThread,
  channelKind.publicThread,
  channelKind.privateThread,
]

interface Server {
  name: string
  /** The role Discord made for the bot; who mentions it means the bot. */
  botRoles: readonly string[]
}

/** Channels and servers, as the gateway told of them or else as REST says. */
export const knownPlaces = (rest: Rest, selfId: string) => {
  const channels = new Map<string, Channel>()
  const servers = new Map<string, Server>()

  const keepChannel = (one: Channel) => {
    channels.delete(one.id)
    channels.set(one.id, one)
    if (channels.size > mostChannels) channels.delete(channels.keys().next().value!)
  }

  const keepServer = (data: unknown) => {
    const parsed = guild.safeParse(data)
    if (!parsed.success || parsed.data.unavailable) return undefined
    const { id, name, roles, channels: rooms, threads } = parsed.data
    for (const room of [...rooms, ...threads]) keepChannel({ ...room, guild_id: id })
    const botRoles = roles.flatMap(({ id, tags }) => (tags?.bot_id === selfId ? [id] : []))
    const server = { name, botRoles }
    servers.set(id, server)
    return server
  }

  const channelNamed = async (id: string) => {
    const known = channels.get(id)
    if (known) return known
    const found = await rest.call("GET", `/channels/${id}`, channel)
    keepChannel(found)
    return found
  }

  const serverNamed = async (id: string): Promise<Server> =>
    servers.get(id) ??
    keepServer(await rest.call("GET", `/guilds/${id}`, guild)) ?? { name: "", botRoles: [] }

  return {
    channelNamed,
    serverNamed,
    channelName: (id: string) => channels.get(id)?.name,
    list: () => [...channels.values()],
    /** Takes note of an event about places. */
    note(type: string, data: unknown) {
      if (type === "GUILD_CREATE" || type === "GUILD_UPDATE") keepServer(data)
      if (/^(?:CHANNEL|THREAD)_(?:CREATE|UPDATE)$/.test(type)) {
        const parsed = channel.safeParse(data)
        if (parsed.success) keepChannel(parsed.data)
      }
      if (type === "CHANNEL_DELETE" || type === "THREAD_DELETE") {
        const parsed = channel.pick({ id: true }).safeParse(data)
        if (parsed.success) channels.delete(parsed.data.id)
      }
    },

    /** Where that is, in our words. A place nobody may look at has no kind, and nobody is heard there. */
    async conversationOf(channelId: string, guildId: string | undefined): Promise<Conversation> {
      const place = await channelNamed(channelId).catch((error: unknown) => {
        if (error instanceof DiscordError && error.details.status === 403) return undefined
        if (error instanceof DiscordError && error.details.status === 404) return undefined
        throw error
      })
      if (!place) return { id: channelId }
      const guildOf = guildId ?? place.guild_id
      if (!guildOf) return { id: channelId, kind: privateKind(place.type), title: place.name }
      const { name } = await serverNamed(guildOf)
      return {
        id: channelId,
        kind: "channel",
        guild: guildOf,
        title: place.name,
        guildTitle: name || undefined,
        ...(threadKinds.includes(place.type) && place.parent_id && { parent: place.parent_id }),
      }
    },
  }
}
export type KnownPlaces = ReturnType<typeof knownPlaces>

const privateKind = (type: number): Conversation["kind"] =>
  type === channelKind.dm ? "direct" : type === channelKind.groupDm ? "group" : undefined
