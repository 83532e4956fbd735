import type { Conversation, Poll, Button } from "./network.ts"
import type { Clock } from "./clock.ts"
import { service } from "./service.ts"

/** Where something is sent. */
export interface Destination {
  channel: string
  /** Default: the channel's default account. */
  account?: string
  conversation: Pick<Conversation, "id" | "kind" | "thread">
}

/** Sound as a voice note, a film as a round one, or anything as a plain file; where it can be. */
export type MediaShownAs = "voice" | "round" | "document"

/** What is sent, as an agent or a person writes it; it is split and formatted for its network. */
export interface Content {
  /** Markdown. */
  text?: string
  /** Files by the path or the address they are read from; each is checked before it is sent. */
  media?: readonly { source: string; as?: MediaShownAs }[]
  poll?: Poll
  buttons?: readonly (readonly Button[])[]
  replyTo?: string
  silent?: boolean
}

/** How a delivery stands. `unknown`: it left, and whether it arrived cannot be told. */
export interface Delivery {
  id: string
  state: "pending" | "sending" | "sent" | "failed" | "unknown"
  /** The network's ids of the messages it became, as far as they were sent. */
  messageIds: readonly string[]
  /** Why it failed, and what to do. */
  error?: string
}

/** Sends things to people without being asked: results of tasks, alerts, messages an agent or operator writes. */
export interface Deliveries {
  /**
   * On disk when it returns, sent soon after, in order with all else for that conversation. The same
   * `key` again gives the delivery that there is. Throws `outbox.*` for what can never be sent.
   */
  deliver(
    to: Destination,
    content: Content,
    options: { key: string; sessionKey?: string },
  ): Promise<Delivery>
  /** Resolves once it is sent, failed or unknown. */
  settled(id: string, signal?: AbortSignal): Promise<Delivery>
  /** Reads a target as people write it. Throws `outbox.*` when it is none. */
  target(channel: string, text: string, account?: string): Destination
  /** Where a session was last spoken to from a network; undefined when it never was. */
  lastOf(sessionKey: string): Promise<Destination | undefined>
}
export const Deliveries = service<Deliveries>("deliveries")

/** How a delivery stands once it is over, or after so long: what is on disk goes on by itself. */
export const settledWithin = async (
  deliveries: Pick<Deliveries, "settled">,
  id: string,
  { clock, ms, signal }: { clock: Pick<Clock, "after">; ms: number; signal?: AbortSignal },
): Promise<Delivery> => {
  const late = new AbortController()
  const cancel = clock.after(ms, () => late.abort(new Error("still on its way")))
  try {
    const either = signal ? AbortSignal.any([signal, late.signal]) : late.signal
    return await deliveries.settled(id, either)
  } catch (error) {
    if (!late.signal.aborted) throw error
    return { id, state: "pending", messageIds: [], error: "The network has not taken it yet." }
  } finally {
    cancel()
  }
}
