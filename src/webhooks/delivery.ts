import { deliverTo } from "../agent/requests.ts"
import type { Destination } from "../kernel/delivery.ts"
import { Fault } from "../kernel/fault.ts"
import { mainSession } from "../sessions/keys.ts"
import type { Shop } from "./needs.ts"
import { agentFor } from "./target.ts"

interface Wanted {
  deliver?: boolean
  channel?: string
  to?: string
  agentId?: string
}

/** Where the reply of a call goes; whoever counts on its being sent is told when it is not. */
export const deliveryOf = async (
  { deliver, channel, to, agentId }: Wanted,
  shop: Pick<Shop, "agents" | "hooks" | "deliveries">,
): Promise<{ deliver?: Destination; note?: string }> => {
  if (deliver === false) return {}
  const sessionKey = mainSession(agentFor(agentId, shop))
  try {
    return { deliver: await deliverTo({ deliver: true, channel, to, sessionKey }, shop.deliveries) }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const isCounted = deliver || channel || to
    const why = `${error.message} It stays in the session, and the main session is told.`
    return isCounted ? { note: `The reply is not sent to a channel: ${why}` } : {}
  }
}
