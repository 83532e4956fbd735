import type { ConnectContext, Connection } from "fased/channel"
import { openCredentials } from "./credentials.ts"
import { download } from "./download.ts"
import { notLinked } from "./endings.ts"
import { createGroups } from "./groups.ts"
import { createHandover } from "./handover.ts"
import { arrivalOf, namesOwn } from "./inbound.ts"
import { openKept } from "./kept.ts"
import { deeds, receipts, sender } from "./outbound.ts"
import { type Own, personOf, phoneOf } from "./people.ts"
import { createRecent } from "./recent.ts"
import { openSession, type Session } from "./session.ts"
import type { Settings } from "./settings.ts"

/** For what is on its way out when the account is to stop. */
const lastMs = 1_000

/** Connects an account that is linked. */
export const connect = async (
  { folder, sendReadReceipts, selfChatMode, allowFrom }: Settings,
  context: ConnectContext,
): Promise<Connection> => {
  const credentials = await openCredentials(folder)
  const { creds } = credentials
  if (!credentials.linked() || !creds.me) throw notLinked()
  const own: Own = { jid: creds.me.id, lid: creds.me.lid }

  const live = () => session.live()
  const recent = createRecent()
  const groups = createGroups(async (jid) => (await live()).groupMetadata(jid), context.clock)
  const around = {
    own,
    selfChat: selfChatMode ?? namesOwn(allowFrom, own),
    numberOf: async (lid: string) =>
      (await (await live()).signalRepository.lidMapping.getPNForLID(lid)) ?? undefined,
    titleOf: async (jid: string) => (await groups.get(jid))?.subject,
  }
  const ready = Promise.withResolvers<void>()
  const handover = createHandover({
    kept: openKept(folder),
    own,
    context,
    async arrivalOf(message) {
      recent.add(message)
      await ready.promise
      return arrivalOf(message, around)
    },
  })

  // What an earlier process left comes before what is new.
  handover.resume()
  const session: Session = await openSession(credentials, context, {
    alive: context.alive,
    heard: (attrs, message) => handover.take({ attrs, message }),
    late: (message) => handover.pass(message),
    sentBefore: ({ id }) => (id ? recent.get(id)?.message : undefined) ?? undefined,
    groups,
  })
  ready.resolve()

  const sending = new Set<Promise<unknown>>()
  const outbound = { live, recent, groups, clock: context.clock }
  const send = sender(outbound)
  return {
    self: personOf([own.jid, own.lid], creds.me.name)!,
    over: session.over,
    send(part, signal) {
      const work = send(part, signal)
      const settled = work.catch(() => undefined).finally(() => sending.delete(settled))
      sending.add(settled)
      return work
    },
    ...deeds(outbound),
    ...(sendReadReceipts && { read: receipts(outbound) }),
    download,
    async probe() {
      await live()
      return { ok: true, account: phoneOf(own.jid) ?? own.jid, findings: [] }
    },
    async close() {
      // Keys move on with each message: cut short, the next one could not be read at first.
      const late = Promise.withResolvers<void>()
      const cancel = context.clock.after(lastMs, late.resolve)
      await Promise.race([Promise.all(sending), late.promise])
      cancel()
      await session.close()
    },
  }
}
