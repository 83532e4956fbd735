import type { ConnectContext } from "../../kernel/connect-context.ts"
import { type Connection, notSent } from "../../kernel/network.ts"
import { asOver, proxyOf } from "../over-http.ts"
import { sentIds } from "../sent-ids.ts"
import { requests } from "./actions.ts"
import { tokenOf } from "./credentials.ts"
import { downloader } from "./download.ts"
import { asNotSent, notConnected } from "./failure.ts"
import { gateway } from "./gateway.ts"
import { personOf, type Reading } from "./inbound.ts"
import { interactions } from "./interactions.ts"
import { knownPlaces } from "./known.ts"
import { menuOf } from "./menu.ts"
import { missedMessages } from "./missed.ts"
import { outgoing } from "./outbound.ts"
import { probeDiscord } from "./probe.ts"
import { DiscordError, type Rest, restApi } from "./rest.ts"
import { sessionKeeper } from "./session.ts"
import type { DiscordSettings } from "./settings.ts"
import { handOver, takeEvents } from "./take.ts"
import { anything, application, self } from "./wire.ts"

export const connectDiscord = async (
  settings: DiscordSettings,
  context: ConnectContext,
): Promise<Connection> => {
  const token = tokenOf(settings)
  const proxy = proxyOf("Discord", settings.proxy)
  const { clock } = context
  const closing = new AbortController()
  const signal = AbortSignal.any([context.signal, closing.signal])
  const rest = restApi({ root: settings.apiRoot, token, proxy, clock, signal })
  const { me, appId } = await whoAmI(rest)

  const own = sentIds()
  const places = knownPlaces(rest, me.id)
  const menu = menuOf(rest, appId, context)
  const reading: Reading = { self: personOf(me), places, isOwn: own.has, now: clock.now }
  const interact = interactions({
    rest,
    reading,
    settings,
    context,
    commandNamed: menu.commandNamed,
    arrived: handOver({ context, signal }),
  })
  const session = sessionKeeper(context)
  const missed = missedMessages({ rest, places, session, context, signal })
  const began = Promise.withResolvers<void>()
  const over = Promise.withResolvers<never>()
  over.promise.catch(() => {}) // it may end before anybody looks
  const ended = gateway({
    rest,
    token,
    proxy,
    presence: presenceOf(settings),
    session,
    context,
    signal,
    take: takeEvents({ reading, context, signal, interact, missed }),
    onReady: began.resolve,
  }).catch((error: unknown) => {
    over.reject(asOver(error))
  })
  const close = async () => {
    closing.abort()
    await ended
    await session.saved()
  }
  await Promise.race([began.promise, over.promise]).catch(async (error: unknown) => {
    await close()
    throw error
  })
  void menu.sync()
  const stopMenu = context.menuChanged(() => void menu.sync())

  return {
    self: reading.self,
    ...outgoing({
      rest,
      selfId: me.id,
      settings,
      places,
      sent: own.add,
      opened: missed.remember,
    }),
    download: downloader(rest),
    directory: {
      people: async () => [],
      async rooms(query, limit) {
        const wanted = query.trim().toLowerCase()
        return places
          .list()
          .filter(({ name }) => name?.toLowerCase().includes(wanted))
          .slice(0, limit)
          .map(({ id, name = id }) => ({ id, name: `#${name}`, target: `channel:${id}` }))
      },
    },
    act: (action, args) => act(rest, action, args),
    probe: (signal) => probeDiscord(rest, settings, signal),
    over: over.promise,
    async close() {
      stopMenu()
      await close()
    },
  }
}

const whoAmI = async (rest: Rest) => {
  try {
    const me = await rest.call("GET", "/users/@me", self)
    const { id: appId } = await rest.call("GET", "/applications/@me", application)
    return { me, appId }
  } catch (error) {
    throw error instanceof DiscordError ? notConnected(error) : error
  }
}

const customActivity = 4

const presenceOf = ({ status, activity }: DiscordSettings) => {
  if (!status && !activity) return undefined
  const shown = activity && { name: "Custom Status", type: customActivity, state: activity }
  return { since: null, afk: false, status: status ?? "online", activities: shown ? [shown] : [] }
}

/** What only Discord has. The arguments were checked against the declaration (actions.ts). */
const act = async (rest: Rest, action: string, args: Record<string, unknown>) => {
  const known = Object.hasOwn(requests, action) ? requests[action] : undefined
  if (!known) throw notSent({ why: "refused", text: `Discord has no action "${action}".` })
  const { method, path, body } = known.request(args)
  try {
    return (await rest.call(method, path, anything, { body })) ?? {}
  } catch (error) {
    throw asNotSent(error)
  }
}
