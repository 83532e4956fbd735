import { randomInt } from "node:crypto"
import type { Clock } from "../kernel/clock.ts"
import type { Content, Destination } from "../kernel/delivery.ts"
import type { Bus } from "../kernel/event.ts"
import type { Log } from "../kernel/log.ts"
import type { Arrival } from "../kernel/network.ts"
import { service } from "../kernel/service.ts"
import { pairingRequested, pairingResolved } from "./events.ts"
import { codeAmbiguous, notPaired, unknownCode } from "./faults.ts"
import type { PairedSender, PairingStore, PairRequest, Where } from "./store.ts"

/** No letter or digit that reads like another. */
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
const codeLength = 8
/** How long a request waits. */
export const requestMs = 3_600_000
const mostWaiting = 3

/** Lets strangers ask to be heard, and people answer that. It is about private chats and nothing else. */
export interface Pairing {
  /** True when somebody let this sender in on this account. */
  has(channel: string, account: string, ids: readonly string[]): Promise<boolean>
  /** Keeps that somebody asked. Their prompt is sent once for each request, so at most once an hour. */
  ask(
    channel: string,
    account: string,
    arrival: Pick<Arrival, "conversation" | "sender">,
  ): Promise<"prompted" | "waits" | "full">
  list(where: Where): Promise<{ pending: PairRequest[]; paired: PairedSender[] }>
  /** Throws `access.unknown-code`. With `notify` the sender is told. */
  approve(code: string, where: Where, options?: { notify?: boolean }): Promise<PairedSender>
  /** Throws `access.not-paired`. */
  remove(who: Pick<PairedSender, "channel" | "account" | "sender">): Promise<void>
}
export const Pairing = service<Pairing>("sender pairing")

const newCode = () =>
  Array.from({ length: codeLength }, () => alphabet[randomInt(alphabet.length)]).join("")

export const createPairing = ({
  store,
  deliver,
  bus,
  clock,
  log,
}: {
  store: PairingStore
  /** Sends something, once for each key. */
  deliver: (to: Destination, content: Content, key: string) => Promise<unknown>
  bus: Bus
  clock: Clock
  log: Log
}): Pairing => {
  const expired = () => clock.now() - requestMs

  const tell = (to: Destination, text: string, key: string) =>
    deliver(to, { text }, key).catch((error: unknown) =>
      log.for("access").warn("a sender could not be told", { channel: to.channel, key, error }),
    )

  return {
    has: (channel, account, ids) => store.has(channel, account, ids),

    async ask(channel, account, { conversation, sender }) {
      const [first] = sender.ids
      const where = { channel, account }
      const waiting = await store.requests(where, expired())
      if (waiting.some((request) => request.sender === first)) return "waits"
      const name = (sender.name ?? sender.username ?? "").replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ")
      const request = await store.request(
        {
          ...where,
          sender: first,
          name: name.slice(0, 80).toWellFormed(),
          code: newCode(),
          conversation: JSON.stringify(conversation),
          createdAt: clock.now(),
        },
        { most: mostWaiting, expired: expired() },
      )
      if (!request) return "full"
      const { code, createdAt } = request
      bus.emit(pairingRequested, { ...where, sender: first, name: request.name, ts: createdAt })
      await tell(
        { ...where, conversation },
        prompt(channel, first, code),
        `pairing:${channel}:${account}:${code}`,
      )
      return "prompted"
    },

    list: async (where) => ({
      pending: await store.requests(where, expired()),
      paired: await store.paired(where),
    }),

    async approve(typed, where, { notify } = {}) {
      const code = typed.trim().toUpperCase()
      const found = (await store.requests(where, expired())).filter((one) => one.code === code)
      const [request] = found
      if (!request) throw unknownCode({ code })
      if (found.length > 1)
        throw codeAmbiguous({ code, channels: found.map((one) => `${one.channel} ${one.account}`) })
      const paired = await store.approve(request, clock.now())
      if (!paired) throw unknownCode({ code })
      const { channel, account, sender, name } = paired
      bus.emit(pairingResolved, { channel, account, sender, name, approved: true, ts: clock.now() })
      log.for("access").info("sender let in", { channel, account, sender })
      const conversation = JSON.parse(request.conversation) as Destination["conversation"]
      if (notify)
        await tell(
          { channel, account, conversation },
          welcome,
          `paired:${channel}:${account}:${code}`,
        )
      return paired
    },

    async remove({ channel, account, sender }) {
      if (!(await store.remove({ channel, account, sender }))) throw notPaired({ channel, sender })
      bus.emit(pairingResolved, {
        channel,
        account,
        sender,
        name: "",
        approved: false,
        ts: clock.now(),
      })
      log.for("access").info("sender let in no longer", { channel, account, sender })
    },
  }
}

const prompt = (channel: string, sender: string, code: string) =>
  `This assistant answers only people its owner let in.

Your id: ${sender}
Your code: ${code}

Give the code to the owner, who lets you in within an hour with: \`fased pairing approve ${channel} ${code}\`
Nothing you wrote so far was read; send it again then.`

const welcome = "You were let in. Say something to begin."
