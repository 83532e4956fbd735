import { agents, listAgents, workspaceOf } from "../agents/config.ts"
import { BackgroundBudget } from "../cron/background.ts"
import { Paths } from "../config/paths.ts"
import { Receive } from "../kernel/channel.ts"
import { Fault } from "../kernel/fault.ts"
import type { HookEvent } from "../kernel/hook-event.ts"
import { Log } from "../kernel/log.ts"
import { readWithin } from "../tools/boundary.ts"
import type { HookRun } from "./hook.ts"

/** Starts a turn for every agent with a BOOT.md, in a session for that turn alone. */
export const bootAgents = async ({ timestamp }: HookEvent, { services, signal }: HookRun) => {
  const config = services.get(agents)
  const log = services.get(Log).for("hooks")
  for (const agent of listAgents(config)) {
    if (signal.aborted) return
    const workspace = workspaceOf(agent, config, services.get(Paths))
    if (!hasList(workspace)) continue
    const spent = await (await services.get(BackgroundBudget)()).admit()
    if (spent) return log.warn("BOOT.md is left for another start", { why: spent.why })
    const { id } = agent
    await services.get(Receive)({
      channel: "boot",
      account: id,
      chat: `agent:${id}:boot:${timestamp}`,
      id: `${id} ${timestamp}`,
      sender: { kind: "clock", name: "boot", owner: true },
      surface: "cron",
      text: "The gateway has started. Read BOOT.md and follow it strictly. When nothing is left to do, answer NO_REPLY.",
      passing: true,
    })
  }
}

/** A blank list, or one that leads out of the workspace, is none. */
const hasList = (workspace: string) => {
  try {
    const bytes = readWithin({ workspace, workspaceOnly: true, own: [] }, "BOOT.md")
    return (
      new TextDecoder()
        .decode(bytes)
        .replace(/<!--[\s\S]*?-->/g, "")
        .trim() !== ""
    )
  } catch (error) {
    if (error instanceof Fault) return false
    throw error
  }
}
