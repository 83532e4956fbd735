/** What the gateway counts of itself, for Prometheus. */
import { agentEvent, chatEvent } from "../agent/events.ts"
import { Turns } from "../agent/turns.ts"
import { Paths } from "../config/paths.ts"
import { Bus } from "../kernel/event.ts"
import { Counts, counter, gauge, histogram } from "../kernel/metric.ts"
import { service, type Services } from "../kernel/service.ts"
import { Sessions } from "../sessions/session.ts"
import { Disk } from "../store/disk.ts"
import { Toolbox } from "../tools/toolbox.ts"

/** What only the open port knows. */
export interface PortFacts {
  version: string
  startedAt: number
  /** Connections let in, by role. */
  connections(): readonly { role: string; count: number }[]
  lagMs(): number
}
export const PortFacts = service<PortFacts>("port facts")

export const rpcCalls = counter({
  name: "fased_rpc_calls_total",
  help: "Calls by method and outcome.",
  labels: ["method", "outcome"],
})
export const httpRequests = counter({
  name: "fased_http_requests_total",
  help: "HTTP requests to declared routes, by route and status.",
  labels: ["route", "status"],
})
export const httpSeconds = histogram({
  name: "fased_http_request_seconds",
  help: "How long HTTP requests took until their answer began.",
  labels: ["route"],
  buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60],
})
const turns = counter({
  name: "fased_turns_total",
  help: "Turns by how they ended.",
  labels: ["outcome"],
})
const turnSeconds = histogram({
  name: "fased_turn_seconds",
  help: "How long turns took, model and tools included.",
  labels: [],
  buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
})
const toolCalls = counter({
  name: "fased_tool_calls_total",
  help: "Tool calls by tool and outcome.",
  labels: ["tool", "outcome"],
})

const facts = { facts: PortFacts }

export const metrics = [
  gauge({
    name: "fased_build_info",
    help: "Always 1; the labels say what runs.",
    labels: ["version", "bun"],
    needs: facts,
    read: ({ facts }) => [{ labels: [facts.version, Bun.version], value: 1 }],
  }),
  gauge({
    name: "fased_start_time_seconds",
    help: "When the gateway was started.",
    needs: facts,
    read: ({ facts }) => facts.startedAt / 1000,
  }),
  gauge({
    name: "process_resident_memory_bytes",
    help: "Memory of the process.",
    read: () => process.memoryUsage.rss(),
  }),
  gauge({
    name: "process_cpu_seconds",
    help: "Processor time used since the start.",
    read: () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1_000_000
    },
  }),
  gauge({
    name: "fased_event_loop_lag_seconds",
    help: "Worst lateness of the event loop in the last 15 seconds.",
    needs: facts,
    read: ({ facts }) => facts.lagMs() / 1000,
  }),
  gauge({
    name: "fased_connections",
    help: "Open connections that were let in.",
    labels: ["role"],
    needs: facts,
    read: ({ facts }) =>
      facts.connections().map(({ role, count }) => ({ labels: [role], value: count })),
  }),
  gauge({
    name: "fased_turns_active",
    help: "Turns that run or wait for their place.",
    needs: { turns: Turns },
    read: ({ turns }) => turns.active,
  }),
  gauge({
    name: "fased_turns_stuck",
    help: "Turns that have shown no progress for too long.",
    needs: { turns: Turns },
    read: ({ turns }) => turns.stuck.length,
  }),
  gauge({
    name: "fased_sessions",
    help: "Sessions kept.",
    needs: { sessions: Sessions },
    read: ({ sessions }) => sessions.count(),
  }),
  gauge({
    name: "fased_disk_free_bytes",
    help: "Room left where the state lies.",
    needs: { disk: Disk, paths: Paths },
    read: ({ disk, paths }) => disk.free(paths.state),
  }),
  rpcCalls,
  httpRequests,
  httpSeconds,
  turns,
  turnSeconds,
  toolCalls,
] as const

/** Counts what the events of turns say. */
export const countTurns = (services: Services) => {
  const counts = services.get(Counts)
  /** What a model makes up is no name to count under. */
  const known = (name: unknown) =>
    services.get(Toolbox).all.find((tool) => tool.name === name)?.name ?? "unknown"
  return services.get(Bus).on((kind, payload) => {
    if (kind === chatEvent) {
      const { state } = payload as { state: string }
      if (state !== "delta") counts.add(turns, [state])
      return
    }
    if (kind !== agentEvent) return
    const { stream, data } = payload as { stream: string; data: Record<string, unknown> }
    if (stream === "tool" && data.phase === "result")
      counts.add(toolCalls, [known(data.name), data.isError ? "error" : "ok"])
    if (stream === "lifecycle" && typeof data.endedAt === "number")
      counts.took(turnSeconds, [], (data.endedAt - Number(data.startedAt)) / 1000)
  })
}
