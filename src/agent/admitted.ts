import type { Inbound, Picture, Receipt, Said } from "../kernel/channel.ts"
import type { Message } from "../sessions/message.ts"
import { handedOver, type Outcome } from "./outcome.ts"
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
  const { channel, account, chat, thread, sender, options, network, deliver } = message
  const rights = [sender.kind, isOwner(message), network?.listed, network?.rules]
  return JSON.stringify([channel, account, chat, thread, rights, options, deliver])
}

/** A message as the transcript keeps it: its text, else what came before that as the last. */
export const question = (message: Inbound, timestamp: number): Message => {
  const { text, id, pictures, sender, before, network } = message
  const last = isWordless(message) && before?.at(-1)
  if (last) return toMessage(last, timestamp)
  return {
    role: "user",
    content: seen(network?.frame ? framed(text, network.frame) : text, pictures),
    timestamp,
    idempotencyKey: questionKey({ id }),
    ...(sender.kind === "agent" && {
      provenance: { kind: "inter_session", sessionKey: sender.sessionKey },
    }),
  }
}

const framed = (text: string, { start, end }: { start: string; end: string }) =>
  `${start}${text}${end}`

/** What was said before the question, for the transcript. */
export const saidBefore = (message: Inbound, timestamp: number, isFirst: boolean): Message[] => {
  const { earlier = [], before = [] } = message
  const own = isWordless(message) ? before.slice(0, -1) : before
  return [...(isFirst ? earlier : []), ...own].map((said) => toMessage(said, timestamp))
}

const isWordless = ({ text, pictures }: Inbound) => !text && !pictures?.length

/** What a client says was said, as a transcript keeps it. */
export const toMessage = (said: Said, timestamp: number): Message => {
  switch (said.role) {
    case "user":
      return { role: "user", content: seen(said.text, said.pictures), timestamp }
    case "assistant":
      return {
        role: "assistant",
        content: [
          ...(said.text ? [{ type: "text" as const, text: said.text }] : []),
          ...(said.calls ?? []).map((call) => ({ type: "toolCall" as const, ...call })),
        ],
        stopReason: said.calls?.length ? handedOver : "stop",
        timestamp,
      }
    case "result":
      return {
        role: "toolResult",
        toolCallId: said.callId,
        toolName: said.name,
        content: shown(said.text, said.pictures),
        isError: false,
        timestamp,
      }
  }
}

const shown = (text: string, pictures: readonly Picture[] = []) => [
  { type: "text" as const, text },
  ...pictures.map((picture) => ({ type: "image" as const, ...picture })),
]

const seen = (text: string, pictures?: readonly Picture[]) =>
  pictures?.length ? shown(text, pictures) : text

export const questionKey = ({ id }: Pick<Inbound, "id">) => `${id}:user`
