import type { Clock } from "../kernel/clock.ts"
import { readHolder } from "../store/lock.ts"
import { stillHeld } from "./faults.ts"
import type { PortHolder, Ports } from "./ports.ts"

/** Longer than a gateway takes to finish its turns. */
const politeMs = 10_000
const pollMs = 50

/**
 * `--force`: stops whatever listens on the port, and this instance's own gateway if it listens
 * elsewhere. A process is only ever signalled while the system itself says it holds the port; what
 * an instance wrote down about itself may be long out of date.
 */
export const clearPort = async (port: number, state: string, ports: Ports, clock: Clock) => {
  const own = readHolder(state)
  const holder = await ports.holder(port)
  if (holder) await stopHolder(port, holder, own?.pid, ports, clock)
  if (!own || own.port === port) return
  const elsewhere = await ports.holder(own.port)
  if (elsewhere?.pid === own.pid) await stopHolder(own.port, elsewhere, own.pid, ports, clock)
}

const stopHolder = async (
  port: number,
  holder: PortHolder,
  own: number | undefined,
  ports: Ports,
  clock: Clock,
) => {
  const { pid } = holder
  if (pid === process.pid) return
  const holds = async () => (await ports.holder(port))?.pid === pid
  /** Our own gateway frees its state a moment after its port. */
  const isGone = async () => !(await holds()) && (pid !== own || !signal(pid, 0))
  for (const name of ["SIGTERM", "SIGKILL"] as const) {
    if (await holds()) signal(pid, name)
    for (const until = clock.now() + politeMs; clock.now() < until; await Bun.sleep(pollMs))
      if (await isGone()) return
  }
  throw stillHeld({ port, ...holder })
}

/** Sends a signal; false when there is no such process, or it is not ours to signal. */
const signal = (pid: number, name: NodeJS.Signals | 0) => {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}
