import { type Accounts, isLive } from "../channels/accounts.ts"
import type { Clock } from "../kernel/clock.ts"
import { type Content, type Destination, settledWithin } from "../kernel/delivery.ts"
import type { Connection } from "../kernel/network.ts"
import { compose } from "./compose.ts"
import { badArguments, cannot, deliveryFailed, noAccount, notConnected } from "./faults.ts"
import type { Network, Networks } from "./network.ts"
import { isOver, type SendingParts } from "./sending.ts"

/** What is done to messages that are there, and what only one network has. */
export interface Deed {
  messageId?: string
  /** New words of a message. */
  text?: string
  emoji?: string
  remove?: boolean
  /** Whose message is reacted to, where its network asks for that. */
  author?: string
  limit?: number
  before?: string
  after?: string
  /** Arguments of an action that only this network has. */
  args?: Record<string, unknown>
}

export interface ActNeeds {
  networks: Networks
  accounts: Pick<Accounts, "connection">
  clock: Clock
}

/** How long whoever sends waits to be told that it was sent. */
const patienceMs = 20_000

/** The account and its connection. Throws where there is none. */
export const connectionTo = (
  to: Pick<Destination, "channel" | "account">,
  { networks, accounts }: Omit<ActNeeds, "clock">,
): Network & { connection: Connection } => {
  const network = networks.find(to.channel, to.account)
  if (!network) throw noAccount(to)
  const found = accounts.connection(network.channel.id, network.account)
  if (isLive(found)) return { ...network, connection: found.connection }
  const why = found?.reason ?? found?.state ?? "it was not started"
  const { channel, account } = network
  throw notConnected({ channel: channel.label, account, why, hint: found?.hint })
}

/** Sends now and tells what became of it. What takes long goes on; it is `pending` then. */
export const sendNow = async (
  to: Destination,
  content: Content,
  options: Parameters<SendingParts["send"]>[2],
  { send, outbox, clock, ...needs }: Pick<SendingParts, "send" | "outbox"> & ActNeeds,
) => {
  connectionTo(to, needs)
  const {
    id,
    to: { channel, account, conversation },
  } = await send(to, content, options)
  const patience = { clock, ms: patienceMs, signal: options.signal }
  const settled = await settledWithin(outbox, id, patience)
  const { state, messageIds, error = "It was not sent." } = settled
  if (isOver(settled)) throw deliveryFailed({ error, state })
  return { id, state, messageIds: [...messageIds], channel, account, to: conversation.id }
}

const required = (value: string | undefined, name: string, action: string) => {
  if (!value) throw badArguments({ action, problem: `${name} is missing` })
  return value
}

/** Does something to a message, or what only this network can. Gives what its network tells. */
export const act = async (
  action: string,
  to: Destination,
  deed: Deed,
  needs: ActNeeds,
): Promise<unknown> => {
  const { channel, settings, connection } = connectionTo(to, needs)
  const { conversation } = to
  const refuse = (what: string) => cannot({ channel: channel.label, what })
  const message = () => required(deed.messageId, "messageId", action)
  switch (action) {
    case "react": {
      if (!connection.react) throw refuse("react to messages")
      const emoji = deed.emoji ?? ""
      if (!emoji && !deed.remove && deed.emoji === undefined)
        throw badArguments({ action, problem: "emoji is missing" })
      const take = deed.remove || !emoji ? "remove" : "add"
      await connection.react(conversation, message(), emoji, take, deed.author)
      return {}
    }
    case "edit": {
      if (!connection.edit) throw refuse("edit messages")
      const to = { channel, manner: settings, conversation }
      const parts = await compose({ text: required(deed.text, "message", action) }, to)
      if (parts.length !== 1) throw badArguments({ action, problem: "the text is too long" })
      const { signal } = new AbortController() // the connection itself knows when it takes too long
      await connection.edit({ ...parts[0]!.part, nonce: "edit" }, message(), signal)
      return {}
    }
    case "delete": {
      if (!connection.remove) throw refuse("delete messages")
      await connection.remove(conversation, message())
      return {}
    }
    case "read": {
      if (!connection.history) throw refuse("read old messages")
      const { limit = 20, before, after } = deed
      return { messages: await connection.history(conversation, { limit, before, after }) }
    }
    default: {
      const own = channel.actions?.[action]
      if (!own || !connection.act) throw refuse(`do "${action.slice(0, 60)}"`)
      if (!own.on(settings)) throw refuse(`do "${action}": that is switched off in its settings`)
      const shape = own.args()
      const known = Object.entries(placeWords(to)).filter(([name]) => name in shape.shape)
      const message = deed.messageId && { messageId: deed.messageId }
      // The target was judged; no argument stands in its place.
      const parsed = shape.safeParse({ ...deed.args, ...message, ...Object.fromEntries(known) })
      if (!parsed.success) {
        const { path, message } = parsed.error.issues[0]!
        throw badArguments({ action, problem: `${path.join(".")}: ${message}` })
      }
      return { result: await connection.act(action, parsed.data) }
    }
  }
}

/** The conversation by every word that actions have for it. */
const placeWords = ({ conversation: { id, thread } }: Destination) => ({
  to: id,
  target: id,
  chat: id,
  chatId: id,
  channel: id,
  channelId: id,
  conversation: id,
  ...(thread && { threadId: thread.id, thread: thread.id }),
})
