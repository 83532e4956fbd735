import type { Clock } from "../kernel/clock.ts"
import { readHolder } from "../store/lock.ts"
import { stillHeld } from "./faults.ts"
import type { Ports } from "./ports.ts"

const politeMs = 5_000
const pollMs = 50

/**
 * `--force`: stops whatever listens on the port, and this instance's own gateway if it listens
 * elsewhere. A process is only ever signalled while the system itself says it holds the port.
 */
export const clearPort = async (port: number, state: string, ports: Ports, clock: Clock) => {
  const own = readHolder(state)?.port
  for (const wanted of new Set(own ? [port, own] : [port])) await stopHolder(wanted, ports, clock)
}

const stopHolder = async (port: number, ports: Ports, clock: Clock) => {
  const first = await ports.holder(port)
  if (!first || first.pid === process.pid) return
  process.kill(first.pid, "SIGTERM")
  if (await freed(port, first.pid, ports, clock)) return
  const now = await ports.holder(port)
  if (now?.pid !== first.pid) return
  process.kill(first.pid, "SIGKILL")
  if (!(await freed(port, first.pid, ports, clock))) throw stillHeld({ port, ...first })
}

const freed = async (port: number, pid: number, ports: Ports, clock: Clock) => {
  const until = clock.now() + politeMs
  while (clock.now() < until) {
    if ((await ports.holder(port))?.pid !== pid) return true
    await Bun.sleep(pollMs)
  }
  return false
}
