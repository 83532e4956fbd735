import { service } from "./service.ts"

export const levels = ["trace", "debug", "info", "warn", "error"] as const
export type Level = (typeof levels)[number]

/** What varies in a log line. Values named like a secret are masked by the writer. */
export type Fields = Record<string, unknown>

/** A logger knows its folder; the message is constant and lower case, what varies is a field. */
export interface Log {
  trace(message: string, fields?: Fields): void
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
  /** The same log under another folder's name. */
  for(subsystem: string): Log
}

/** Lines of this folder reach the log file whatever its level. */
export const auditSubsystem = "audit"

export const Log = service<Log>("log")

const nothing = () => {}

/** For work on behalf of somebody who is told of it another way. */
export const silentLog: Log = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  for: () => silentLog,
}
