/*
 * The pages of the Control UI, in the order of the navigation.
 *
 * To add one:
 *  1. Write `pages/<name>.tsx` with one component that takes `PageProps`: it begins with
 *     `<PageHead title=… />` and puts the rest into `<div class="page-body">`.
 *  2. Add a line to `pages` below; `load` is a dynamic import, so that the page is a chunk of its own.
 *  3. What it calls goes into `methods.ts` (a line per method or event), which types `gateway.call`
 *     and `gateway.on`.
 *  4. A drawing for the navigation goes into `parts/icon.tsx`.
 * `useResource` reads something and keeps it current by events; `parts/` has tables, dialogs, fields,
 * notices and toasts. The gateway serves the page at every path that is not the API's, so nothing is
 * to be done there. `test/ui/screens.ts` then takes its pictures, and `test/ui/frame.test.ts` opens it.
 */
import type { ComponentType } from "preact"
import type { App } from "./app.ts"
import type { Attention } from "./attention.ts"
import type { Drafts } from "./drafts.ts"
import type { Gateway } from "./gateway.ts"
import { tabs } from "./pages/agent/tabs.ts"
import type { IconName } from "./parts/icon.tsx"
import type { Router } from "./router.ts"

/** What every page is given. */
export interface PageProps {
  gateway: Gateway
  /** The conversations. */
  app: App
  attention: Attention
  drafts: Drafts
  router: Router
  /** Tries to connect at once. */
  onRetry: () => void
}

export interface PageEntry {
  /** First segment of its address. */
  path: string
  /** Other first segments that lead here. */
  also?: readonly string[]
  title: string
  icon: IconName
  group: "chat" | "gateway"
  /** How many things wait there for a person. */
  waiting?: (attention: Attention) => number
  /** Addresses below it that show something else, for the tests and pictures of all pages. */
  views?: readonly string[]
  load: () => Promise<ComponentType<PageProps>>
}

export const pages: readonly PageEntry[] = [
  {
    path: "",
    also: ["chat"],
    title: "Chat",
    icon: "chat",
    group: "chat",
    load: async () => (await import("./pages/chat.tsx")).ChatPage,
  },
  {
    path: "approvals",
    title: "Approvals",
    icon: "shield",
    group: "chat",
    waiting: ({ commands }) => commands.value.length,
    load: async () => (await import("./pages/approvals.tsx")).ApprovalsPage,
  },
  {
    path: "agents",
    title: "Agents",
    icon: "agent",
    group: "chat",
    views: tabs.map(({ path }) => `main/${path}`),
    load: async () => (await import("./pages/agents.tsx")).AgentsPage,
  },
  {
    path: "overview",
    also: ["dash"],
    title: "Overview",
    icon: "gauge",
    group: "gateway",
    load: async () => (await import("./pages/overview.tsx")).OverviewPage,
  },
  {
    path: "sessions",
    title: "Sessions",
    icon: "sessions",
    group: "gateway",
    load: async () => (await import("./pages/sessions.tsx")).SessionsPage,
  },
  {
    path: "channels",
    title: "Channels",
    icon: "plug",
    group: "gateway",
    load: async () => (await import("./pages/channels.tsx")).ChannelsPage,
  },
  {
    path: "tasks",
    also: ["cron"],
    title: "Tasks",
    icon: "clock",
    group: "gateway",
    load: async () => (await import("./pages/tasks.tsx")).TasksPage,
  },
  {
    path: "services",
    title: "Services",
    icon: "globe",
    group: "gateway",
    load: async () => (await import("./pages/services.tsx")).ServicesPage,
  },
  {
    path: "activity",
    title: "Activity",
    icon: "activity",
    group: "gateway",
    load: async () => (await import("./pages/activity.tsx")).ActivityPage,
  },
  {
    path: "usage",
    title: "Usage",
    icon: "chart",
    group: "gateway",
    load: async () => (await import("./pages/usage.tsx")).UsagePage,
  },
  {
    path: "logs",
    title: "Logs",
    icon: "logs",
    group: "gateway",
    load: async () => (await import("./pages/logs.tsx")).LogsPage,
  },
  {
    path: "devices",
    title: "Devices",
    icon: "devices",
    group: "gateway",
    waiting: ({ pairing }) => pairing.value.length,
    load: async () => (await import("./pages/devices.tsx")).DevicesPage,
  },
  {
    path: "nodes",
    title: "Nodes",
    icon: "nodes",
    group: "gateway",
    load: async () => (await import("./pages/nodes.tsx")).NodesPage,
  },
  {
    path: "config",
    title: "Config",
    icon: "sliders",
    group: "gateway",
    load: async () => (await import("./pages/config.tsx")).ConfigPage,
  },
  {
    path: "debug",
    title: "Debug",
    icon: "bug",
    group: "gateway",
    load: async () => (await import("./pages/debug.tsx")).DebugPage,
  },
]

export const pageAt = (path: string) =>
  pages.find((page) => page.path === path || page.also?.includes(path))
