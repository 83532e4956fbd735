import type { Packet } from "dns-packet"
import type { Clock } from "../kernel/clock.ts"
import { type Beacon, beaconsFrom, type Heard, isUsable } from "./beacon.ts"
import { openLink, type Place } from "./link.ts"
import { serviceType } from "./records.ts"

const askEveryMs = 500
/** More than any network has; a flood is not kept. */
const mostRecords = 1000

/** Asks the local network for gateways, and gives what was heard by then. */
export const browse = async (
  place: Place,
  { clock, timeoutMs }: { clock: Clock; timeoutMs: number },
): Promise<Beacon[]> => {
  const heard = new Map<string, Heard>()
  const hear = ({ type, answers = [], additionals = [] }: Packet) => {
    if (type !== "response") return
    for (const record of [...answers, ...additionals]) {
      if (!("data" in record) || !/^(?:PTR|SRV|TXT|A|AAAA)$/.test(record.type)) continue
      const one: Heard = { type: record.type, name: record.name, data: record.data }
      const key = JSON.stringify(one).toLowerCase()
      if ("ttl" in record && record.ttl === 0) heard.delete(key)
      else if (heard.size < mostRecords) heard.set(key, one)
    }
  }
  // Where nothing but loopback is asked, its addresses are what there is to find.
  const isOnlyHere = place.addresses.every((address) => address.startsWith("127."))
  const found = () => beaconsFrom([...heard.values()], isOnlyHere ? () => true : isUsable)

  const link = await openLink(place, hear)
  const ask = () =>
    link.send(() => ({ type: "query", questions: [question(serviceType, "PTR"), ...missing()] }))
  /** Some answer with less than they know. */
  const missing = () => {
    const records = [...heard.values()]
    const isHeard = (name: string, type: string) =>
      records.some((one) => one.type === type && one.name.toLowerCase() === name.toLowerCase())
    const instances = records.flatMap(({ type, name, data }) =>
      type === "PTR" && name.toLowerCase() === serviceType ? [String(data)] : [],
    )
    const targets = records.flatMap(({ type, data }) =>
      type === "SRV" ? [(data as { target: string }).target] : [],
    )
    return [
      ...instances.filter((name) => !isHeard(name, "SRV")).map((name) => question(name, "SRV")),
      ...targets.filter((name) => !isHeard(name, "A")).map((name) => question(name, "A")),
    ].slice(0, 50)
  }
  const stop = clock.every(askEveryMs, () => void ask())
  try {
    await ask()
    await new Promise<void>((done) => clock.after(timeoutMs, done))
  } finally {
    stop()
    await link.close()
  }
  return found()
}

const question = (name: string, type: "PTR" | "SRV" | "A") => ({ name, type })
