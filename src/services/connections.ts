import type { Clock } from "../kernel/clock.ts"
import type { Connection, Connections, ServiceStatus } from "./connection.ts"
import { notReady, unknownService } from "./faults.ts"
import { mayUse } from "./grant.ts"

/** `all` is asked each time: the config may name more than there were. */
export const createConnections = (all: () => readonly Connection[], clock: Clock): Connections => ({
  list: () => all().map(statusOf),
  withheld(id, agentId) {
    const may = mayUse({ ...connection(all(), id).granted(), id }, agentId)
    return may === true ? undefined : may
  },
  async test(id, signal) {
    const found = connection(all(), id)
    const { label } = found
    const { at, grant, lacks, next } = found.granted()
    if (lacks) throw notReady({ label, id, why: `${at} lacks ${lacks}.`, next })
    if (!grant.enabled) {
      const setting = `${at}.enabled`
      throw notReady({
        label,
        id,
        why: `${setting} is false.`,
        next: `fased config set ${setting} true`,
      })
    }
    const began = clock.now()
    const said = await found.test(signal)
    return { id, label, said, ms: clock.now() - began }
  },
})

const connection = (all: readonly Connection[], id: string): Connection => {
  const found = all.find((one) => one.id === id)
  if (!found) throw unknownService({ id, known: all.map((one) => one.id) })
  return found
}

const statusOf = ({ id, label, tools, granted }: Connection): ServiceStatus => {
  const { grant, lacks, problem } = granted()
  const { enabled, access, agents } = grant
  const state = !enabled ? "off" : lacks ? "not set up" : problem ? "failing" : "ready"
  return {
    id,
    label,
    tools,
    state,
    ...(lacks && { lacks }),
    ...(problem && { problem }),
    ...(access && { access }),
    ...(agents && { agents }),
  }
}
