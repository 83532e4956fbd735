import * as z from "zod"
import { pause } from "../../kernel/clock.ts"
import type { ConnectContext } from "../../kernel/connect-context.ts"
import { type Connection, connectionOver } from "../../kernel/network.ts"
import { asOver } from "../over-http.ts"
import { type Daemon, startDaemon } from "./daemon.ts"
import { createDirectory } from "./directory.ts"
import { followEvents } from "./events.ts"
import { attempt, SignalRefusal } from "./failures.ts"
import { createHold } from "./hold.ts"
import { arrivalOf, type Own } from "./inbound.ts"
import { createOutbound } from "./outbound.ts"
import { recipientOf, readMessageId, addressOf } from "./places.ts"
import { probeSignal, statusOf } from "./probe.ts"
import { createRecent } from "./recent.ts"
import { createRpc, type SignalRpc } from "./rpc.ts"
import { daemonAddress, type SignalSettings, startsDaemon } from "./settings.ts"
import { received } from "./wire.ts"

export const connectSignal = async (
  config: SignalSettings,
  context: ConnectContext,
): Promise<Connection> => {
  const closing = new AbortController()
  const life = AbortSignal.any([context.signal, closing.signal])
  const own: Own = { number: config.account, uuid: undefined }
  const rpc = createRpc(daemonAddress(config), () => own.number, life)
  const over = Promise.withResolvers<never>()
  over.promise.catch(() => undefined) // it may end before anybody looks
  const daemon = startsDaemon(config) ? await startDaemon(config, rpc, context) : undefined
  daemon?.over.catch(over.reject)
  try {
    if (!daemon) await isThere(config, rpc, life)
    own.number ??= await onlyAccount(rpc)
    own.uuid = (await statusOf(rpc, own.number).catch(() => undefined))?.uuid
    return await listening(config, {
      rpc,
      own,
      daemon,
      over,
      context: { ...context, signal: life },
    })
  } catch (error) {
    const ended = daemon && (await lastWords(daemon, context))
    closing.abort()
    await daemon?.close()
    throw ended ?? asOver(error)
  }
}

const lastWordsMs = 500

/** Why a daemon that is ending does: its connections break off a moment before. */
const lastWords = (daemon: Daemon, { clock, signal }: ConnectContext): Promise<unknown> =>
  Promise.race([daemon.over, pause(clock, lastWordsMs, signal)]).catch((reason: unknown) =>
    connectionOver.is(reason) ? reason : undefined,
  )

const isThere = async (config: SignalSettings, rpc: SignalRpc, signal: AbortSignal) => {
  if (await rpc.isReady(signal)) return
  throw connectionOver({
    why: "gone",
    text: `No signal-cli daemon answers at ${daemonAddress(config)}.`,
    hint: "Start it: signal-cli daemon --http 127.0.0.1:8080; or set channels.signal.autoStart.",
  })
}

const onlyAccount = async (rpc: SignalRpc): Promise<string> => {
  const all = await rpc.call<{ number: string }[]>("listAccounts")
  if (all.length === 1) return all[0]!.number
  throw connectionOver({
    why: "credentials",
    text: all.length
      ? "signal-cli has several accounts, and none is named."
      : "signal-cli has no account yet.",
    hint: all.length
      ? `Set channels.signal.account to one of: ${all.map(({ number }) => number).join(", ")}`
      : "Link one: fased channels login signal",
  })
}

const listening = async (
  config: SignalSettings,
  {
    rpc,
    own,
    daemon,
    over,
    context,
  }: {
    rpc: SignalRpc
    own: Own
    daemon: Daemon | undefined
    over: PromiseWithResolvers<never>
    context: ConnectContext
  },
): Promise<Connection> => {
  const { log } = context
  const recent = createRecent()
  const hold = createHold(context)
  const { ignoreStories, ignoreAttachments } = config

  const take = async (data: string) => {
    const read = received.safeParse(parsed(data))
    if (!read.success) return log.warn("signal-cli told something that cannot be read")
    // A daemon may have many accounts, each heard by whoever asks for it.
    if (read.data.account && read.data.account !== own.number) return
    const arrival = arrivalOf(read.data.envelope, { own, ignoreStories, ignoreAttachments })
    if (!arrival) return
    const { conversation, deed, at, sender } = arrival
    if (deed.kind === "message")
      recent.said(conversation.id, at, { author: sender.ids[0], text: deed.text })
    await hold.take(arrival)
  }
  const events = await followEvents(rpc, take, context, { toItsEnd: daemon !== undefined })
  events.over.catch((error: unknown) => over.reject(asOver(error)))

  const number = own.number!
  return {
    self: { ids: own.uuid ? [number, `uuid:${own.uuid}`] : [number], name: number },
    ...createOutbound({ rpc, recent, self: () => own.number }),
    ...(config.sendReadReceipts && { read: receipts(rpc) }),
    download: download(rpc),
    directory: createDirectory(rpc),
    probe: (signal) => probeSignal(rpc, number, signal),
    over: over.promise,
    async close() {
      await daemon?.close()
      await events.close()
      await hold.close()
    },
  }
}

/** In private chats only: in a group, everybody would learn of it. */
const receipts =
  (rpc: SignalRpc): NonNullable<Connection["read"]> =>
  async (conversation, messageId, sender) => {
    const at = readMessageId(messageId)?.at
    if (conversation.kind !== "direct" || at === undefined) return
    await attempt(() =>
      rpc.call("sendReceipt", { recipient: addressOf(sender), targetTimestamp: at, type: "read" }),
    )
  }

const reference = z.object({
  id: z.string(),
  room: z.string(),
  kind: z.enum(["direct", "group"]),
})

const download =
  (rpc: SignalRpc): NonNullable<Connection["download"]> =>
  (ref, mostBytes, signal) =>
    attempt(async () => {
      const { id, room, kind } = reference.parse(JSON.parse(ref))
      const base64Bytes = Math.ceil(mostBytes / 3) * 4
      const { data } = await rpc.call<{ data: string }>(
        "getAttachment",
        { id, ...recipientOf({ id: room, kind }) },
        { signal, mostBytes: base64Bytes + 1_000 },
      )
      const bytes = new Uint8Array(Buffer.from(data, "base64"))
      if (bytes.length > mostBytes) throw new SignalRefusal("getAttachment", 0, "file too large")
      return bytes
    })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
