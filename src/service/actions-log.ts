import { appendFileSync, chownSync, statSync } from "node:fs"
import { join } from "node:path"
import { Fault } from "../kernel/fault.ts"
import { privateFile } from "../store/files.ts"

export type Action = "install" | "start" | "stop" | "restart" | "uninstall" | "rewrite"

const actionsLog = (logs: string) => join(logs, "gateway-restart.log")

interface Entry {
  action: Action
  unit: string
  at: number
  logs: string
}

/** Does something to the service and leaves one line about it, however it ends. */
export const recorded = async <T>(entry: Entry, work: () => Promise<T>): Promise<T> => {
  try {
    const result = await work()
    noteAction(entry, { outcome: "ok" })
    return result
  } catch (error) {
    noteAction(entry, {
      outcome: "failed",
      reason: error instanceof Fault ? error.message : "something inside fased went wrong",
    })
    throw error
  }
}

interface Result {
  /** `asked`: left to the manager, which may end whoever asks */
  outcome: "ok" | "failed" | "asked"
  reason?: string
}

export const noteAction = ({ action, unit, at, logs }: Entry, result: Result) => {
  const path = privateFile(actionsLog(logs))
  const line = {
    time: new Date(at).toISOString(),
    action: `gateway.${action}`,
    unit,
    pid: process.pid,
    uid: process.getuid?.(),
    ...result,
  }
  appendFileSync(path, `${JSON.stringify(line)}\n`)
  // What root does to a system service is for its owner to read.
  const owner = statSync(logs)
  if (process.getuid?.() === 0 && owner.uid !== 0) chownSync(path, owner.uid, owner.gid)
}
