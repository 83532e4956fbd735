import {
  type BinaryNode,
  DEFAULT_CONNECTION_CONFIG,
  isJidBroadcast,
  isJidMetaAI,
  isJidNewsletter,
  makeCacheableSignalKeyStore,
  makeWASocket,
  proto,
  unpadRandomMax16,
  type WAMessage,
  type WAMessageKey,
  type WASocket,
} from "baileys"
import type { ConnectContext } from "fased/channel"
import type { Credentials } from "./credentials.ts"
import { type Ending, endingOf } from "./endings.ts"
import { quietLogger } from "./quiet.ts"
import { versionIn } from "./version.ts"

export type Socket = WASocket

export interface LinkOptions {
  log: ConnectContext["log"]
  /** A sign of life. */
  alive?(): void
  qr?(text: string): void
  /** The phone has taken it; a restart follows. */
  paired?(): void
  /** Said to us. Runs before WhatsApp is told that it was received; what it throws makes it come again. */
  heard?(attrs: BinaryNode["attrs"], message: proto.IMessage): void
  /** Something that arrived on a way around, such as from the phone after it could not be read at first. */
  late?(message: WAMessage): void
  sentBefore?(key: WAMessageKey): proto.IMessage | undefined
  groups?: {
    cached(jid: string): Awaited<ReturnType<Socket["groupMetadata"]>> | undefined
    changed(jid: string): void
  }
}

/** One connection to WhatsApp, from its first frame to its last. */
export interface Link {
  socket: Socket
  /** Resolves once it may be used; with false when it ends before that. */
  opened: Promise<boolean>
  ended: Promise<Ending & { code?: number }>
  close(): Promise<void>
}

export const openLink = (credentials: Credentials, options: LinkOptions): Link => {
  const logger = quietLogger(options.log)
  const { creds, keys } = credentials
  const version = versionIn(credentials.folder)
  const stanzas = new WeakMap<Uint8Array, BinaryNode["attrs"]>()

  const socket = makeWASocket({
    auth: { creds, keys: makeCacheableSignalKeyStore(keys, logger) },
    logger,
    ...(version && { version }),
    browser: ["fased", "Chrome", "1.0"],
    emitOwnEvents: false,
    markOnlineOnConnect: false, // else the phone rings no more
    syncFullHistory: false,
    shouldIgnoreJid: (jid) =>
      Boolean(isJidBroadcast(jid) || isJidNewsletter(jid) || isJidMetaAI(jid)),
    getMessage: async (key) => options.sentBefore?.(key),
    cachedGroupMetadata: async (jid) => options.groups?.cached(jid),
    /**
     * Baileys tells WhatsApp that a message was received as soon as it can be read, and hands it over
     * afterwards. So it is taken where it is read.
     */
    makeSignalRepository(...args) {
      const repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(...args)
      const take = async (sealed: Uint8Array, reading: Promise<Uint8Array>) => {
        const bytes = await reading
        const attrs = stanzas.get(sealed)
        const read = attrs && proto.Message.decode(unpadRandomMax16(bytes))
        if (read) options.heard?.(attrs, read.deviceSentMessage?.message ?? read)
        return bytes
      }
      return {
        ...repository,
        decryptMessage: (sealed) => take(sealed.ciphertext, repository.decryptMessage(sealed)),
        decryptGroupMessage: (sealed) => take(sealed.msg, repository.decryptGroupMessage(sealed)),
      }
    },
  })

  inOrder(socket)
  socket.ws.prependListener("CB:message", ({ attrs, content }: BinaryNode) => {
    if (!Array.isArray(content) || attrs.category === "peer") return
    for (const { tag, content: sealed } of content)
      if (tag === "enc" && sealed instanceof Uint8Array) stanzas.set(sealed, attrs)
  })
  socket.ws.on("frame", () => options.alive?.())
  socket.ev.on("creds.update", () => credentials.save())
  socket.ev.on("messages.upsert", ({ messages }) => {
    for (const message of messages) options.late?.(message)
  })
  socket.ev.on("groups.update", (changes) => {
    for (const { id } of changes) if (id) options.groups?.changed(id)
  })
  socket.ev.on("group-participants.update", ({ id }) => options.groups?.changed(id))

  const opened = Promise.withResolvers<boolean>()
  const ended = Promise.withResolvers<Ending & { code?: number }>()
  socket.ev.on("connection.update", ({ connection, qr, isNewLogin, lastDisconnect }) => {
    if (qr) options.qr?.(qr)
    if (isNewLogin) options.paired?.()
    if (connection === "open") opened.resolve(true)
    if (connection !== "close") return
    const error = lastDisconnect?.error as { message?: string; output?: { statusCode?: number } }
    const code = error?.output?.statusCode
    const words = error?.message ?? "closed"
    opened.resolve(false)
    ended.resolve({ ...endingOf(code, words), ...(code !== undefined && { code }) })
  })

  return {
    socket,
    opened: opened.promise,
    ended: ended.promise,
    close: () => socket.end(undefined),
  }
}

/** Baileys looks into messages side by side, and a short one may pass a long one: each waits here. */
const inOrder = ({ ws }: Socket) => {
  const listeners = ws.listeners("CB:message") as ((node: BinaryNode) => Promise<void>)[]
  ws.removeAllListeners("CB:message")
  let before = Promise.resolve()
  const next = async (earlier: Promise<void>, node: BinaryNode) => {
    await earlier
    await Promise.allSettled(listeners.map((listener) => listener(node)))
  }
  ws.on("CB:message", (node: BinaryNode) => {
    before = next(before, node)
  })
}
