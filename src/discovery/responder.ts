import type { Answer, Packet, Question } from "dns-packet"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import { type Link, openLink, type Place } from "./link.ts"
import { type Advert, hostName, instanceName, recordsOf } from "./records.ts"

const probeEveryMs = 250
const probes = 3
/** Others may answer at the same moment; RFC 6762 §6 spreads them. */
const spreadMs = 100
/** However often we are asked. */
const paceMs = 250
/** Someone who takes every name we try is no neighbour. */
const mostNames = 9

type Contested = "name" | "hostname"
type Rdata = { type: string; name: string; data: unknown }

export interface Responder {
  /** Others can find us now. */
  isAnnounced(): boolean
  /** As it is known in the network, after conflicts. */
  readonly advert: Advert
  /** Takes leave, and is quiet. */
  close(): Promise<void>
}

/**
 * Speaks for one gateway (RFC 6762): asks whether its names are free, takes others where they are
 * not, announces it, answers, and says goodbye. What goes wrong on the way is logged and no more.
 */
export const respond = async (
  wish: Advert,
  place: Place,
  { clock, log }: { clock: Clock; log: Log },
): Promise<Responder> => {
  let advert = wish
  let phase: "probing" | "announced" | "silent" = "probing"
  let contested: Contested | undefined
  let answering = false
  const failed = (error: Error) => log.debug("bonjour: a message was not sent", { error })

  const isOurs = (one: Rdata) =>
    link.addresses.some((address) => recordsOf(advert, address).some((own) => isSame(own, one)))

  /** Which of our names somebody else uses for something else. */
  const conflictIn = (records: readonly Rdata[]): Contested | undefined => {
    const others = records.filter(({ type }) => /^(?:SRV|A)$/.test(type)).filter((r) => !isOurs(r))
    const claims = (name: string, type: string) =>
      others.some((one) => one.type === type && isSameName(one.name, name))
    if (claims(instanceName(advert), "SRV")) return "name"
    return claims(hostName(advert), "A") ? "hostname" : undefined
  }

  const hear = (packet: Packet) => {
    if (phase === "silent") return
    if (packet.type === "query") {
      if (phase === "probing") contested ??= lostTo((packet.authorities ?? []) as Rdata[])
      if (phase === "announced" && asksForUs(packet)) answer()
      return
    }
    const records = [...(packet.answers ?? []), ...(packet.additionals ?? [])] as Rdata[]
    contested ??= conflictIn(records.filter((one) => !isGoodbye(one)))
    if (contested && phase === "announced") {
      phase = "probing"
      void settle()
    }
  }

  /** Two who ask for a name at once: the later in order has it, as RFC 6762 §8.2 says. */
  const lostTo = (authorities: readonly Rdata[]) => {
    const claim = conflictIn(authorities)
    const type = claim === "name" ? "SRV" : "A"
    const own = recordsOf(advert, link.addresses[0]!).find((one) => one.type === type)!
    const isLater = (one: Rdata) => one.type === type && order(one) > order(own)
    return claim && authorities.some(isLater) ? claim : undefined
  }

  const asksForUs = ({ questions = [], answers = [] }: Packet) => {
    const records = recordsOf(advert, link.addresses[0]!)
    const isKnown = (one: Answer) => answers.some((known) => isSame(one as Rdata, known as Rdata))
    return records.some(
      (one) => questions.some((question) => asksFor(question, one)) && !isKnown(one),
    )
  }

  const answer = () => {
    if (answering) return
    answering = true
    clock.after(Math.random() * spreadMs, () => void announce())
    clock.after(paceMs, () => (answering = false))
  }

  const announce = async () => {
    if (phase !== "announced") return
    await link.send((address) => response(recordsOf(advert, address)))
  }

  const isFree = async () => {
    for (let at = 0; at < probes; at++) {
      if (contested) return false
      await link.send((address) => probe(advert, address))
      await wait(clock, probeEveryMs)
      if (phase === "silent") return false
    }
    return !contested
  }

  /** Finds names that are free and announces them. */
  const settle = async () => {
    for (let tries = 1; !(await isFree()); tries++) {
      if (phase === "silent") return
      if (tries === mostNames) {
        log.warn("bonjour: advertise failed", { problem: "every name that was tried is taken" })
        phase = "silent"
        return
      }
      const before = advert
      advert = renamed(wish, before, contested!)
      const [from, to] =
        contested === "name" ? [before.instance, advert.instance] : [before.host, advert.host]
      log.warn(`bonjour: ${contested} conflict resolved`, { from, to })
      contested = undefined
    }
    phase = "announced"
    log.info("bonjour: advertised", { name: advert.instance, host: hostName(advert) })
    await announce()
    clock.after(1000, () => void announce())
  }

  const link: Link = await openLink(place, hear, failed)
  void settle()
  return {
    isAnnounced: () => phase === "announced",
    get advert() {
      return advert
    },
    async close() {
      const wasKnown = phase === "announced"
      phase = "silent"
      if (wasKnown) await link.send((address) => response(goodbyes(advert, address)))
      await link.close()
    },
  }
}

const wait = (clock: Clock, ms: number) => new Promise<void>((done) => clock.after(ms, done))

const response = (answers: Answer[]): Packet => ({
  type: "response",
  flags: 1 << 10, // authoritative
  answers,
})

const probe = (advert: Advert, address: string): Packet => ({
  type: "query",
  questions: [instanceName(advert), hostName(advert)].map((name) => ({ type: "ANY" as "A", name })),
  // A flush bit has no place in a question.
  authorities: recordsOf(advert, address)
    .filter(({ type }) => type === "SRV" || type === "A")
    .map((record) => ({ ...record, flush: false })),
})

/** The host's own address is not ours alone to take back. */
const goodbyes = (advert: Advert, address: string): Answer[] =>
  recordsOf(advert, address)
    .filter(({ type, name }) => type !== "A" && !name.startsWith("_services."))
    .map((record) => ({ ...record, ttl: 0 }))

const isGoodbye = (record: object) => "ttl" in record && record.ttl === 0

/** `desk (2)` and `fased-2`, counting up. */
const renamed = (wish: Advert, now: Advert, contested: Contested): Advert => {
  const next = (text: string) => Number(/(\d+)\)?$/.exec(text)?.[1] ?? 1) + 1
  return contested === "name"
    ? {
        ...now,
        instance: `${wish.instance} (${now.instance === wish.instance ? 2 : next(now.instance)})`,
      }
    : { ...now, host: `${wish.host}-${now.host === wish.host ? 2 : next(now.host)}` }
}

const isSameName = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

const asksFor = ({ name, type }: Question, record: Answer) =>
  isSameName(name, record.name) && ((type as string) === "ANY" || type === record.type)

const isSame = (a: Rdata, b: Rdata) =>
  a.type === b.type && isSameName(a.name, b.name) && order(a) === order(b)

/** What a record says, to compare it by. */
const order = ({ type, data }: Rdata) => {
  if (type !== "SRV") return String(data).toLowerCase()
  const { port, target } = data as { port: number; target: string }
  return `${String(port).padStart(5, "0")} ${target.toLowerCase()}`
}
