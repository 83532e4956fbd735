import { endGroup } from "../exec/group.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import { connectionOver } from "../kernel/network.ts"
import { createPeer, type Handler, type Peer, readLines } from "./peer.ts"

/** How the host of a plugin is started: this program by another name, and a clean environment. */
export interface HostCommand {
  words: readonly string[]
  env: Readonly<Record<string, string>>
}

const longestLine = 150_000_000
/** The last words of a process on their way to whoever asks why it ended. */
const lastWords = 500
/** Lines for the log within a minute; a plugin may print without end. */
const linesPerMinute = 120

export interface PluginProcess {
  peer: Peer
  readonly pid: number
  /** Rejects once the process is gone. */
  readonly gone: Promise<never>
  /** Ends it with all it started. */
  end(): Promise<void>
}

/** Starts the process of one account of a plugin. It ends with us: its pipe closes then. */
export const startProcess = (
  { id, folder }: { id: string; folder: string },
  { words, env }: HostCommand,
  handlers: Readonly<Record<string, Handler>>,
  { clock, log }: { clock: Clock; log: Log },
): PluginProcess => {
  const child = Bun.spawn([...words, folder], {
    cwd: folder,
    env: { ...env },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    detached: true, // the leader of a group of its own, so that what it starts ends with it
  })
  const mayLog = paced(clock)
  const peer = createPeer(
    (line) => {
      try {
        child.stdin.write(line)
        void Promise.resolve(child.stdin.flush()).catch(() => undefined)
      } catch {
        // It is gone, of which its exit tells.
      }
    },
    {
      ...handlers,
      log([level, message, fields]) {
        if (!mayLog()) return
        const said = level === "warn" || level === "error" ? level : "debug"
        log[said](String(message).slice(0, 2000), fieldsOf(fields))
      },
    },
  )
  let last = ""
  const hear = (line: string) => {
    if (!line.trim()) return
    last = line.trim().slice(0, lastWords)
    if (mayLog()) log.debug("a plugin says", { plugin: id, text: last })
  }
  const gone = (async (): Promise<never> => {
    await Promise.race([
      Promise.allSettled([
        readLines(child.stdout, longestLine, peer.line),
        readLines(child.stderr, 10_000, hear),
      ]),
      child.exited,
    ])
    // One that closes its pipes and lives on is no plugin any more.
    await endGroup(child.pid, clock)
    await child.exited
    const how = child.signalCode ? `by ${child.signalCode}` : `with code ${child.exitCode}`
    const text = `The process of the plugin ${id} ended ${how}${last && `, saying: ${last}`}.`
    const error = connectionOver({ why: "gone", text })
    peer.end(error)
    throw error
  })()
  gone.catch(() => undefined)
  return {
    peer,
    pid: child.pid,
    gone,
    async end() {
      await Promise.resolve(child.stdin.end()).catch(() => undefined)
      await endGroup(child.pid, clock)
      await gone.catch(() => undefined)
    },
  }
}

const fieldsOf = (fields: unknown) =>
  typeof fields === "object" && fields !== null && JSON.stringify(fields).length < 10_000
    ? (fields as Record<string, unknown>)
    : {}

const paced = (clock: Clock) => {
  let minute = 0
  let count = 0
  return () => {
    const now = Math.floor(clock.now() / 60_000)
    if (now !== minute) count = 0
    minute = now
    return ++count <= linesPerMinute
  }
}
