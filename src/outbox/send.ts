import { findAgent, workspaceOf, type AgentsConfig } from "../agents/config.ts"
import type { Accounts } from "../channels/accounts.ts"
import type { Paths } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Content, Destination } from "../kernel/delivery.ts"
import type { SessionConfig } from "../sessions/config.ts"
import type { Session } from "../sessions/session.ts"
import { compose } from "./compose.ts"
import type { Enclosures } from "./enclosures.ts"
import { accountOff, cannot, noAccount, notPermitted, nothingToSend } from "./faults.ts"
import { mediaBytes, type Networks } from "./network.ts"
import type { Outbox } from "./outbox.ts"
import { maySend } from "./send-policy.ts"
import type { DeliveryRow } from "./store.ts"

/** Sends what nobody asked for right now: an operator's words, an agent's message, a task's result. */
export type Send = (
  to: Destination,
  content: Content,
  options: {
    key: string
    sessionKey?: string
    /** Whose workspace files are read from; without one only addresses are. */
    agentId?: string
    signal?: AbortSignal
  },
) => Promise<DeliveryRow>

const mediaTimeoutMs = 90_000

export const createSend =
  (needs: {
    outbox: Outbox
    networks: Networks
    enclosures: Enclosures
    accounts: Pick<Accounts, "connection">
    agents: () => AgentsConfig
    session: () => SessionConfig
    find: (sessionKey: string) => Promise<Pick<Session, "overrides"> | null>
    paths: Paths
    clock: Clock
  }): Send =>
  async (to, content, { key, sessionKey, agentId, signal }) => {
    const known = await needs.outbox.find({ key })
    if (known) return known
    const network = needs.networks.find(to.channel, to.account)
    if (!network) throw noAccount(to)
    const { channel, account, settings } = network
    if (!settings.enabled) throw accountOff({ channel: channel.id, account })
    if (sessionKey) {
      const session = await needs.find(sessionKey)
      const about = { sessionKey, channel: channel.id }
      if (!maySend(about, session?.overrides.sendPolicy, needs.session().sendPolicy))
        throw notPermitted({
          why: "This session sends nothing out.",
          hint: "The owner can allow it with /send on, or in session.sendPolicy.",
        })
    }
    const { text, media = [], poll, buttons, replyTo, silent } = content
    if (media.length && !channel.can.media)
      throw cannot({ channel: channel.label, what: "send files" })
    if (poll && !channel.can.poll) throw cannot({ channel: channel.label, what: "hold polls" })
    const workspace =
      agentId === undefined
        ? undefined
        : workspaceOf(findAgent(needs.agents(), agentId), needs.agents(), needs.paths)
    const late = new AbortController()
    const cancel = needs.clock.after(mediaTimeoutMs, () =>
      late.abort(new Error("it took too long")),
    )
    const reach = {
      workspace,
      maxBytes: mediaBytes(settings),
      signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
    }
    const enclosures = []
    try {
      for (const source of media) enclosures.push(await needs.enclosures.load(source, reach))
    } finally {
      cancel()
    }
    const parts = await compose(
      {
        text,
        enclosures,
        poll,
        silent,
        ...(buttons && channel.can.buttons && { buttons }),
        ...(replyTo && { replyTo: { id: replyTo, asked: true } }),
      },
      { channel, manner: settings, conversation: to.conversation },
    )
    if (!parts.length) throw nothingToSend()
    const row = await needs.outbox.add({
      key,
      to: { channel: channel.id, account, conversation: to.conversation },
      ...(sessionKey && { sessionKey }),
      ...(text && { source: text }),
      parts,
    })
    await needs.outbox.kept()
    return row
  }
