import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import { endGroup } from "../exec/group.ts"
import { unavailable } from "./faults.ts"
import { createLines, type Hearing, maxMessageBytes, type Wire } from "./wire.ts"

export interface Program {
  /** Program and arguments; the program by its absolute path. */
  words: readonly string[]
  cwd: string
  env: Readonly<Record<string, string>>
}

/** Most of a line that the program writes for people. */
const lineBytes = 64 * 1024
/** Lines for people that are logged within a minute; a program may write without end. */
const linesPerMinute = 30

/** A server that is a program of ours: a message a line, in at stdin and out at stdout. */
export const openStdio = (
  id: string,
  { words, cwd, env }: Program,
  hear: Hearing,
  { clock, log }: { clock: Clock; log: Log },
): Wire => {
  let child: Bun.Subprocess<"pipe", "pipe", "pipe">
  try {
    child = Bun.spawn([...words], {
      cwd,
      env,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
      detached: true, // the leader of a group of its own, so that what it starts ends with it
    })
  } catch (error) {
    throw unavailable({ id, reason: `it cannot be started: ${(error as Error).message}` }, error)
  }
  const told = createTold(id, clock, log)
  const ended = (async () => {
    await Promise.race([
      Promise.all([
        readAll(child.stdout, createLines(maxMessageBytes, read, hear.tooLong)),
        readAll(child.stderr, createLines(lineBytes, told.line, told.line)),
      ]),
      // What it started may hold the pipes open for ever.
      child.exited.then(() => Bun.sleep(100)),
    ])
    // One that closes its output and lives on is no server any more.
    const cleared = endGroup(child.pid, clock)
    const code = await child.exited
    const how = child.signalCode ? `by ${child.signalCode}` : `with code ${code}`
    const last = told.last()
    hear.closed(unavailable({ id, reason: `it ended ${how}${last && `, saying: ${last}`}` }))
    await cleared
  })()

  function read(text: string) {
    if (!text.trim()) return
    let message: unknown
    try {
      message = JSON.parse(text)
    } catch {
      return told.stray(text)
    }
    hear.receive(message)
  }

  return {
    async send(message) {
      try {
        child.stdin.write(`${JSON.stringify(message)}\n`)
        await child.stdin.flush()
      } catch (error) {
        throw unavailable({ id, reason: "it no longer reads what it is told" }, error)
      }
    },
    begun() {},
    async close() {
      // As the protocol has it: end of input first, then the signals.
      await Promise.resolve(child.stdin.end()).catch(() => undefined)
      await endGroup(child.pid, clock)
      await ended
    },
  }
}

const readAll = async (stream: ReadableStream<Uint8Array>, take: (chunk: Uint8Array) => void) => {
  try {
    for await (const chunk of stream) take(chunk)
  } catch {
    // It has ended; how, its exit says.
  }
}

/** What a program says to people, kept short. */
const createTold = (id: string, clock: Clock, log: Log) => {
  let last = ""
  let minute = 0
  let count = 0
  const within = () => {
    const now = Math.floor(clock.now() / 60_000)
    if (now !== minute) {
      minute = now
      count = 0
    }
    return ++count <= linesPerMinute
  }
  return {
    last: () => last.slice(0, 300).trim(),
    line(text: string) {
      if (!text.trim()) return
      last = text
      if (within()) log.info("mcp server says", { server: id, text: text.slice(0, 1000) })
    },
    /** Something on stdout that is no message. */
    stray(text: string) {
      if (within())
        log.warn("mcp server wrote what is no message", { server: id, text: text.slice(0, 200) })
    },
  }
}
