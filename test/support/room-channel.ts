import { z } from "zod"
import { groupSettings, rulesOf } from "../../src/channels/rooms.ts"
import type { ConnectContext } from "../../src/kernel/connect-context.ts"
import { type Arrival, channel, type Connection, type Part } from "../../src/kernel/network.ts"
import { known } from "../../src/registry/channels.ts"
import { startGateway } from "./gateway.ts"

/** A channel with rooms and without a network: what arrives there is what the test says. */
export const roomChannel = (more: Partial<Connection> = {}) => {
  const contexts = new Map<string, PromiseWithResolvers<ConnectContext>>()
  const contextOf = (account: string) =>
    contexts.getOrInsertComputed(account, () => Promise.withResolvers<ConnectContext>())
  const sent: Part[] = []
  const declared = channel({
    id: "rooms",
    label: "Rooms",
    setup: "Nothing to set up.",
    settings: () => z.object({ groups: groupSettings() }),
    credentials: [],
    limits: { text: 1000 },
    can: { menu: true },
    normalize: (entry) => entry.replace(/^rooms:/, "").trim() || undefined,
    target: (text) => ({ id: text, kind: "direct" }),
    room: ({ groups }, conversation) => rulesOf(groups, conversation),
    async connect(_, context) {
      contextOf(context.account).resolve(context)
      // What arrives from here on comes by this connection, and no older one.
      contexts.set(context.account, {
        ...contextOf(context.account),
        promise: Promise.resolve(context),
      })
      return {
        self: { ids: ["bot"] },
        async send(part) {
          sent.push(part)
          return { id: String(sent.length), at: 0 }
        },
        over: new Promise<never>(() => {}),
        close() {},
        ...more,
      }
    },
  })
  return { declared, sent, context: (account = "default") => contextOf(account).promise }
}

/** A gateway that knows it, with these settings of it. */
export const startWithRooms = async ({
  settings,
  config,
  home,
  more,
}: {
  settings: Record<string, unknown>
  config?: Record<string, unknown>
  home?: string
  more?: Partial<Connection>
}) => {
  const { declared, sent, context } = roomChannel(more)
  const leave = known.join(declared)
  const gateway = await startGateway({
    home,
    config: { ...config, channels: { rooms: settings } },
  }).catch((error: unknown) => {
    leave()
    throw error
  })
  return {
    gateway,
    sent,
    async arrive(arrival: Partial<Arrival> & Pick<Arrival, "conversation">, account?: string) {
      const whole: Arrival = {
        id: crypto.randomUUID(),
        sender: { ids: ["ada"] },
        at: Date.now(),
        deed: { kind: "message", text: "hi" },
        ...arrival,
      }
      return (await context(account)).arrived(whole)
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      leave()
    },
  }
}

export const direct = { id: "dm-1", kind: "direct" as const }
export const room = { id: "room", kind: "group" as const, title: "Kitchen" }
