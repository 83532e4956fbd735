import type { ConnectContext } from "../../kernel/connect-context.ts"
import { type Connection, connectionOver } from "../../kernel/network.ts"
import { asOver, proxyOf } from "../over-http.ts"
import { actor } from "./actions.ts"
import { type BotApi, BotApiError, botApi } from "./api.ts"
import { tokenOf } from "./credentials.ts"
import { downloader } from "./download.ts"
import { notConnected } from "./failure.ts"
import { menuOf } from "./menu.ts"
import { outgoing } from "./outbound.ts"
import { personOf } from "./people.ts"
import { poll } from "./poll.ts"
import { probeTelegram } from "./probe.ts"
import { sentIds } from "../sent-ids.ts"
import type { TelegramSettings } from "./settings.ts"
import { stickerBook } from "./stickers.ts"
import { takeUpdates } from "./take.ts"
import { listen } from "./webhook.ts"
import { done, me, type Me } from "./wire.ts"

/** Bots whose updates this process asks for: Telegram answers one asker, and cuts off the other. */
const polled = new Set<string>()

export const connectTelegram = async (
  settings: TelegramSettings,
  context: ConnectContext,
): Promise<Connection> => {
  const token = await tokenOf(settings)
  const closing = new AbortController()
  const signal = AbortSignal.any([context.signal, closing.signal])
  const { apiRoot: root, timeoutSeconds } = settings
  const proxy = proxyOf("Telegram", settings.proxy)
  const api = botApi({ root, token, proxy, timeoutMs: timeoutSeconds * 1000, signal })
  const self = await whoAmI(api, Number(token.split(":")[0]), context)

  const own = sentIds()
  const stickers = stickerBook(context)
  const menu = menuOf(api, settings, context)
  const take = takeUpdates({
    api,
    settings,
    context,
    signal,
    stickers,
    reading: {
      me: self,
      commandNamed: menu.commandNamed,
      isOwn: (chat, id) => own.has(`${chat}:${id}`),
      now: context.clock.now,
    },
  })
  const over = Promise.withResolvers<never>()
  over.promise.catch(() => {}) // it may end before anybody looks
  const stop = await receive({
    api,
    token,
    self,
    settings,
    context,
    take,
    signal,
    fail: over.reject,
  })
  void menu.sync()
  const stopMenu = context.menuChanged(() => void menu.sync())

  return {
    self: personOf(self),
    ...outgoing({
      api,
      settings,
      moved: (from, to) => context.renamed("group", from, to),
      sent: (chat, id) => own.add(`${chat}:${id}`),
    }),
    download: downloader(api),
    act: actor({ api, stickers }),
    probe: (signal) => probeTelegram(api, settings, signal),
    over: over.promise,
    async close() {
      stopMenu()
      closing.abort()
      await stop()
    },
  }
}

const selfKeptMs = 24 * 60 * 60_000

/** Who the bot is. What Telegram said within a day will do when it cannot be asked. */
const whoAmI = async (
  api: BotApi,
  botId: number,
  { memory, clock, log }: Pick<ConnectContext, "memory" | "clock" | "log">,
): Promise<Me> => {
  const key = `me:${botId}`
  try {
    const self = await api.call("getMe", me)
    await memory.set(key, JSON.stringify({ at: clock.now(), self }))
    return self
  } catch (error) {
    if (!(error instanceof BotApiError)) throw error
    const over = notConnected(error)
    const kept = over.data.why === "gone" ? memory.get(key) : undefined
    const { at = 0, self } = kept ? (JSON.parse(kept) as { at?: number; self?: unknown }) : {}
    const known = me.safeParse(self)
    if (!known.success || clock.now() - at > selfKeptMs) throw over
    log.warn("getMe failed, going on with what is known", { reason: error.message })
    return known.data
  }
}

interface Receiving extends Omit<Parameters<typeof poll>[0], "botId"> {
  token: string
  self: Me
  settings: TelegramSettings
  context: ConnectContext
  fail: (reason: unknown) => void
}

/** Starts the way updates come in by; the function ends it. */
const receive = async (receiving: Receiving) => {
  const { api, token, self, settings, context, take, signal, fail } = receiving
  const { webhookUrl: url, webhookPath: path, webhookSecret: secret = "" } = settings
  try {
    if (url) return await listen({ api, url, path, secret, take, context })
    if (polled.has(token)) throw twice()
    await api.call("deleteWebhook", done)
  } catch (error) {
    throw error instanceof BotApiError ? notConnected(error) : error
  }
  if (polled.has(token)) throw twice()
  polled.add(token)
  const ended = poll({ api, botId: self.id, take, context, signal })
    .catch((error: unknown) => {
      if (!signal.aborted) fail(asOver(error))
    })
    .finally(() => polled.delete(token))
  return () => ended
}

const twice = () =>
  connectionOver({
    why: "conflict",
    text: "Another account of this gateway has the same bot token.",
    hint: "Give each account a bot of its own.",
  })
