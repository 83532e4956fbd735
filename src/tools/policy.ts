import type { ProfileName, ToolLists, ToolRules } from "../agents/tools.ts"
import type { AnyTool } from "../kernel/tool.ts"
import { profiles } from "./profiles.ts"

type Ruled = Pick<AnyTool, "name" | "group" | "ownerOnly" | "source">
type Matcher = (tool: Ruled) => boolean

export const stages = [
  "owner",
  "optional",
  "profile",
  "provider-profile",
  "global",
  "provider",
  "agent",
  "agent-provider",
  "place",
  "sandbox",
  "subagent",
  "turn",
] as const
export type Stage = (typeof stages)[number]

/** Why a tool is hidden: the first stage that kept it back, and the setting behind that. */
export interface Hidden {
  stage: Stage | "unavailable"
  /** Dotted path; absent where no setting decides. */
  setting?: string
  why: string
}

/** Everything that decides over the tools of one standing. */
export interface Chain {
  owner: boolean
  global: ToolRules
  agent?: ToolRules & { id: string }
  model?: { provider: string; model: string }
  /** The rules of the group and the sender it came from. */
  place?: ToolLists
  /** Set in a session that is sandboxed. */
  sandbox?: ToolLists
  /** Set in a subagent's session. */
  subagent?: ToolLists & { orchestrates: boolean }
  /** All that the turn itself was given. */
  only?: readonly string[]
}

/** Null when the tool may be used. */
export type Policy = (tool: Ruled) => Hidden | null

/** Other names people know a tool by. */
export const aliases: Readonly<Record<string, string>> = { bash: "exec" }

const matcher = (pattern: string): Matcher => {
  const wanted = pattern.trim().toLowerCase()
  switch (wanted) {
    case "group:fased":
      return ({ source }) => !source
    case "group:plugins":
      return ({ source }) => source?.kind === "plugin"
    case "group:mcp":
      return ({ source }) => source?.kind === "mcp"
  }
  if (wanted.startsWith("group:"))
    return ({ group, source }) => !source && `group:${group}` === wanted
  const name = Object.hasOwn(aliases, wanted) ? aliases[wanted]! : wanted
  if (!name.includes("*"))
    return (tool) =>
      tool.name.toLowerCase() === name ||
      (tool.source?.kind === "plugin" && tool.source.id.toLowerCase() === name)
  const glob = new RegExp(`^${name.split(/\*+/).map(RegExp.escape).join(".*")}$`)
  return (tool) => glob.test(tool.name.toLowerCase())
}

const anyOf = (patterns: readonly string[]): Matcher => {
  const matchers = patterns.map(matcher)
  return (tool) => matchers.some((matches) => matches(tool))
}

/** Whoever may run any command may change any file, so `exec` brings `apply_patch` along. */
const allowing = (patterns: readonly string[]) => {
  const allowed = anyOf(patterns)
  const exec = { name: "exec", group: "" }
  return (tool: Ruled) => allowed(tool) || (tool.name === "apply_patch" && allowed(exec))
}

interface Rule {
  stage: Stage
  setting?: string
  passes: Matcher
  why: string
}

/**
 * May a standing use a tool? The one answer for every surface a turn can come from: chat, channels,
 * HTTP, hooks, tasks, nodes. Each stage only narrows (contract 18 §2), so deny always wins.
 */
export const policy = (chain: Chain): Policy => {
  const rules = rulesOf(chain)
  return (tool) => {
    const kept = rules.find(({ passes }) => !passes(tool))
    return kept ? { stage: kept.stage, setting: kept.setting, why: kept.why } : null
  }
}

const rulesOf = (chain: Chain): Rule[] => {
  const { owner, global, agent, model, place, sandbox, subagent, only } = chain
  const home = agent && `agents.list[${agent.id}].tools`
  const own = providerRules(global, model)
  const agents = agent && providerRules(agent, model)
  return [
    ...(owner
      ? []
      : [
          {
            stage: "owner" as const,
            passes: (tool: Ruled) => !tool.ownerOnly,
            why: "Only a turn that the operator started may use it.",
          },
        ]),
    optional(chain),
    profileRule("profile", ...startingProfile(chain)),
    ...(own?.rules.profile
      ? [profileRule("provider-profile", own.rules.profile, own.rules.alsoAllow, `tools.${own.at}`)]
      : []),
    ...(agents?.rules.profile
      ? [
          profileRule(
            "provider-profile",
            agents.rules.profile,
            agents.rules.alsoAllow,
            `${home}.${agents.at}`,
          ),
        ]
      : []),
    ...listRules("global", global, "tools"),
    ...listRules("provider", own?.rules, `tools.${own?.at}`),
    ...listRules("agent", agent, `${home}`),
    ...listRules("agent-provider", agents?.rules, `${home}.${agents?.at}`),
    ...listRules("place", place, "the group's tools"),
    ...listRules("sandbox", sandbox, "tools.sandbox.tools"),
    ...(subagent ? [forSubagents(subagent)] : []),
    ...listRules("subagent", subagent, "tools.subagents.tools"),
    ...(only ? [givenTo(only)] : []),
  ]
}

