import type { Delivery } from "../kernel/delivery.ts"
import { service } from "../kernel/service.ts"
import type { Answers } from "./answers.ts"
import type { Enclosures } from "./enclosures.ts"
import type { createForwarding } from "./forward-approvals.ts"
import type { Outbox } from "./outbox.ts"
import type { Send } from "./send.ts"
import type { createWatch } from "./watch.ts"

/** All that sends to chat networks. */
export interface SendingParts {
  outbox: Outbox
  answers: Answers
  watch: ReturnType<typeof createWatch>
  enclosures: Enclosures
  forwarding: ReturnType<typeof createForwarding>
  send: Send
}

/** Loaded when something is to be sent: a gateway without chat networks does without. */
export type Sending = () => Promise<SendingParts>
export const Sending = service<Sending>("sending")

/** A delivery that came to nothing has to be told of. */
export const isOver = ({ state }: Delivery) => state === "failed" || state === "unknown"
