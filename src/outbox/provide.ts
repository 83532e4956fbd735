import type { Ending } from "../agent/outcome.ts"
import { Turns } from "../agent/turns.ts"
import { approvals } from "../approvals/config.ts"
import { approvalRequested, approvalResolved } from "../approvals/events.ts"
import { RemoteApprovers } from "../approvals/exec-gate.ts"
import { Accounts } from "../channels/accounts.ts"
import { ChannelsSettings } from "../channels/config.ts"
import { KnownChannels } from "../channels/known.ts"
import { Environment } from "../config/paths.ts"
import { Deliveries } from "../kernel/delivery.ts"
import { type AnyEvent, Bus } from "../kernel/event.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { type Accepted, isAsked } from "./answer.ts"
import type { Standing } from "../kernel/tool.ts"
import { createNetworks, Networks } from "./network.ts"
import { Sending, type SendingParts } from "./sending.ts"
import { readTarget } from "./target.ts"

/** What the journey of a message asks of the outbox. */
export interface Replies {
  /** Puts the words of a turn on their way to where it was asked; on disk when it returns. */
  conclude(accepted: Accepted, ending: Ending): Promise<void>
  /** Shows on the network what the turn does that answers this message. */
  watch(accepted: Accepted): void
}

/** Provides what sends to chat networks. All of it is loaded when the first of them is connected or written to. */
export const provideOutbox = (
  services: Services,
  /** What the tool policy knows of such a turn. */
  standing: (accepted: Accepted) => Standing,
) => {
  const log = services.get(Log).for("outbox")
  const networks = services.provide(
    Networks,
    createNetworks({
      known: services.get(KnownChannels),
      config: () => services.get(ChannelsSettings),
      env: services.get(Environment),
    }),
  )
  let loaded: Promise<SendingParts & { close(): Promise<void> }> | undefined
  let closed = false
  const connection: Accounts["connection"] = (channel, account) =>
    services.has(Accounts) && !closed
      ? services.get(Accounts).connection(channel, account)
      : undefined
  const load: Sending = () =>
    (loaded ??= import("./create.ts").then(({ createSending }) =>
      createSending(services, { connection }, standing),
    ))
  services.provide(Sending, load)
  services.provide(Deliveries, {
    deliver: async (to, content, options) => (await load()).send(to, content, options),
    settled: async (id, signal) => (await load()).outbox.settled(id, signal),
    target: readTarget(networks),
    lastOf: async (sessionKey) => (await load()).outbox.last(sessionKey),
  })

  const approvalsAsked = () => services.get(approvals).exec
  const canReach = () =>
    services.has(Accounts) &&
    services
      .get(Accounts)
      .list()
      .some(({ state }) => state === "connected")
  services.provide(RemoteApprovers, { present: () => approvalsAsked().enabled && canReach() })
  const forward = (kind: AnyEvent, payload: unknown) => {
    if (kind !== approvalRequested && kind !== approvalResolved) return
    if (!approvalsAsked().enabled) return
    load()
      .then(({ forwarding }) =>
        kind === approvalRequested
          ? forwarding.ask(payload as Parameters<typeof forwarding.ask>[0])
          : forwarding.told(payload as Parameters<typeof forwarding.told>[0]),
      )
      .catch((error: unknown) => log.error("an approval is not told of on its network", { error }))
  }

  const replies: Replies = {
    async conclude(accepted, ending) {
      const { watch, answers } = await load()
      if (!isAsked(accepted)) return answers.pass(accepted, ending)
      await watch.end(accepted.runId)
      await answers.conclude(accepted, ending)
    },
    watch(accepted) {
      const turn = services.get(Turns).get(accepted.runId)
      if (!turn || !isAsked(accepted)) return
      load().then(
        ({ watch }) => watch.begin(accepted, turn),
        (error: unknown) => log.error("nothing is shown of a turn", { error }),
      )
    },
  }

  const stopForwarding = services.get(Bus).on(forward)
  let stopHearing: (() => void) | undefined
  return {
    replies,
    /** Sends what waits, from now on, whenever an account is connected. */
    start() {
      if (!services.has(Accounts)) return
      const accounts = services.get(Accounts)
      const goOn = (channel: string, account: string) => {
        load()
          .then(({ outbox }) => outbox.connected(channel, account))
          .catch((error: unknown) => log.error("what waits is not sent", { channel, error }))
      }
      stopHearing = accounts.onConnected(goOn)
      for (const { channel, account, state } of accounts.list())
        if (state === "connected") goOn(channel, account)
    },
    async close() {
      closed = true
      stopForwarding()
      stopHearing?.()
      await (await loaded)?.close()
    },
  }
}
