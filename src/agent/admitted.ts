import type { Inbound, Receipt } from "../kernel/channel.ts"
import type { Message } from "../sessions/message.ts"
import type { Outcome } from "./outcome.ts"
import type { Reply } from "./reply.ts"
import { isOwner } from "./standing.ts"

/** A message the inbox has accepted, and the turn that is to answer it. */
export interface Accepted extends Pick<Receipt, "runId" | "sessionKey" | "agentId"> {
  message: Inbound
  /** Settles when whoever handed the message in may be told; events of the turn wait for it. */
  told?: Promise<unknown>
}

/** An accepted message on its way through the engine. */
export interface Admitted extends Omit<Accepted, "told"> {
  readonly kind: string
  reply: Reply
  stop: AbortController
  /** The one whose turn answers this message along with its own. */
  leader?: Admitted
  /** Ends it for whoever waits; null leaves it to the next process. */
  end(outcome: Outcome | null): void
  /** Rejects when an operator gives up on the turn. */
  abandoned: Promise<never>
}

/** Messages of one kind may share a turn: they came by the same way, with the same rights and wishes. */
export const kindOf = (message: Inbound): string => {
  const { channel, account, thread, sender, options } = message
  return JSON.stringify([channel, account, thread, sender.kind, isOwner(message), options])
}

/** A message as the transcript keeps it. */
export const question = ({ text, id, pictures, sender }: Inbound, timestamp: number): Message => ({
  role: "user",
  content: pictures?.length
    ? [
        { type: "text", text },
        ...pictures.map((picture) => ({ type: "image" as const, ...picture })),
      ]
    : text,
  timestamp,
  idempotencyKey: questionKey({ id }),
  ...(sender.kind === "agent" && {
    provenance: { kind: "inter_session", sessionKey: sender.sessionKey },
  }),
})

export const questionKey = ({ id }: Pick<Inbound, "id">) => `${id}:user`
