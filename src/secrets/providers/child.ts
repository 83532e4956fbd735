import type { Clock } from "../../kernel/clock.ts"

export interface Job {
  program: string
  args: readonly string[]
  env: Record<string, string>
  input: string
  timeoutMs: number
  noOutputTimeoutMs: number
  maxOutputBytes: number
}

/** How a command ended. What it says on stderr may hold secrets, so nobody gets to see it. */
export type Ending =
  | { end: "exited"; code: number; output: Buffer }
  | { end: "killed"; signal: string }
  | { end: "late" | "silent" | "flooding" }
  | { end: "unstartable"; code: string }

/** A helper it left behind may hold its output open; what is in the pipe is read all the same. */
const lingerMs = 200

/**
 * Runs a command without a shell, in a process group of its own, of which nothing is left when
 * this returns.
 */
export const runCommand = async (job: Job, clock: Clock): Promise<Ending> => {
  const child = start(job)
  if ("end" in child) return child
  const cut = Promise.withResolvers<Ending>()
  const timers = [clock.after(job.timeoutMs, () => cut.resolve({ end: "late" }))]
  const listen = () => clock.after(job.noOutputTimeoutMs, () => cut.resolve({ end: "silent" }))
  let stopListening = listen()

  const pieces: Uint8Array[] = []
  const reader = child.stdout.getReader()
  const read = async () => {
    let size = 0
    for (;;) {
      const { value } = await reader.read()
      if (!value) return
      stopListening()
      size += value.length
      if (size > job.maxOutputBytes) return cut.resolve({ end: "flooding" })
      pieces.push(value)
      stopListening = listen()
    }
  }
  const reading = read().catch(() => undefined) // the pipe broke: its exit tells more

  const finish = async (): Promise<Ending> => {
    await child.exited
    killGroup(child.pid)
    const lingering = Promise.withResolvers<void>()
    timers.push(clock.after(lingerMs, lingering.resolve))
    await Promise.race([reading, lingering.promise])
    if (child.signalCode) return { end: "killed", signal: String(child.signalCode) }
    return { end: "exited", code: child.exitCode ?? -1, output: Buffer.concat(pieces) }
  }

  try {
    return await Promise.race([cut.promise, finish()])
  } finally {
    for (const stop of [...timers, stopListening]) stop()
    killGroup(child.pid)
    await reader.cancel().catch(() => undefined)
  }
}

const start = ({ program, args, env, input }: Job) => {
  try {
    return Bun.spawn([program, ...args], {
      cwd: "/",
      env,
      stdin: Buffer.from(input),
      stdout: "pipe",
      stderr: "ignore",
      detached: true,
    })
  } catch (error) {
    return { end: "unstartable" as const, code: (error as NodeJS.ErrnoException).code ?? "unknown" }
  }
}

const killGroup = (leader: number) => {
  try {
    process.kill(-leader, "SIGKILL")
  } catch {
    // Nobody is left of it.
  }
}
