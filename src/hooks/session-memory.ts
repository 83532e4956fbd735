import { join } from "node:path"
import { agents, findAgent, workspaceOf } from "../agents/config.ts"
import { Paths } from "../config/paths.ts"
import type { HookEvent } from "../kernel/hook-event.ts"
import { Directory } from "../sessions/directory.ts"
import { isMain } from "../sessions/keys.ts"
import { type Message, textOf } from "../sessions/message.ts"
import { presentWithin, writeWithin } from "../tools/boundary.ts"
import { Zone } from "../usage/service.ts"
import { InternalHooks } from "../webhooks/internal.ts"
import type { HookRun } from "./hook.ts"

const usually = 15
/** Among the words of a turn there are calls of tools and their results. */
const readFor = 20

/**
 * Writes the newest words of a main session's last transcript to `memory/` in its agent's workspace.
 * Only of main sessions: what a group said is no memory of its agent.
 */
export const remember = async (
  { sessionKey = "", timestamp, context }: HookEvent,
  { services }: HookRun,
) => {
  const { previousSessionId, agentId } = context as { previousSessionId?: string; agentId: string }
  if (!isMain(sessionKey) || !previousSessionId) return
  const most = services.get(InternalHooks).entries["session-memory"]?.messages ?? usually
  const limit = most * readFor
  const entries = await services.get(Directory).history(previousSessionId, { limit })
  const said = entries.flatMap(({ message }) => wordsOf(message)).slice(-most)
  if (!said.length) return
  const config = services.get(agents)
  const paths = services.get(Paths)
  const workspace = workspaceOf(findAgent(config, agentId), config, paths)
  const boundary = { workspace, workspaceOnly: true, own: [paths.state] }
  const at = Temporal.Instant.fromEpochMilliseconds(timestamp)
    .toZonedDateTimeISO(services.get(Zone)())
    .toPlainDateTime()
  const [day, time] = at.toString({ smallestUnit: "minute" }).split("T") as [string, string]
  const name = `${day}-${time.replace(":", "")}`
  const file = freeName(name, (path) => presentWithin(boundary, path))
  const head = `# Conversation until ${day} ${time}\n\nSession: ${previousSessionId}\n`
  writeWithin(boundary, file, `${head}\n${said.join("\n\n")}\n`)
}

const wordsOf = (message: Message): string[] => {
  if (message.role === "toolResult") return []
  const text = textOf(message).trim()
  if (!text || text.startsWith("/")) return []
  return [`${message.role === "user" ? "user" : "assistant"}: ${text}`]
}

/** Two conversations that end in the same minute are both kept. */
const freeName = (name: string, isTaken: (path: string) => boolean) => {
  for (let nth = 1; ; nth++) {
    const path = join("memory", `${name}${nth > 1 ? `-${nth}` : ""}.md`)
    if (!isTaken(path)) return path
  }
}
