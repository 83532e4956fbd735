import type { Log } from "../../src/kernel/log.ts"

const nothing = () => {}

/** A log for tests that are about something else. */
export const silentLog: Log = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  for: () => silentLog,
}
