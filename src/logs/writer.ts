import { resolve } from "node:path"
import type { Env } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import { auditSubsystem, type Fields, type Level, levels, type Log } from "../kernel/log.ts"
import { derived } from "../kernel/derived.ts"
import { service } from "../kernel/service.ts"
import { Appender } from "./append.ts"
import type { Logging } from "./config.ts"
import type { LogFiles } from "./files.ts"
import { createRedactor, type Redactor } from "./redact.ts"
import { createTerminal, type Line, type Terminal } from "./terminal.ts"

export interface LogOptions {
  folder: string
  /** Read for each line, so that a change of the config counts at once. */
  config: () => Logging
  clock: Clock
  env: Env
  /** Show lines in the terminal as well. */
  console?: boolean
  /** Show `debug` lines too; the file's level stays. */
  verbose?: boolean
  terminal?: Terminal
}

/** The log of this process, and the file it is in. */
export interface WrittenLog extends Log, LogFiles {
  readonly file: string
  close(): void
}

export const Logs = service<LogFiles>("logs")

const flushAfterMs = 50
const flushAtLines = 500
const longestLine = 64_000

/** Opens the log. It never throws and never waits: what cannot be written is counted and told later. */
export const createLog = (options: LogOptions): WrittenLog => {
  const { clock, env } = options
  const terminal = createTerminal(options.terminal ?? process.stderr, env)
  const override = env.FASED_LOG_LEVEL?.trim().toLowerCase() as Level | undefined
  const forced = override && levels.includes(override) ? override : undefined

  const appender = new Appender({
    folder: options.folder,
    fixed: () => {
      const { file } = options.config()
      return file && resolve(options.folder, file.replace(/^~(?=\/)/, env.HOME ?? "~"))
    },
    clock,
    limits: options.config,
    failed: (path, { message }) =>
      terminal.show(
        `fased: log lines cannot be written to ${path} (${message}); going on without them\n`,
      ),
    lostLine: (count) =>
      toJson({
        time: clock.now(),
        level: "warn",
        subsystem: "logs",
        message: "log lines were lost",
        meta: { count },
      }),
  })

  const followers = new Set<(lines: readonly string[]) => void>()
  let waiting: string[] = []
  let cancelFlush: (() => void) | undefined
  const flush = () => {
    cancelFlush?.()
    cancelFlush = undefined
    if (!waiting.length) return
    const lines = waiting
    waiting = []
    appender.append(lines)
    for (const listener of followers) listener(lines)
  }

  const redactor = derived(() => [options.config()], createRedactor)
  const wants = (level: Level, least: Logging["level"]) =>
    least !== "silent" && levels.indexOf(level) >= levels.indexOf(least)

  const emit = (level: Level, subsystem: string, message: string, fields?: Fields) => {
    const config = options.config()
    const toFile = subsystem === auditSubsystem || wants(level, forced ?? config.level)
    const least = forced ?? (options.verbose ? "debug" : config.consoleLevel)
    // Who was let in is for the record; on the terminal it would push out what needs someone.
    const recordOnly = subsystem === auditSubsystem && level === "info" && !options.verbose
    const toTerminal = options.console && !recordOnly && wants(level, least)
    if (!toFile && !toTerminal) return
    const line = { time: clock.now(), level, subsystem, ...cleaned(redactor(), message, fields) }
    if (toFile) {
      waiting.push(toJson(line))
      if (level === "error" || waiting.length >= flushAtLines) flush()
      else cancelFlush ??= clock.after(flushAfterMs, flush)
    }
    if (!toTerminal) return
    if (config.consoleStyle === "json") terminal.show(toJson(line))
    else terminal.line(line, config.consoleStyle)
  }

  const logFor = (subsystem: string): Log => ({
    trace: (message, fields) => emit("trace", subsystem, message, fields),
    debug: (message, fields) => emit("debug", subsystem, message, fields),
    info: (message, fields) => emit("info", subsystem, message, fields),
    warn: (message, fields) => emit("warn", subsystem, message, fields),
    error: (message, fields) => emit("error", subsystem, message, fields),
    for: logFor,
  })

  const log = logFor("gateway")
  if (override && !forced)
    logFor("logs").warn("FASED_LOG_LEVEL is not a log level and is ignored", {
      value: override,
      levels: levels.join(", "),
    })
  return {
    ...log,
    get file() {
      return appender.path
    },
    current: () => appender.path,
    flush,
    follow(listener) {
      followers.add(listener)
      return () => followers.delete(listener)
    },
    close() {
      flush()
      appender.close()
    },
  }
}

const cleaned = (redactor: Redactor, message: string, fields: Fields | undefined) => {
  const text = redactor.text(String(message))
  if (!fields) return { message: text }
  try {
    return { message: text, meta: redactor.fields(fields) }
  } catch {
    return { message: text, meta: { note: "the fields of this line cannot be read" } }
  }
}

const toJson = ({ time, level, subsystem, message, meta }: Line): string => {
  const head = { time: new Date(time).toISOString(), level, subsystem, message }
  const json = JSON.stringify(meta && Object.keys(meta).length ? { ...head, meta } : head)
  if (json.length <= longestLine) return `${json}\n`
  return `${JSON.stringify({ ...head, meta: { note: `${json.length} characters left out` } })}\n`
}
