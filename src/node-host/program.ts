import { endGroup, signalGroup } from "../exec/group.ts"
import { Output } from "../exec/output.ts"
import type { Clock } from "../kernel/clock.ts"
import type { RunResult } from "../nodes/run-plan.ts"

interface Launch {
  argv: readonly string[]
  cwd: string
  env: Readonly<Record<string, string>>
  timeoutMs: number
  /** Ends it with all it started. */
  signal: AbortSignal
}

/** What still comes through a pipe after the process has ended. */
const lingerMs = 250
const mostShown = 200_000

/** Runs one program to its end, as the leader of a group of its own that ends with it. */
export const runProgram = async (
  { argv, cwd, env, timeoutMs, signal }: Launch,
  clock: Clock,
): Promise<RunResult> => {
  const child = Bun.spawn([...argv], {
    cwd,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  })
  const outputs = { stdout: new Output(), stderr: new Output() }
  const read = async (stream: ReadableStream<Uint8Array>, output: Output) => {
    const take = output.entry()
    for await (const chunk of stream) take(chunk)
  }
  const streams = (["stdout", "stderr"] as const).map((name) =>
    read(child[name], outputs[name]).catch(() => undefined),
  )
  const end = { timedOut: false }
  const stop = () => void endGroup(child.pid, clock)
  const cancel = clock.after(timeoutMs, () => {
    end.timedOut = true
    stop()
  })
  signal.addEventListener("abort", stop, { once: true })
  if (signal.aborted) stop()
  await child.exited
  cancel()
  signal.removeEventListener("abort", stop)
  if (signalGroup(child.pid, 0)) await endGroup(child.pid, clock)
  // Something that left the group may hold the pipes open for ever.
  await Promise.race([
    Promise.all(streams),
    new Promise<void>((late) => void clock.after(lingerMs, late)),
  ])
  return {
    exitCode: child.signalCode ? null : child.exitCode,
    ...(child.signalCode && { signal: String(child.signalCode) }),
    stdout: outputs.stdout.brief(mostShown),
    stderr: outputs.stderr.brief(mostShown),
    success: child.exitCode === 0 && !end.timedOut,
    timedOut: end.timedOut,
  }
}
