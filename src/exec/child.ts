import type { Output } from "./output.ts"
import { signalGroup } from "./group.ts"

export interface Launch {
  /** Program and arguments; the program by its absolute path. */
  words: readonly string[]
  cwd: string
  env: Readonly<Record<string, string>>
  /** A terminal of this size instead of pipes. */
  terminal?: { cols: number; rows: number }
  /** Keeps its input open to write to; else it reads nothing. A terminal always has one. */
  stdin: boolean
}

/** How a process ended by itself or was ended. */
export interface Exit {
  code: number | null
  signal: string | null
}

/** A process of its own group. */
export interface Child {
  readonly pid: number
  /** Ended, and its output read. */
  readonly done: Promise<Exit>
  readonly writable: boolean
  write(data: string): void
  /** Ends its input. */
  close(): void
  resize(cols: number, rows: number): void
}

/** More than this is no output for a model but a slip or a flood. */
export const mostOutput = 256 * 1024 * 1024
/** What still comes through a pipe after the process has ended. */
const lingerMs = 250

/** Starts a process as the leader of its own group. `flooded` is called once when it prints too much. */
export const launch = (what: Launch, output: Output, flooded: () => void): Child =>
  what.terminal
    ? inTerminal(what, what.terminal, output, flooded)
    : withPipes(what, output, flooded)

const counted = (output: Output, flooded: () => void) => {
  const take = output.entry()
  let over = false
  return (chunk: Uint8Array) => {
    if (over) return
    take(chunk)
    over = output.total > mostOutput
    if (over) flooded()
  }
}

const withPipes = (
  { words, cwd, env, stdin }: Launch,
  output: Output,
  flooded: () => void,
): Child => {
  const child = Bun.spawn([...words], {
    cwd,
    env,
    stdin: stdin ? "pipe" : "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  })
  const input = child.stdin
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const take = counted(output, flooded)
    for await (const chunk of stream) take(chunk)
  }
  const streams = [child.stdout, child.stderr].map((stream) => read(stream).catch(() => undefined))
  const done = child.exited.then(async () => {
    // Something it left behind may hold the pipes open for ever.
    await Promise.race([Promise.all(streams), Bun.sleep(lingerMs)])
    return exitOf(child)
  })
  let open = stdin
  return {
    pid: child.pid,
    done,
    get writable() {
      return open && child.exitCode === null && !child.signalCode
    },
    write(data) {
      input?.write(data)
      void Promise.resolve(input?.flush()).catch(() => undefined)
    },
    close() {
      open = false
      void Promise.resolve(input?.end()).catch(() => undefined)
    },
    resize() {},
  }
}

const inTerminal = (
  { words, cwd, env }: Launch,
  { cols, rows }: NonNullable<Launch["terminal"]>,
  output: Output,
  flooded: () => void,
): Child => {
  const take = counted(output, flooded)
  const child = Bun.spawn([...words], {
    cwd,
    env,
    terminal: { cols, rows, data: (_, data) => take(data) },
  })
  const terminal = child.terminal!
  const done = child.exited.then(async () => {
    // What it printed last may still be on its way through the terminal.
    await Bun.sleep(lingerMs / 10)
    // Its window is closed, for whoever still sits in front of it.
    signalGroup(child.pid, "SIGHUP")
    terminal.close()
    return exitOf(child)
  })
  return {
    pid: child.pid,
    done,
    get writable() {
      return !terminal.closed && child.exitCode === null
    },
    write: (data) => void terminal.write(data),
    /** Ctrl-D. */
    close: () => void terminal.write("\u0004"),
    resize: (cols, rows) => terminal.resize(cols, rows),
  }
}

const exitOf = ({
  exitCode,
  signalCode,
}: Pick<Bun.Subprocess, "exitCode" | "signalCode">): Exit => ({
  code: signalCode ? null : exitCode,
  signal: signalCode === null ? null : String(signalCode),
})
