import type { Env } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import { service } from "../kernel/service.ts"
import { unheard } from "./faults.ts"
import type { Notifier } from "./notify.ts"

/** Tells whoever started this process how it stands. Where nobody did, it does nothing. */
export interface Supervisor {
  /** What the successor of this process needs, when it takes over under the same id. */
  readonly handOver: Readonly<Record<string, string>>
  ready(status: string): void
  /** Before a restart in place; its end is the successor's `ready`. */
  reloading(status: string): void
  stopping(status: string): void
}
export const Supervisor = service<Supervisor>("supervisor")

/** Where systemd is reached, and how often it wants to hear: no child's business. */
const supervisorVariables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] as const

/** Takes the supervisor's variables out of an environment, which is then fit for children. */
export const takeSupervisor = async (
  env: Env,
  clock: Clock,
  { pid = process.pid, open }: { pid?: number; open?: (socketName: string) => Notifier } = {},
): Promise<{ supervisor: Supervisor; env: Env }> => {
  const rest = { ...env }
  const handOver: Record<string, string> = {}
  for (const name of supervisorVariables) {
    const value = rest[name]
    if (value !== undefined) handOver[name] = value
    delete rest[name]
  }
  const { NOTIFY_SOCKET: socketName, WATCHDOG_USEC, WATCHDOG_PID } = handOver
  if (!socketName || !/^[/@]./.test(socketName))
    return { supervisor: { ...silent, handOver }, env: rest }

  const notifier = await reach(socketName, open)
  const tell = (...lines: string[]) => void notifier.send(lines.join("\n"))
  const limitUs = Number(WATCHDOG_USEC)
  const isWatched = limitUs > 0 && (!WATCHDOG_PID || Number(WATCHDOG_PID) === pid)
  // From a timer of the event loop: when that hangs, the word stays out.
  if (isWatched) clock.every(limitUs / 2000, () => tell("WATCHDOG=1"))

  return {
    env: rest,
    supervisor: {
      handOver,
      ready: (status) => tell("READY=1", statusLine(status)),
      reloading: (status) =>
        tell("RELOADING=1", `MONOTONIC_USEC=${notifier.monotonicUs()}`, statusLine(status)),
      stopping: (status) => tell("STOPPING=1", statusLine(status)),
    },
  }
}

const reach = async (socketName: string, open?: (socketName: string) => Notifier) => {
  try {
    return (open ?? (await import("./notify.ts")).openNotifier)(socketName)
  } catch (error) {
    throw unheard({ socketName }, error)
  }
}

const silent = { ready() {}, reloading() {}, stopping() {} }

const statusLine = (status: string) => `STATUS=${status.replace(/\s+/g, " ")}`
