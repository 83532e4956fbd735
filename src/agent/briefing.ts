import { existsSync } from "node:fs"
import { hostname } from "node:os"
import { dirname, join } from "node:path"
import type { AgentsConfig } from "../agents/config.ts"
import { findAgent, workspaceOf } from "../agents/config.ts"
import { everyMs } from "../agents/heartbeat.ts"
import type { Env, Paths } from "../config/paths.ts"
import type { BootstrapHooks } from "../kernel/hook-event.ts"
import type { PromptPart } from "../kernel/prompt-part.ts"
import type { OpenModel } from "../models/service.ts"
import { kindOf } from "../sessions/keys.ts"
import { type PromptMode, type PromptSection, promptSections } from "./prompt.ts"
import {
  audienceOf,
  type ContextFile,
  ensureWorkspace,
  fitted,
  namesFor,
  readContextFiles,
} from "./workspace.ts"

export interface BriefingFacts {
  agentId: string
  sessionKey: string
  tools: readonly string[]
  model: Pick<OpenModel, "provider" | "model">
  /** Default: what the session's key says. */
  mode?: PromptMode
  thinking?: string
  reasoning?: string
  /** True in the first turn of a conversation. */
  first?: boolean
  instructions?: string
  /** Workspace files by name, in place of those of such a session. */
  files?: readonly string[]
  /** Of the agent's skills, only these by name. */
  skills?: readonly string[]
}

export interface Brief {
  text: string
  sections: readonly PromptSection[]
  files: readonly ContextFile[]
}

/** Writes the system prompt of one turn from the agent's config and the files of its workspace. */
export type Briefing = (about: BriefingFacts) => Promise<Brief>

/** What other folders write of it; asked at each turn, since some come and go. */
export type PromptParts = () => {
  skills?: PromptPart
  memory?: PromptPart
  sandbox?: PromptPart
  bootstrap?: BootstrapHooks
}

/** Work nobody reads along with gets the short prompt. */
const modeOf = (sessionKey: string): PromptMode =>
  /(?:^|:)(?:cron|subagent):/.test(sessionKey) ? "minimal" : "full"

export const createBriefing = ({
  config,
  paths,
  env,
  parts,
}: {
  config: () => AgentsConfig
  paths: Paths
  env: Env
  parts: PromptParts
}): Briefing => {
  const host = { name: hostname(), platform: process.platform, arch: process.arch }
  let timezone: string | undefined
  /** Looked up when a turn first needs it: loading time zones takes milliseconds. */
  const ownTimezone = () => (timezone ??= Intl.DateTimeFormat().resolvedOptions().timeZone)
  const roots = new Map<string, string | undefined>()

  return async (about) => {
    const { agentId, sessionKey, model, instructions } = about
    const { defaults } = config()
    const agent = findAgent(config(), agentId)
    const { id, name, identity } = agent
    const workspace = workspaceOf(agent, config(), paths)
    const mode = about.mode ?? modeOf(sessionKey)
    const warning = defaults.bootstrapPromptTruncationWarning
    await ensureWorkspace(workspace, { skipBootstrap: defaults.skipBootstrap, env })
    const budgets = { perFile: defaults.bootstrapMaxChars, total: defaults.bootstrapTotalMaxChars }
    const audience = audienceOf(sessionKey)
    const own = readContextFiles(workspace, { session: audience, budgets, only: about.files })
    const { skills, memory, sandbox, bootstrap } = parts()
    // Who names the files that a turn begins with wants those and no others.
    const changed =
      about.files || !bootstrap
        ? undefined
        : await bootstrap({ agentId: id, sessionKey, workspace, names: namesFor(audience) }, own)
    const files = changed ? fitted(changed, budgets) : own
    const [skillsText, memoryText, sandboxText] = await Promise.all(
      [skills, memory, sandbox].map((part) =>
        part?.section({ agentId, sessionKey, tools: about.tools, skills: about.skills }),
      ),
    )
    const sections = promptSections({
      mode,
      agent: { id, name: identity?.name ?? name, theme: identity?.theme },
      workspace,
      files,
      warnOfCuts: warning === "always" || (warning === "once" && about.first === true),
      tools: about.tools,
      model: `${model.provider}/${model.model}`,
      thinking: about.thinking,
      reasoning: about.reasoning,
      timezone: defaults.userTimezone ?? ownTimezone(),
      host,
      repoRoot:
        defaults.repoRoot ?? roots.getOrInsertComputed(workspace, (folder) => repoRoot(folder)),
      place: audience === "group" ? (kindOf(sessionKey) === "group" ? "room" : "direct") : audience,
      heartbeats: everyMs(defaults.heartbeat.every) > 0,
      parts: { skills: skillsText, memory: memoryText, sandbox: sandboxText },
      instructions,
    })
    return { text: sections.map(({ text }) => text).join("\n\n"), sections, files }
  }
}

/** The folder with the repository a workspace is in; undefined when it is in none. */
const repoRoot = (folder: string): string | undefined => {
  if (existsSync(join(folder, ".git"))) return folder
  const parent = dirname(folder)
  return parent === folder ? undefined : repoRoot(parent)
}
