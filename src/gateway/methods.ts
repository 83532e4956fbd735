import * as z from "zod"
import { reloadModes, type ReloadState } from "../config/reloader.ts"
import type { Clock } from "../kernel/clock.ts"
import { method, type Prepared } from "../kernel/method.ts"
import { preparedAnswers } from "../kernel/prepared.ts"
import { service } from "../kernel/service.ts"
import { Health, healthSnapshot } from "./health.ts"
import { Presence, presenceEntry } from "./presence.ts"

export const health = method({
  name: "health",
  scope: "read",
  summary: "How the gateway is: channels, agents, sessions.",
  params: () =>
    z.object({
      probe: z
        .boolean()
        .optional()
        .describe("Look anew instead of answering from the last second."),
    }),
  result: () => healthSnapshot(),
  example: {},
  needs: { health: Health },
  handle: ({ probe }, { health }) => health.prepared(probe),
})

const configShape = z.object({
  mode: z.enum(reloadModes),
  valid: z.boolean().describe("False while the file cannot be used and what it said before stays."),
  hash: z.string(),
  issues: z.array(z.object({ path: z.string(), message: z.string(), hint: z.string().optional() })),
  waits: z.array(z.string()).describe("Settings that count after a restart."),
  secrets: z.enum(["ok", "degraded"]),
  lastGoodAt: z
    .number()
    .optional()
    .describe("The file was broken at the start: this runs on the last good one, kept then."),
})

const statusResult = z.object({
  runtimeVersion: z.string(),
  pid: z.int(),
  uptimeMs: z.number(),
  url: z.string(),
  model: z.object({ default: z.string(), connected: z.array(z.string()) }),
  sessions: healthSnapshot().shape.sessions,
  connections: z.int(),
  turns: z.object({ active: z.int() }),
  channelSummary: z.array(z.string()),
  queuedSystemEvents: z.array(z.string()),
  processMemory: z.object({ rssBytes: z.int() }),
  eventLoopLagMs: z.number().describe("How late it was, at worst in the last seconds."),
  load: z.array(z.number()).describe("The machine's, of 1, 5 and 15 minutes."),
  config: configShape,
  restart: z.object({ reason: z.string(), at: z.number() }).nullable(),
  tailscale: z.object({
    state: z.enum(["off", "pending", "served", "failed"]),
    url: z.string().optional(),
    problem: z.string().optional(),
    next: z.string().optional(),
  }),
})

export const Status = service<{ prepared(): Promise<Prepared<z.infer<typeof statusResult>>> }>(
  "status",
)

export const status = method({
  name: "status",
  scope: "read",
  summary: "Version, uptime, model, sessions and load in one answer.",
  params: () => z.object({}),
  result: () => statusResult,
  example: {},
  needs: { status: Status },
  handle: (_, { status }) => status.prepared(),
})
export type StatusResult = z.infer<typeof statusResult>

export const systemPresence = method({
  name: "system-presence",
  scope: "read",
  summary: "Who is connected.",
  params: () => z.object({}),
  result: () => z.array(presenceEntry()),
  example: {},
  needs: { presence: Presence },
  handle: (_, { presence }) => presence.list(),
})

export const systemEvent = method({
  name: "system-event",
  scope: "admin",
  summary: "Report a machine's presence.",
  params: () =>
    presenceEntry()
      .omit({ ts: true })
      .extend({ text: z.string().min(1).max(2000).describe("One line about it.") }),
  result: () => z.object({ ok: z.literal(true) }),
  example: { text: "Node: laptop · mode ui", instanceId: "laptop" },
  emits: ["presence"],
  // Everyone is told each time.
  limit: { max: 600, windowMs: 60_000 },
  needs: { presence: Presence },
  handle(entry, { presence }) {
    presence.upsert(
      entry.deviceId || entry.instanceId || entry.host || entry.ip || entry.text,
      entry,
    )
    return { ok: true as const }
  },
})

/** The gateway's own key pair, as clients know it. */
export const Identity = service<{ deviceId: string; publicKey: string }>("gateway identity")

export const identity = method({
  name: "gateway.identity.get",
  scope: "read",
  summary: "The gateway's own device id and public key.",
  params: () => z.object({}),
  result: () => z.object({ deviceId: z.string(), publicKey: z.string() }),
  example: {},
  needs: { identity: Identity },
  handle: (_, { identity }) => identity,
})

/** How the config file is followed, as `status` shows it. */
export const configFacts = ({ issues, waits, ...state }: ReloadState) => ({
  ...state,
  issues: issues.map(({ path, message, hint }) => ({ path, message, hint })),
  waits: [...waits],
})

/** The status summary, remade when `stamp` is another, and else at most once a second. */
export const createStatus = (
  clock: Clock,
  stamp: () => unknown,
  read: () => Promise<StatusResult>,
) => {
  const answers = preparedAnswers<StatusResult>(clock, 1000)
  return { prepared: () => answers("", stamp(), async () => statusResult.parse(await read())) }
}
