/** signal-cli as a program of ours: started, watched, and ended with the account. */
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { endGroup } from "../../exec/group.ts"
import { pause } from "../../kernel/clock.ts"
import type { ConnectContext } from "../../kernel/connect-context.ts"
import { connectionOver } from "../../kernel/network.ts"
import { writeFileAtomic } from "../../store/files.ts"
import type { SignalRpc } from "./rpc.ts"
import { daemonAddress, type SignalSettings } from "./settings.ts"

export interface Daemon {
  readonly over: Promise<never>
  close(): Promise<void>
}

type Context = Pick<ConnectContext, "environment" | "folder" | "clock" | "log" | "signal">

const lookEveryMs = 150
const longestLine = 2_000

/** The program by its absolute path, or a refusal that says how to get it. */
export const findProgram = (
  { cliPath }: SignalSettings,
  environment: ConnectContext["environment"],
): string => {
  const found = Bun.which(cliPath, { PATH: environment.PATH })
  if (found) return found
  throw connectionOver({
    why: "credentials",
    text: `${cliPath}: command not found.`,
    hint: "Install signal-cli (a native build needs no Java), or set channels.signal.cliPath to where it is.",
  })
}

/** Resolves once the daemon answers. Whatever happens after that is for the account to end. */
export const startDaemon = async (
  config: SignalSettings,
  rpc: Pick<SignalRpc, "isReady">,
  context: Context,
): Promise<Daemon> => {
  const { clock, log, signal, environment, folder } = context
  const program = findProgram(config, environment)
  const note = join(folder, "daemon.pid")
  await endLeftover(note, config, context)
  if (await rpc.isReady(signal))
    throw connectionOver({
      why: "conflict",
      text: `Another daemon answers at ${daemonAddress(config)} already.`,
      hint: "Set channels.signal.httpUrl to use that one, or another channels.signal.httpPort.",
    })
  const child = Bun.spawn([program, ...words(config)], {
    cwd: folder,
    env: { ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true, // the leader of a group of its own, so that what it starts ends with it
  })
  writeFileAtomic(note, String(child.pid))
  let last = ""
  const told = (line: string) => {
    last = line
    log.debug("signal-cli says", { text: line })
  }
  void readLines(child.stdout, told)
  void readLines(child.stderr, told)

  let closing: Promise<void> | undefined
  const end = async () => {
    await endGroup(child.pid, clock)
    await child.exited
    await rm(note, { force: true })
  }
  const close = () => (closing ??= end())
  const over = child.exited.then((code): never => {
    const how = child.signalCode ? `by ${child.signalCode}` : `with code ${code}`
    throw connectionOver({
      why: "gone",
      text: `signal-cli ended ${how}${last && `, saying: ${last.slice(0, 300)}`}`,
      hint: /not registered|authorization failed|unregistered/i.test(last)
        ? "Link the account again: fased channels login signal"
        : undefined,
    })
  })
  over.catch(() => undefined)

  const until = clock.now() + config.startupTimeoutMs
  const ready = async () => {
    while (!(await rpc.isReady(signal))) {
      if (clock.now() > until)
        throw connectionOver({
          why: "gone",
          text: `signal-cli did not answer within ${config.startupTimeoutMs / 1000} seconds${last && `; it said: ${last.slice(0, 300)}`}`,
          hint: "Java may take long to start: raise channels.signal.startupTimeoutMs (at most 120000).",
        })
      await pause(clock, lookEveryMs, signal)
    }
  }
  try {
    await Promise.race([ready(), over])
  } catch (error) {
    await close()
    throw error
  }
  return { over, close }
}

const words = (config: SignalSettings) => [
  ...(config.account ? ["-a", config.account] : []),
  "daemon",
  ...http(config),
  "--no-receive-stdout",
  "--receive-mode",
  config.receiveMode,
  ...(config.ignoreAttachments ? ["--ignore-attachments"] : []),
  ...(config.ignoreStories ? ["--ignore-stories"] : []),
]
const http = ({ httpHost, httpPort }: SignalSettings) => ["--http", `${httpHost}:${httpPort}`]

/** A gateway that was killed leaves its daemon running, and that keeps the account's data locked. */
const endLeftover = async (note: string, config: SignalSettings, { clock, log }: Context) => {
  const text = await Bun.file(note)
    .text()
    .catch(() => "")
  if (!/^\d{1,9}$/.test(text)) return
  const command = await commandOf(text)
  if (!command.includes(`daemon ${http(config).join(" ")} `)) return
  log.warn("a signal-cli that was left running is ended", { pid: Number(text) })
  await endGroup(Number(text), clock)
}

/** What a process runs; nothing when there is none. A pid is soon another's. */
const commandOf = async (pid: string) => {
  const child = Bun.spawn(["ps", "-ww", "-o", "command=", "-p", pid], {
    env: { PATH: "/bin:/usr/bin" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  })
  return await new Response(child.stdout).text()
}

/** Lines of a program, each cut where it is very long. */
export const readLines = async (
  stream: ReadableStream<Uint8Array>,
  line: (text: string) => void,
) => {
  const decoder = new TextDecoder()
  let rest = ""
  try {
    for await (const bytes of stream) {
      const all = (rest + decoder.decode(bytes, { stream: true })).split("\n")
      rest = (all.pop() ?? "").slice(0, longestLine)
      for (const one of all) if (one.trim()) line(one.trim().slice(0, longestLine))
    }
  } catch {
    // It has ended; how, its exit says.
  }
  if (rest.trim()) line(rest.trim())
}
