import { toWireError } from "../kernel/fault.ts"
import {
  type AnyChannel,
  type Connection,
  notSent,
  type Part,
  type Sent,
} from "../kernel/network.ts"
import { plain } from "../kernel/styled.ts"
import type { PartRow } from "./store.ts"

/** What became of one try. */
export type Tried =
  | { kind: "sent"; sent: Pick<Sent, "id"> }
  /** Nothing left: the account is not connected, or the network wants to be left alone for a while. */
  | { kind: "wait"; error: string; retryAfterMs?: number; counts: boolean }
  /** It may be there or not. */
  | { kind: "lost"; error: string }
  /** It is tried at once, written otherwise. */
  | { kind: "changed"; change: { part?: Part; afresh?: true; isPlain?: true } }
  | { kind: "failed"; error: string }

const withHint = (text: string, hint?: string) =>
  hint ? `${text.replace(/[.\s]+$/, "")}. ${hint}` : text

/** A part, and the message it is written over where there is one. */
export type Due = Pick<PartRow, "part" | "isPlain" | "sentAt"> & { over?: string }

/** Hands one part to its network, once. */
export const tryPart = async (
  { part, over, isPlain }: Due,
  connection: Connection,
  signal: AbortSignal,
): Promise<Tried> => {
  try {
    if (over === undefined) return { kind: "sent", sent: await connection.send(part, signal) }
    if (saysNothing(part)) return await takeBack(part, over, connection)
    if (!connection.edit) return { kind: "changed", change: { afresh: true } }
    await connection.edit(part, over, signal)
    return { kind: "sent", sent: { id: over } }
  } catch (thrown) {
    if (!notSent.is(thrown)) return { kind: "lost", error: toWireError(thrown).message }
    const { why, text, retryAfterMs, hint } = thrown.data
    const error = withHint(text, hint)
    switch (why) {
      case "offline":
        return { kind: "wait", error, counts: false }
      case "busy":
        return { kind: "wait", error, retryAfterMs, counts: retryAfterMs === undefined }
      case "lost":
        return { kind: "lost", error }
      case "unformatted":
        if (part.text && !isPlain)
          return {
            kind: "changed",
            change: { part: { ...part, text: plain(part.text.text) }, isPlain: true },
          }
        return { kind: "failed", error }
      case "refused":
        // The message it was to replace may be gone; the words are still to be said.
        if (over !== undefined) return { kind: "changed", change: { afresh: true } }
        // As is what it answers.
        if (part.replyTo !== undefined) {
          const { replyTo: _, ...alone } = part
          return { kind: "changed", change: { part: alone } }
        }
        if (part.enclosure) return { kind: "changed", change: { part: instead(part, error) } }
        return { kind: "failed", error }
    }
  }
}

const saysNothing = ({ text, enclosure, poll }: Part) => !text && !enclosure && !poll

/** Where it cannot be removed it stays: what it says was said. */
const takeBack = async (part: Part, over: string, connection: Connection): Promise<Tried> => {
  await connection.remove?.(part.conversation, over).catch(() => {})
  return { kind: "sent", sent: { id: over } }
}

/** What is said in place of a file that its network does not take. */
const instead = ({ enclosure, text, ...part }: Part, error: string): Part => {
  const warning = `⚠️ ${enclosure!.name} could not be sent: ${error}`
  return {
    ...part,
    text: text ? { ...text, text: `${text.text}\n\n${warning}` } : plain(warning),
  }
}

/** How long networks that drop doubles can be counted on to know them. */
const dedupedForMs = 120_000

/** Whether a part that was handed over without an answer arrived. */
export const reconcile = async (
  { part, over, sentAt }: Due,
  connection: Connection,
  channel: Pick<AnyChannel, "can"> | undefined,
  now: number,
): Promise<{ kind: "sent"; sent: Sent } | { kind: "resend" } | { kind: "unknown" }> => {
  // To write the same over the same again changes nothing.
  if (over !== undefined) return { kind: "resend" }
  const found = (await connection.find?.(part)) ?? null
  if (found === "absent") return { kind: "resend" }
  if (found) return { kind: "sent", sent: found }
  const isKnown = channel?.can.dedupe && now - (sentAt ?? 0) <= dedupedForMs
  return { kind: isKnown ? "resend" : "unknown" }
}
