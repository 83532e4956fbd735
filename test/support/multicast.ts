import { createSocket } from "node:dgram"
import type { Packet } from "dns-packet"
import { openLink, type Place } from "../../src/discovery/link.ts"
import { type Clock, systemClock } from "../../src/kernel/clock.ts"

/** A port nobody speaks multicast DNS on, on loopback alone. */
export const neighbourhood = async (): Promise<Place> => {
  const socket = createSocket("udp4")
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.bind(0, "127.0.0.1", resolve)
  await promise
  const { port } = socket.address()
  await new Promise<void>((done) => socket.close(done))
  return { addresses: ["127.0.0.1"], port }
}

/** Everything said in a neighbourhood, and a way to say something oneself. */
export const listenIn = async (place: Place) => {
  const heard: Packet[] = []
  const waiting = new Set<() => void>()
  const link = await openLink(place, (packet) => {
    heard.push(packet)
    for (const look of waiting) look()
  })
  return {
    heard,
    say: (packet: Packet) => link.send(() => packet),
    /** The first message that fits, said already or yet to be said. */
    async until(fits: (packet: Packet) => boolean): Promise<Packet> {
      const { promise, resolve } = Promise.withResolvers<Packet>()
      const look = () => {
        const found = heard.find(fits)
        if (found) resolve(found)
      }
      waiting.add(look)
      look()
      return promise.finally(() => waiting.delete(look))
    },
    [Symbol.asyncDispose]: link.close,
  }
}

/** Can this machine speak multicast on its loopback interface? Containers may not. */
export const hasMulticast = async () => {
  const place = await neighbourhood()
  try {
    await using one = await listenIn(place)
    await one.say({ type: "query", questions: [] })
    const { promise: tooLate, resolve } = Promise.withResolvers<"too late">()
    systemClock.after(1000, () => resolve("too late"))
    return (await Promise.race([one.until(() => true), tooLate])) !== "too late"
  } catch {
    return false
  }
}

/** The system's clock, ten times as fast. */
export const hastyClock: Clock = {
  now: systemClock.now,
  after: (ms, work) => systemClock.after(ms / 10, work),
  every: (ms, work) => systemClock.every(ms / 10, work),
}
