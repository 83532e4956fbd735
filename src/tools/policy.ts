import type { AnyTool } from "../kernel/tool.ts"

export const profileNames = ["minimal", "coding", "messaging", "full"] as const
export type ProfileName = (typeof profileNames)[number]

/** What each profile allows (contract 18 §1); null for no restriction. */
export const profiles: Record<ProfileName, { label: string; allow: readonly string[] | null }> = {
  minimal: { label: "Minimal", allow: ["session_status"] },
  coding: {
    label: "Coding",
    allow: [
      "group:fs",
      "group:runtime",
      "group:sessions",
      "group:memory",
      "group:web",
      "group:media",
      // Owner-only, so it widens nothing for others; it lets an agent say what is set up and what is not.
      "gateway",
    ],
  },
  messaging: {
    label: "Messaging",
    allow: [
      "group:messaging",
      "sessions_list",
      "sessions_history",
      "sessions_send",
      "session_status",
    ],
  },
  full: { label: "Full", allow: null },
}

/** Tools as the policy groups them. */
export const groupLabels: Readonly<Record<string, string>> = {
  fs: "Files",
  runtime: "Commands",
  sessions: "Sessions",
  memory: "Memory",
  web: "Web",
  ui: "Browser and canvas",
  automation: "Automation",
  messaging: "Messaging",
  nodes: "Nodes",
  agents: "Agents",
  media: "Media",
}

export interface Rules {
  profile?: ProfileName
  allow: readonly string[]
  deny: readonly string[]
}

type Ruled = Pick<AnyTool, "name" | "group" | "ownerOnly">
type Matcher = (tool: Ruled) => boolean

/** Other names people know a tool by. */
const aliases: Readonly<Record<string, string>> = { bash: "exec" }

const matcher = (pattern: string): Matcher => {
  const wanted = pattern.trim().toLowerCase()
  if (wanted === "group:fased") return () => true
  if (wanted.startsWith("group:")) return (tool) => `group:${tool.group}` === wanted
  const name = aliases[wanted] ?? wanted
  if (!name.includes("*")) return (tool) => tool.name.toLowerCase() === name
  const glob = new RegExp(`^${name.split(/\*+/).map(RegExp.escape).join(".*")}$`)
  return (tool) => glob.test(tool.name.toLowerCase())
}

const anyOf = (patterns: readonly string[]): Matcher => {
  const matchers = patterns.map(matcher)
  return (tool) => matchers.some((matches) => matches(tool))
}

/** The profile a turn starts from. */
export const profileFor = (rules: Rules, owner: boolean): ProfileName =>
  rules.profile ?? (owner ? "coding" : "messaging")

/**
 * May a turn use a tool? The one answer for every surface a turn can come from.
 * Each stage only narrows (contract 18 §2), so the order does not matter and deny always wins.
 */
export const policy = (rules: Rules, { owner }: { owner: boolean }): Matcher => {
  const { allow } = profiles[profileFor(rules, owner)]
  const stages: Matcher[] = []
  if (!owner) stages.push((tool) => !tool.ownerOnly)
  if (allow) stages.push(anyOf(allow))
  if (rules.allow.length) stages.push(anyOf(rules.allow))
  if (rules.deny.length) {
    const denied = anyOf(rules.deny)
    stages.push((tool) => !denied(tool))
  }
  return (tool) => stages.every((passes) => passes(tool))
}

/** Entries of `allow` and `deny` that name nothing this binary has: most likely a slip. */
export const namingNothing = (rules: Rules, tools: readonly Ruled[]) =>
  [...rules.allow, ...rules.deny].filter((pattern) => !tools.some(matcher(pattern)))
