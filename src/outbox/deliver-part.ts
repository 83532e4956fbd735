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
  | { kind: "changed"; change: { part?: Part; edits?: null; isPlain?: true } }
  | { kind: "failed"; error: string }

const withHint = (text: string, hint?: string) => (hint ? `${text} ${hint}` : text)

/** Hands one part to its network, once. */
export const tryPart = async (
  { part, edits, isPlain }: PartRow,
  connection: Connection,
  signal: AbortSignal,
): Promise<Tried> => {
  try {
    if (edits === undefined) return { kind: "sent", sent: await connection.send(part, signal) }
    if (!connection.edit) return { kind: "changed", change: { edits: null } }
    await connection.edit(part, edits, signal)
    return { kind: "sent", sent: { id: edits } }
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
        if (edits !== undefined) return { kind: "changed", change: { edits: null } }
        if (part.enclosure) return { kind: "changed", change: { part: instead(part, error) } }
        return { kind: "failed", error }
    }
  }
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
  { part, edits, sentAt }: PartRow,
  connection: Connection,
  channel: Pick<AnyChannel, "can"> | undefined,
  now: number,
): Promise<{ kind: "sent"; sent: Sent } | { kind: "resend" } | { kind: "unknown" }> => {
  // To write the same over the same again changes nothing.
  if (edits !== undefined) return { kind: "resend" }
  const found = (await connection.find?.(part)) ?? null
  if (found === "absent") return { kind: "resend" }
  if (found) return { kind: "sent", sent: found }
  const isKnown = channel?.can.dedupe && now - (sentAt ?? 0) <= dedupedForMs
  return { kind: isKnown ? "resend" : "unknown" }
}
