import type { Accounts } from "../../src/channels/accounts.ts"
import {
  type AnyChannel,
  type Connection,
  notSent,
  type Part,
  type Person,
  type Sent,
} from "../../src/kernel/network.ts"

/** A message as it stands on the fake network. */
export interface Posted {
  id: string
  nonce: string
  chat: string
  text: string
  replyTo?: string
  file?: string
  edited: number
}

type Why = Parameters<typeof notSent>[0]["why"]
type Way = Why | { why: Why; retryAfterMs: number } | "taken-unsaid" | "bug"

/** One account of one network, in memory, that fails as it is told to. */
export const fakeAccounts = ({
  can = {},
  config = {},
  finds = false,
  reads = false,
  limits = { text: 4000 },
  self = { ids: ["bot"], name: "Helper" },
}: {
  can?: AnyChannel["can"]
  config?: object
  /** It can tell whether a part arrived. */
  finds?: boolean
  /** It tells senders that they were read. */
  reads?: boolean
  limits?: AnyChannel["limits"]
  self?: Person
} = {}) => {
  const posted: Posted[] = []
  const did: string[] = []
  const ways: Way[] = []
  const listeners = new Set<(channel: string, account: string) => void>()
  let connected = true
  let held: PromiseWithResolvers<void> | undefined
  const fail = (why: Why, retryAfterMs?: number) =>
    notSent({ why, text: `It is ${why}.`, retryAfterMs })

  const post = (part: Part): Sent => {
    const before = can.dedupe && posted.find(({ nonce }) => nonce === part.nonce)
    if (before) return { id: before.id, at: 0 }
    const id = `m${posted.length + 1}`
    const { nonce, conversation, replyTo, enclosure } = part
    const text = part.text?.text ?? ""
    posted.push({
      id,
      nonce,
      chat: conversation.id,
      text,
      replyTo,
      file: enclosure?.name,
      edited: 0,
    })
    return { id, at: 0 }
  }

  const perhaps = async (work: () => void) => {
    await held?.promise
    const way = ways.shift()
    if (!way) return
    if (way === "bug") throw new TypeError("undefined is not a function")
    if (way === "taken-unsaid") {
      work()
      throw fail("lost")
    }
    throw typeof way === "string" ? fail(way) : fail(way.why, way.retryAfterMs)
  }

  const connection: Connection = {
    self,
    async send(part) {
      await perhaps(() => post(part))
      return post(part)
    },
    async edit(part, messageId) {
      await perhaps(() => {})
      const message = posted.find(({ id }) => id === messageId)
      if (!message) throw fail("refused")
      message.text = part.text?.text ?? ""
      message.edited++
    },
    async remove(_, messageId) {
      did.push(`remove ${messageId}`)
      posted.splice(
        posted.findIndex(({ id }) => id === messageId),
        1,
      )
    },
    async react(_, messageId, emoji, take) {
      did.push(`${take} ${emoji} ${messageId}`)
    },
    async typing(_, on) {
      did.push(on ? "typing" : "typed")
    },
    ...(reads && {
      async read(_: unknown, messageId: string, sender: string) {
        did.push(`read ${messageId} of ${sender}`)
      },
    }),
    ...(finds && {
      async find(part) {
        const found = posted.find(({ nonce }) => nonce === part.nonce)
        return found ? { id: found.id, at: 0 } : ("absent" as const)
      },
    }),
    over: new Promise<never>(() => {}),
    close() {},
  }

  const accounts: Accounts = {
    connection: (channel, account = "default") =>
      connected
        ? { connection, config }
        : {
            channel,
            account,
            state: "backing-off",
            since: 0,
            failures: 1,
            restarts: 0,
            waiting: 0,
          },
    onConnected(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    list: () => [],
  }

  return {
    accounts,
    connection,
    channel: { id: "fake", label: "Fake", can, limits } as AnyChannel,
    posted,
    /** Everything else the network was asked to do. */
    did,
    /** How the next calls end. */
    next: (...how: Way[]) => void ways.push(...how),
    disconnect() {
      connected = false
    },
    connect() {
      connected = true
      for (const listener of listeners) listener("fake", "default")
    },
    /** Holds every send until it is called again. */
    hold() {
      held = Promise.withResolvers()
      return () => {
        held?.resolve()
        held = undefined
      }
    },
  }
}
