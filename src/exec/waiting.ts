import type { ExecRequest } from "../approvals/gate.ts"
import type { Clock } from "../kernel/clock.ts"
import type { ToolContext } from "../kernel/tool.ts"

/** How long a turn waits for a person to decide before it goes on without the command. */
export const patienceMs = 120_000

/** Someone sits at the other end, so that an answer can be expected soon. */
export const mayWait = ({ surface, runId }: ToolContext) =>
  runId !== undefined && (surface === "chat" || surface === "channel")

/** What `work` gives, or undefined when its time or the turn is over first. */
export const first = async <T>(
  work: Promise<T>,
  ms: number,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<T | undefined> => {
  const over = Promise.withResolvers<undefined>()
  const stop = () => over.resolve(undefined)
  const cancel = clock.after(ms, stop)
  signal.addEventListener("abort", stop, { once: true })
  if (signal.aborted) stop()
  try {
    return await Promise.race([work, over.promise])
  } finally {
    cancel()
    signal.removeEventListener("abort", stop)
  }
}

/** Where an answer can be asked for. */
export const from = ({ place }: ToolContext): ExecRequest["from"] =>
  place && { channel: place.channel, to: place.group ?? place.sender, accountId: place.account }
