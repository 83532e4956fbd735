import * as z from "zod"
import * as changes from "../config/change-methods.ts"
import { mergeEdits } from "../config/merge-patch.ts"
import * as reading from "../config/methods.ts"
import { Reloader } from "../config/reloader.ts"
import { type ConfigState, Sections, Settings } from "../config/settings.ts"
import { Clock } from "../kernel/clock.ts"
import { type Caller, Prepared } from "../kernel/method.ts"
import { Restarts } from "../kernel/restart.ts"
import type { Supplied } from "../kernel/service.ts"
import { tool, type ToolContext } from "../kernel/tool.ts"
import { Audit } from "../security/trail.ts"
import { Updates } from "../update/updates.ts"
import { closedChanges } from "./agent-changes.ts"
import { nothingGiven, operatorsSettings } from "./faults.ts"
import { GatewayFacts } from "./facts.ts"

const needs = {
  facts: GatewayFacts,
  settings: Settings,
  sections: Sections,
  reloader: Reloader,
  restarts: Restarts,
  updates: Updates,
  audit: Audit,
  clock: Clock,
}
type Context = Supplied<typeof needs> & ToolContext

const params = z.object({
  action: z
    .enum([
      "status",
      "restart",
      "config.get",
      "config.schema",
      "config.schema.lookup",
      "config.patch",
      "config.apply",
      "update.run",
    ])
    .default("status")
    .describe("What to do."),
  path: reading.lookup.params.shape.path.default("."),
  raw: z.string().min(1).max(1_000_000).optional().describe("The patch, or the new file."),
  baseHash: z.string().optional().describe("hash of the config.get that raw was made from."),
  note: z.string().max(2000).optional().describe("What to tell you once it is back."),
  delayMs: z.int().min(0).max(600_000).optional().describe("Milliseconds before the restart."),
})

export const gateway = tool({
  name: "gateway",
  group: "automation",
  label: "Gateway",
  description: `The fased gateway you run in. Actions:
status: version, address, files, model, channels, and what needs attention with the command that helps.
config.get: the settings, without secrets. config.schema.lookup: what is allowed at one place (path); config.schema: the whole schema.
config.patch: merge changes (raw, JSON5) and restart. config.apply: replace the whole file (raw, with baseHash of config.get) and restart. You may change how agents answer; what agents may do, who may reach them and what is trusted is the operator's to change.
restart, update.run: restart, or update and restart; note is told to you here afterwards.
Restart, change and update only when the operator asked for it.`,
  params,
  ownerOnly: true,
  needs,
  async run(wishes, context) {
    const { facts, restarts, updates, sessionKey } = context
    const { action, path, note, delayMs } = wishes
    switch (action) {
      case "status":
        return facts.read()
      case "config.get":
        return text(await reading.get.handle({}, calling(context)))
      case "config.schema":
        return text(await reading.schema.handle({}, calling(context)))
      case "config.schema.lookup":
        return text(await reading.lookup.handle({ path }, calling(context)))
      case "config.patch":
      case "config.apply":
        return recorded(action, context, () => change(action, wishes, context))
      case "restart":
        return recorded(action, context, () =>
          restarts.request({
            reason: `asked for by agent ${context.agentId}`,
            delayMs,
            sessionKey,
            note,
          }),
        )
      case "update.run":
        return recorded(action, context, () =>
          updates.run({ sessionKey, note, restartDelayMs: delayMs }),
        )
    }
  },
})

/** Answers that are JSON text already stay so. */
const text = (answer: unknown) => (answer instanceof Prepared ? answer.json : answer)

/** The methods are called as the operator who started the turn; nobody else has this tool. */
const calling = (context: Context) => {
  const caller: Caller = {
    connection: context.runId ?? "tool",
    role: "operator",
    scopes: new Set(["admin"]),
    clientId: `agent ${context.agentId}`,
    clientMode: "agent",
  }
  return Object.assign(Object.create(context) as Context, { caller, accept: () => {} })
}

const recorded = async <T>(what: string, { audit, agentId }: Context, work: () => Promise<T>) => {
  const entry = {
    what: `gateway tool: ${what}`,
    who: { role: "operator", client: `agent ${agentId}` },
  }
  try {
    const done = await work()
    audit.record({ ...entry, verdict: "allow" })
    return done
  } catch (error) {
    const { code } = error as { code?: string }
    audit.record({ ...entry, verdict: "deny", reason: code ?? "internal" })
    throw error
  }
}

/** Tried out first: only a change whose every effect is an agent's to make is made at all. */
const change = async (
  action: "config.patch" | "config.apply",
  { raw, baseHash, note, delayMs }: z.infer<typeof params>,
  context: Context,
) => {
  const { settings, sessionKey } = context
  if (raw === undefined) throw nothingGiven({ action })
  const before = await settings.read()
  // Bound to that reading: what is judged is what is written.
  const base = baseHash ?? (action === "config.patch" ? before.hash : undefined)
  const after = await tried(action, raw, before, settings)
  const closed = closedChanges(before.composed ?? {}, after.composed ?? {})
  if (closed.length) throw operatorsSettings({ settings: closed })
  const method = action === "config.patch" ? changes.patch : changes.apply
  return method.handle(
    { raw, baseHash: base, sessionKey, note, restartDelayMs: delayMs },
    calling(context),
  )
}

const tried = (
  action: "config.patch" | "config.apply",
  raw: string,
  { hash: baseHash }: ConfigState,
  settings: Settings,
): Promise<ConfigState> => {
  const options = { baseHash, afar: true, dryRun: true }
  if (action === "config.apply") return settings.replace(raw, options)
  const patch = changes.parsePatch(raw)
  return settings.change((now) => mergeEdits(patch, now), options)
}
