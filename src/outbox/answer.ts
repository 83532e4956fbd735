import type { Inbound, OnNetwork } from "../kernel/channel.ts"

/** A message of a chat network that is answered, and by which turn. */
export interface Asked {
  runId: string
  sessionKey: string
  agentId: string
  message: Inbound & { network: OnNetwork }
}

/** A message and the turn that answers it, wherever it came from. */
export type Accepted = Omit<Asked, "message"> & { message: Inbound }

/** A message that came from a network has a conversation there to go back to. */
export const isAsked = (accepted: Accepted): accepted is Asked =>
  accepted.message.network !== undefined

export const placeOf = ({ message }: Pick<Asked, "message">) => {
  const { id, kind, thread } = message.network.conversation
  return {
    channel: message.channel,
    account: message.account,
    conversation: { id, ...(kind && { kind }), ...(thread && { thread }) },
  }
}

/** Keys of what one turn sends; the same turn, run again by another process, finds what was sent. */
export const answerKey = (runId: string) => `answer:${runId}`
export const previewKey = (runId: string) => `preview:${runId}`
export const blocksKey = (runId: string) => `block:${runId}:`
/** One call of a turn's `message` tool. */
export const toolKey = (
  runId: string = crypto.randomUUID(),
  callId: string = crypto.randomUUID(),
) => `${toolKeys(runId)}${callId}`
export const toolKeys = (runId: string) => `tool:${runId}:`