/** A list without entries gives no tools at all. */
const givenTo = (only: readonly string[]): Rule => ({
  stage: "turn",
  passes: allowing(only),
  why: "The task that runs was not given it.",
})

/** The profile a turn starts from: the agent's, else everyone's, else one by who asks. */
export const profileFor = ({ agent, global, owner }: Chain): ProfileName =>
  agent?.profile ?? global.profile ?? (owner ? "coding" : "messaging")

/** What is allowed beside a profile is said where the profile is, so it goes with it. */
const startingProfile = (chain: Chain): [ProfileName, readonly string[], string] => {
  const { agent, global } = chain
  const more = [...(agent?.profile ? [] : global.alsoAllow), ...(agent?.alsoAllow ?? [])]
  const home = agent?.profile ? `agents.list[${agent.id}].tools` : "tools"
  return [profileFor(chain), more, home]
}

const profileRule = (
  stage: Stage,
  profile: ProfileName,
  alsoAllow: readonly string[],
  home: string,
): Rule => {
  const { allow } = profiles[profile]
  return {
    stage,
    setting: `${home}.profile`,
    passes: allow ? allowing([...allow, ...alsoAllow]) : () => true,
    why: `It is not in the profile ${profile}; ${home}.alsoAllow can add it.`,
  }
}

const listRules = (stage: Stage, lists: ToolLists | undefined, home: string): Rule[] => {
  if (!lists) return []
  const denied = anyOf(lists.deny)
  return [
    {
      stage,
      setting: `${home}.deny`,
      passes: (tool) => !denied(tool),
      why: `${home}.deny names it.`,
    },
    {
      stage,
      setting: `${home}.allow`,
      passes: lists.allow.length ? allowing(lists.allow) : () => true,
      why: `${home}.allow does not name it.`,
    },
  ]
}

/** `provider/model` says more than `provider`, so it counts alone. */
const providerRules = ({ byProvider }: ToolRules, model: Chain["model"]) => {
  if (!model) return undefined
  const wanted = [`${model.provider}/${model.model}`, model.provider].map((key) =>
    key.toLowerCase(),
  )
  const keys = Object.keys(byProvider)
  for (const name of wanted) {
    const key = keys.find((key) => key.trim().toLowerCase() === name)
    if (key !== undefined) return { rules: byProvider[key]!, at: `byProvider["${key}"]` }
  }
  return undefined
}

/** What a plugin offers as an extra is off until someone names it, its plugin or all plugins. */
const optional = ({ global, agent }: Chain): Rule => {
  const named = [global, ...(agent ? [agent] : [])]
    .flatMap(({ allow, alsoAllow }) => [...allow, ...alsoAllow])
    .filter((pattern) => !pattern.includes("*"))
  const asked = anyOf(named)
  return {
    stage: "optional",
    setting: "tools.alsoAllow",
    passes: (tool) => !tool.source?.optional || asked(tool),
    why: "It is an extra of its plugin; tools.alsoAllow can add it by name.",
  }
}

/** A subagent works on its task and leaves the sessions and the gateway alone (contract 18 §11). */
const leftAlone = anyOf(["group:sessions", "group:automation", "agents_list", "whatsapp_login"])
const orchestration = anyOf(["sessions_spawn", "subagents", "sessions_list", "sessions_history"])

const forSubagents = ({ orchestrates }: { orchestrates: boolean }): Rule => ({
  stage: "subagent",
  passes: (tool) => !leftAlone(tool) || (orchestrates && orchestration(tool)),
  why: "Subagents have no tools for sessions and for the gateway.",
})

/** Entries of lists that name nothing there is: most likely a slip. */
export const namingNothing = (patterns: readonly string[], tools: readonly Ruled[]) =>
  patterns.filter((pattern) => !tools.some(matcher(pattern)))
