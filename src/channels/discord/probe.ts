import type { Probe } from "../../kernel/network.ts"
import { missingIntent, notConnected } from "./failure.ts"
import { DiscordError, type Rest } from "./rest.ts"
import type { DiscordSettings } from "./settings.ts"
import { application, channel, guild, self } from "./wire.ts"

type Finding = Probe["findings"][number]

/** An application has one of them, by the number of servers it is in. */
const messageContent = (1 << 18) | (1 << 19)

/** Asks Discord who the bot is, and whether it may read what it is to answer. */
export const probeDiscord = async (
  rest: Rest,
  settings: Pick<DiscordSettings, "guilds">,
  signal: AbortSignal,
): Promise<Probe> => {
  try {
    const bot = await rest.call("GET", "/users/@me", self, { signal })
    const { flags } = await rest.call("GET", "/applications/@me", application, { signal })
    const findings = [
      ...(flags & messageContent ? [] : [missingIntent]),
      ...(await placeFindings(rest, settings, signal)),
    ]
    return { ok: !findings.length, account: `${bot.username} (id ${bot.id})`, findings }
  } catch (error) {
    if (!(error instanceof DiscordError)) throw error
    const { message: text, hint } = notConnected(error)
    return { ok: false, findings: [{ text, hint }] }
  }
}

const mostPlaces = 25

/** Only places named by number can be asked about. */
const placeFindings = async (
  rest: Rest,
  { guilds = {} }: Pick<DiscordSettings, "guilds">,
  signal: AbortSignal,
): Promise<Finding[]> => {
  const isId = (key: string) => /^\d{5,25}$/.test(key)
  const servers = Object.keys(guilds).filter(isId)
  const rooms = Object.values(guilds).flatMap(({ channels = {} }) => Object.keys(channels))
  const asked = [
    ...servers.map((id) => ({
      path: `/guilds/${id}`,
      shape: guild,
      finding: {
        text: `The bot is not in the server ${id}.`,
        hint: "Invite it with the scopes bot and applications.commands.",
      },
    })),
    ...rooms.filter(isId).map((id) => ({
      path: `/channels/${id}`,
      shape: channel,
      finding: {
        text: `The bot cannot see the channel ${id}.`,
        hint: "Give it View Channel, Send Messages and Read Message History there.",
      },
    })),
  ]
  const found = asked.slice(0, mostPlaces).map(async ({ path, shape, finding }) => {
    try {
      await rest.call("GET", path, shape, { signal })
      return []
    } catch (error) {
      const { status } = error instanceof DiscordError ? error.details : {}
      if (status !== 403 && status !== 404) throw error
      return [finding]
    }
  })
  return (await Promise.all(found)).flat()
}
