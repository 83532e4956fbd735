import type { Clock } from "../kernel/clock.ts"
import { type Connection, type Connections } from "./connection.ts"
import { notReady, unknownService } from "./faults.ts"

/** `all` is asked each time: the config may name more than there were. */
export const createConnections = (all: () => readonly Connection[], clock: Clock): Connections => ({
  list: () =>
    all().map(({ id, label, granted }) => {
      const { grant, lacks } = granted()
      const { enabled, access, agents } = grant
      const state = !enabled ? "off" : lacks ? "not set up" : "ready"
      return { id, label, state, ...(lacks && { lacks }), access, agents }
    }),
  async test(id, signal) {
    const found = all().find((one) => one.id === id)
    if (!found) throw unknownService({ id, known: all().map((one) => one.id) })
    const { label } = found
    const { at, grant, lacks } = found.granted()
    if (lacks) throw notReady({ label, id, why: `${at} lacks ${lacks}.` })
    if (!grant.enabled) throw notReady({ label, id, why: `${at}.enabled is false.` })
    const began = clock.now()
    const said = await found.test(signal)
    return { id, label, said, ms: clock.now() - began }
  },
})
