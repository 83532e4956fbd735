import { appendFile } from "node:fs/promises"
import { join } from "node:path"
import { Paths } from "../config/paths.ts"
import type { HookEvent } from "../kernel/hook-event.ts"
import { privateFolder } from "../store/files.ts"
import type { HookRun } from "./hook.ts"

/** One line of JSON for each command. What follows a command may be anything, so only its name is kept. */
export const logCommand = async (
  { action, sessionKey, timestamp, context }: HookEvent,
  { services }: HookRun,
) => {
  const { logs } = services.get(Paths)
  privateFolder(logs)
  const line = {
    timestamp: new Date(timestamp).toISOString(),
    action,
    sessionKey,
    senderId: context.senderId,
    source: context.commandSource,
  }
  await appendFile(join(logs, "commands.log"), `${JSON.stringify(line)}\n`, { mode: 0o600 })
}
