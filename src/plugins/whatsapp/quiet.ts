import type { ConnectContext } from "fased/channel"

type Line = (fields: unknown, message?: string) => void

/** Where Baileys writes its log. Only what went wrong is kept, and without its fields: they hold keys. */
export const quietLogger = (log: ConnectContext["log"]) => {
  const nothing: Line = () => undefined
  const told = (fields: unknown, message?: string) =>
    log.debug("baileys says", { text: message ?? (typeof fields === "string" ? fields : "") })
  const logger = {
    level: "warn",
    child: () => logger,
    trace: nothing,
    debug: nothing,
    info: nothing,
    warn: told,
    error: told,
  }
  return logger
}
