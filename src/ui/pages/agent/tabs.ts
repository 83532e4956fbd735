/*
 * What can be looked after of one agent, in the order of its tabs. `load` is a dynamic import, so that
 * each is a chunk of its own; what it calls goes into `agent-methods.ts`.
 */
import type { ComponentType } from "preact"
import type { Result } from "../../methods.ts"
import type { PageProps } from "../../routes.ts"

export type AgentRow = Result<"agents.list">["agents"][number]

/** What every tab is given. */
export interface TabProps extends PageProps {
  agent: AgentRow
}

export interface TabEntry {
  path: string
  title: string
  load: () => Promise<ComponentType<TabProps>>
}

export const tabs: readonly TabEntry[] = [
  {
    path: "models",
    title: "Models",
    load: async () => (await import("./models.tsx")).ModelsTab,
  },
  {
    path: "channels",
    title: "Channels",
    load: async () => (await import("./channels.tsx")).ChannelsTab,
  },
  {
    path: "services",
    title: "Services",
    load: async () => (await import("./services.tsx")).ServicesTab,
  },
  {
    path: "skills",
    title: "Skills",
    load: async () => (await import("./skills.tsx")).SkillsTab,
  },
  {
    path: "memory",
    title: "Memory",
    load: async () => (await import("./memory.tsx")).MemoryTab,
  },
  {
    path: "tasks",
    title: "Tasks",
    load: async () => (await import("./tasks.tsx")).TasksTab,
  },
  {
    path: "sessions",
    title: "Sessions",
    load: async () => (await import("./sessions.tsx")).SessionsTab,
  },
  {
    path: "files",
    title: "Files",
    load: async () => (await import("./files.tsx")).FilesTab,
  },
  {
    path: "tools",
    title: "Tools",
    load: async () => (await import("./tools.tsx")).ToolsTab,
  },
]
