import { z } from "zod"
import type { ConnectContext } from "../../src/kernel/connect-context.ts"
import {
  type Arrival,
  channel,
  type Connection,
  type Part,
  type RoomRules,
} from "../../src/kernel/network.ts"
import { plain } from "../../src/kernel/styled.ts"

/** A connection that a test holds in its hand. */
export interface Held {
  context: ConnectContext
  /** Ends it as its network would. */
  end(error: unknown): void
  readonly sent: Part[]
  readonly closed: boolean
}

const everywhere: RoomRules = { listed: "open", enabled: true, requireMention: false }

/** A channel without a network: each connection is what the test says it is. */
export const scriptedChannel = (
  connect: (
    held: Held,
    attempt: number,
  ) => Partial<Connection> | Promise<Partial<Connection>> = () => ({}),
  { id = "script", login = false }: { id?: string; login?: boolean } = {},
) => {
  const held: Held[] = []
  const declared = channel({
    id,
    label: "Script",
    setup: "Nothing to set up.",
    settings: () =>
      z.object({ token: z.string().optional().meta({ description: "A word.", secret: true }) }),
    credentials: [{ setting: "token", prompt: "Token" }],
    limits: { text: 1000 },
    can: login ? { login: true } : {},
    normalize: (entry) => entry.trim() || undefined,
    target: (text) => (text ? { id: text, kind: "direct" } : { problem: "it is empty" }),
    room: () => everywhere,
    async connect(_, context) {
      const over = Promise.withResolvers<never>()
      let closed = false
      const sent: Part[] = []
      const mine: Held = {
        context,
        sent,
        end: over.reject,
        get closed() {
          return closed
        },
      }
      held.push(mine)
      const more = await connect(mine, held.length)
      return {
        self: { ids: ["bot"], username: "script_bot" },
        async send(part) {
          sent.push(part)
          return { id: String(sent.length), at: 0 }
        },
        over: over.promise,
        close: () => void (closed = true),
        ...more,
      }
    },
  })
  return { channel: declared, held }
}

let counted = 0
export const arrivalOf = (text: string, chat = "ada", id = String(++counted)): Arrival => ({
  id,
  conversation: { id: chat, kind: "direct" },
  sender: { ids: [chat] },
  at: 0,
  deed: { kind: "message", text },
})

export const partOf = (text: string): Part => ({
  conversation: { id: "ada", kind: "direct" },
  text: plain(text),
  nonce: "n1",
})
