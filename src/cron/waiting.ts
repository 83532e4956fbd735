import { agentEvent } from "../agent/events.ts"
import type { Bus } from "../kernel/event.ts"
import type { SystemEvents } from "../kernel/system-events.ts"
import type { Run } from "./run.ts"
import { lineOf } from "./work.ts"

/** Runs that were told to a session and wait for its next turn. */
export interface Waiting {
  /** Tells the run's session of it. */
  add(run: Run): void
  drop(runId: string): void
  close(): void
}

export const createWaiting = ({
  events,
  bus,
  reached,
}: {
  events: SystemEvents
  bus: Bus
  /** A turn has begun that reads of the run. */
  reached(run: Run): void
}): Waiting => {
  const waiting = new Map<string, { run: Run; line: string }>()
  let deaf: (() => void) | undefined

  const close = () => {
    deaf?.()
    deaf = undefined
  }

  const heard = ({ stream, data, sessionKey }: Heard) => {
    if (stream !== "lifecycle" || data.phase !== "start") return
    const left = events.waiting(sessionKey)
    for (const [runId, { run, line }] of waiting) {
      if (run.sessionKey !== sessionKey || left.includes(line)) continue
      waiting.delete(runId)
      reached(run)
    }
    if (!waiting.size) close()
  }

  return {
    add(run) {
      const line = lineOf(run.job)
      waiting.set(run.runId, { run, line })
      events.enqueue(run.sessionKey!, line)
      deaf ??= bus.on((kind, payload) => kind === agentEvent && heard(payload as Heard))
    },
    drop: (runId) => void waiting.delete(runId),
    close,
  }
}

interface Heard {
  stream: string
  data: Record<string, unknown>
  sessionKey: string
}
