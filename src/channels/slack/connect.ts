import type { ConnectContext } from "../../kernel/connect-context.ts"
import { type Connection, connectionOver } from "../../kernel/network.ts"
import { createActor } from "./act.ts"
import { createApi, type SlackApi } from "./api.ts"
import { createDirectory, type SlackDirectory } from "./directory.ts"
import { createDownload } from "./download.ts"
import { isLockedOut, toConnectionOver } from "./failures.ts"
import { createEarlier, createHistory } from "./history.ts"
import type { Here } from "./inbound.ts"
import { createOutbound } from "./outbound.ts"
import { type Greeting, probeSlack } from "./probe.ts"
import { createReceive, type Receive } from "./receive.ts"
import { createRecent } from "./recent.ts"
import type { SlackSettings } from "./settings.ts"
import { openSocketMode } from "./socket.ts"
import { createThreads } from "./threads.ts"
import { createTyping } from "./typing.ts"
import { createWebhook } from "./webhook.ts"

/** Bots that this process listens for: of two sockets, each would hear half of what is said. */
const heardFor = new Set<string>()

export const connectSlack = async (
  config: SlackSettings,
  context: ConnectContext,
): Promise<Connection> => {
  const closing = new AbortController()
  const life = AbortSignal.any([context.signal, closing.signal])
  const token = writingToken(config)
  const api = createApi(config.apiUrl, token, life)
  const reads = config.userToken ? createApi(config.apiUrl, config.userToken, life) : api
  const app = appApi(config, life)
  const greeting = await greet(api)
  const { user_id: user, bot_id: bot, team_id: team } = greeting

  const directory = createDirectory(reads, api, context.clock)
  const threads = createThreads(context.memory)
  const recent = createRecent()
  const limit = config.thread.initialHistoryLimit
  const earlier = createEarlier(reads, { directory, threads, user }, limit)
  const here: Here = { user, bot, team, directory, threads, earlier }
  const over = Promise.withResolvers<never>()
  over.promise.catch(() => undefined) // it may end before anybody looks
  const receive = createReceive(config, here, context, {
    onHeard: recent.heard,
    onOver: over.reject,
  })
  const stop = await listen(config, {
    api,
    app,
    receive,
    context,
    own: `${config.apiUrl} ${team} ${user}`,
    over,
  })
  void nameChannels(config, directory, context)

  const outward = { api, directory, threads, clock: context.clock, self: user }
  return {
    self: {
      ids: bot ? [user, bot] : [user],
      ...(greeting.user && { name: greeting.user, username: greeting.user }),
      bot: true,
    },
    ...createOutbound(outward),
    typing: createTyping(api, config.typingReaction, recent.message, context.log),
    download: createDownload(reads),
    history: createHistory(reads, directory, user),
    directory,
    act: createActor({ api, reads, directory }),
    probe: (signal) => probeSlack(config, { api, app, signal }),
    over: over.promise,
    async close() {
      await stop()
      closing.abort()
    },
  }
}

const writingToken = ({ botToken, userToken, userTokenReadOnly }: SlackSettings) => {
  const token = botToken?.trim() || (userTokenReadOnly ? "" : userToken?.trim())
  if (token) return token
  throw connectionOver({
    why: "credentials",
    text: "This Slack account has no bot token.",
    hint: "Set channels.slack.botToken (xoxb-…), or SLACK_BOT_TOKEN.",
  })
}

/** What sockets are asked for with; requests are proven by the signing secret instead. */
const appApi = ({ mode, appToken, signingSecret, apiUrl }: SlackSettings, life: AbortSignal) => {
  if (mode === "http") {
    if (signingSecret?.trim()) return undefined
    throw connectionOver({
      why: "credentials",
      text: "This Slack account has no signing secret, so nobody could tell Slack's requests from others.",
      hint: "Set channels.slack.signingSecret; it is on the app's page, under Basic Information.",
    })
  }
  if (appToken?.trim()) return createApi(apiUrl, appToken.trim(), life)
  throw connectionOver({
    why: "credentials",
    text: "This Slack account has no app token.",
    hint: "Set channels.slack.appToken (xapp-…, with connections:write), or SLACK_APP_TOKEN.",
  })
}

const greet = async (api: SlackApi) => {
  try {
    return await api.call<Greeting>("auth.test")
  } catch (error) {
    throw toConnectionOver(error)
  }
}

const proofEveryMs = 60_000

/** Opens the way events come in by; what it returns closes that again. */
const listen = async (
  config: SlackSettings,
  {
    api,
    app,
    receive,
    context,
    own,
    over,
  }: {
    api: SlackApi
    app: SlackApi | undefined
    receive: Receive
    context: ConnectContext
    own: string
    over: Pick<PromiseWithResolvers<never>, "reject">
  },
): Promise<() => Promise<void>> => {
  if (!app) {
    const { handle, admits } = createWebhook(config.signingSecret!.trim(), receive, context)
    const unmount = context.mount(config.webhookPath, handle, admits)
    // Nothing arrives where nobody writes, so whether all is well has to be asked.
    const stopAsking = context.clock.every(proofEveryMs, () => {
      api.call("auth.test").then(context.alive, (error: unknown) => {
        if (isLockedOut(error)) over.reject(toConnectionOver(error))
      })
    })
    return async () => {
      stopAsking()
      unmount()
    }
  }
  if (heardFor.has(own))
    throw connectionOver({
      why: "conflict",
      text: "Another account of this gateway is connected as the same bot.",
      hint: "Give each account an app of its own.",
    })
  heardFor.add(own)
  try {
    const socket = await openSocketMode(app, receive, context)
    socket.over.catch((error: unknown) => {
      heardFor.delete(own)
      over.reject(error)
    })
    return () => socket.close().finally(() => heardFor.delete(own))
  } catch (error) {
    heardFor.delete(own)
    throw toConnectionOver(error)
  }
}

/** A channel that is set by its name is set by its id from now on: names can be taken by others. */
const nameChannels = async (
  config: SlackSettings,
  directory: SlackDirectory,
  { renamed, log }: Pick<ConnectContext, "renamed" | "log">,
) => {
  for (const name of Object.keys(config.channels).filter((key) => key.startsWith("#")))
    try {
      const id = await directory.named(name)
      if (id) await renamed("channel", name, id)
      else log.warn("no such slack channel", { channel: name })
    } catch (error) {
      log.warn("slack channel could not be looked up", { channel: name, error })
    }
}
