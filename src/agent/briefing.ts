import { hostname } from "node:os"
import type { Env, Paths } from "../config/paths.ts"
import type { OpenModel } from "../models/service.ts"
import type { AgentsConfig } from "../agents/config.ts"
import { findAgent, workspaceOf } from "../agents/config.ts"
import { systemPrompt } from "./prompt.ts"
import { audienceOf, ensureWorkspace, readContextFiles } from "./workspace.ts"

/** Writes the system prompt of one turn from the agent's config and the files of its workspace. */
export type Briefing = (about: {
  agentId: string
  sessionKey: string
  tools: readonly string[]
  model: OpenModel
  instructions?: string
}) => Promise<string>

export const createBriefing = ({
  config,
  paths,
  env,
}: {
  config: () => AgentsConfig
  paths: Paths
  env: Env
}): Briefing => {
  const host = { name: hostname(), platform: process.platform, arch: process.arch }
  let timezone: string | undefined
  /** Looked up when a turn first needs it: loading time zones takes milliseconds. */
  const ownTimezone = () => (timezone ??= Intl.DateTimeFormat().resolvedOptions().timeZone)

  return async ({ agentId, sessionKey, tools, model, instructions }) => {
    const { defaults } = config()
    const agent = findAgent(config(), agentId)
    const { id, name, identity } = agent
    const workspace = workspaceOf(agent, config(), paths)
    await ensureWorkspace(workspace, { skipBootstrap: defaults.skipBootstrap, env })
    const budgets = { perFile: defaults.bootstrapMaxChars, total: defaults.bootstrapTotalMaxChars }
    return systemPrompt({
      agent: { id, name: identity?.name ?? name, theme: identity?.theme },
      workspace,
      files: readContextFiles(workspace, { session: audienceOf(sessionKey), budgets }),
      tools,
      model: `${model.provider}/${model.model}`,
      timezone: defaults.userTimezone ?? ownTimezone(),
      host,
      instructions,
    })
  }
}
