import type { ProfileName } from "../agents/tools.ts"

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
      "group:agents",
      // Both are owner-only, so they widen nothing for others; an agent can say what is set up.
      "gateway",
      "cron",
      // The operator wrote them into the config or installed them.
      "group:mcp",
      "group:plugins",
      // Each agent is given them by name.
      "group:services",
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
  services: "Services",
}

/** Where nobody chose otherwise, what a sandboxed session may use (contract 18 §7). */
export const sandboxDefaults = {
  allow: [
    "exec",
    "process",
    "read",
    "write",
    "edit",
    "apply_patch",
    "ls",
    "find",
    "grep",
    "sessions_list",
    "sessions_history",
    "sessions_send",
    "sessions_spawn",
    "session_status",
    "image",
  ],
  deny: ["browser", "canvas", "nodes", "cron", "gateway", "whatsapp_login"],
}
