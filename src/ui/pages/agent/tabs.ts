/*
 * What can be looked after of one agent, in the order of its tabs. `load` is a dynamic import, so that
 * each is a chunk of its own; what it calls goes into `agent-methods.ts`.
 */
import type { ComponentType } from "preact"
import type { AgentRow } from "../../agents.ts"
import type { PageProps } from "../../routes.ts"

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
    load: async () => (await import("../../view/channels/channels.tsx")).Channels,
  },
  {
    path: "services",
    title: "Services",
    load: async () => (await import("../../view/services/services.tsx")).Services,
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
    load: async () => (await import("../../view/tasks/tasks.tsx")).Tasks,
  },
  {
    path: "sessions",
    title: "Sessions",
    load: async () => (await import("../../view/sessions/session-listing.tsx")).SessionListing,
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
