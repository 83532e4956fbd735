import { chatEvent } from "../agent/events.ts"
import type { Clock } from "../kernel/clock.ts"
import { type Deliveries, type Destination, settledWithin } from "../kernel/delivery.ts"
import type { Bus } from "../kernel/event.ts"
import { Fault } from "../kernel/fault.ts"
import type { SystemEvents } from "../kernel/system-events.ts"
import { untrusted } from "../kernel/untrusted.ts"
import type { Directory } from "../sessions/directory.ts"
import type { Delivery } from "./job.ts"
import type { DeliveryStatus } from "./status.ts"

/** As much of a result as the main session is told of. */
const summaryChars = 500

/** A network that is away holds up no other task: what is to be sent there is on disk. */
const patienceMs = 60_000

export interface Delivered {
  status: DeliveryStatus
  error?: string
}

export interface Announcement {
  /** The same again is delivered once. */
  key: string
  /** What it is from, for people. */
  name: string
  text: string
  agentId: string
  /** The session whose people it is for. */
  sessionKey: string
  to: Pick<Delivery, "channel" | "to" | "accountId">
  /** The session has it already. */
  said?: boolean
  signal: AbortSignal
}

/** Says something to people: where it is addressed to, where they last spoke, or in the session itself. */
export type Announce = (announcement: Announcement) => Promise<Delivered>

interface Needs {
  /** Undefined without chat networks. */
  deliveries: () => Deliveries | undefined
  directory: Directory
  events: SystemEvents
  bus: Bus
  clock: Clock
}

export const createAnnounce =
  (needs: Needs): Announce =>
  async (announcement) => {
    const networks = needs.deliveries()
    try {
      const destination = await destinationOf(announcement, networks)
      return destination && networks
        ? await sayThere(announcement, destination, networks, needs)
        : await sayHere(announcement, needs)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return { status: "not-delivered", error: error.message }
    }
  }

/** Where people last spoke, unless it says where; undefined for the session itself. */
export const destinationOf = async (
  { to: { channel = "last", to, accountId }, sessionKey }: Pick<Announcement, "to" | "sessionKey">,
  networks: Deliveries | undefined,
): Promise<Destination | undefined> => {
  if (channel === "webchat") return undefined
  const last = await networks?.lastOf(sessionKey)
  if (channel !== "last" && to) return networks?.target(channel, to, accountId)
  if (channel === "last" || last?.channel === channel) return last
  return networks?.target(channel, "", accountId)
}

const results = {
  pending: "unknown",
  sending: "unknown",
  sent: "delivered",
  failed: "not-delivered",
  unknown: "unknown",
} as const

/** The session knows of it as well: people answer there. */
const sayThere = async (
  { key, name, text, sessionKey, said, signal }: Announcement,
  destination: Destination,
  networks: Deliveries,
  { events, clock }: Needs,
): Promise<Delivered> => {
  const { id } = await networks.deliver(destination, { text }, { key, sessionKey })
  const { state, error } = await settledWithin(networks, id, { clock, ms: patienceMs, signal })
  const source = `the task "${name}"`
  const summary = untrusted(text.slice(0, summaryChars).toWellFormed(), { source })
  if (state === "sent" && !said)
    events.enqueue(sessionKey, `The task "${name}" reported:\n${summary}`)
  return { status: results[state], ...(error && { error }) }
}

const sayHere = async (
  { key, name, text, sessionKey, agentId, said }: Announcement,
  { directory, bus, clock }: Needs,
): Promise<Delivered> => {
  if (said) return { status: "delivered" }
  const runId = `said ${key}`
  if ((await directory.ofRun(runId)).length) return { status: "delivered" }
  const session = await directory.open(sessionKey, agentId)
  const content = [{ type: "text" as const, text }]
  const note = { role: "assistant" as const, content, label: name, timestamp: clock.now() }
  await directory.append(session, runId, [note])
  const { label: _, ...message } = note
  bus.emit(chatEvent, { runId: key, sessionKey, agentId, seq: 1, state: "final", message })
  return { status: "delivered" }
}
