import { join } from "node:path"
import * as z from "zod"
import type { Log } from "../kernel/log.ts"
import { type Wake, type Work, wake, work } from "./act.ts"
import { type Mapping, readMapping } from "./config.ts"
import { deliveryOf } from "./delivery.ts"
import { badPayload, transformFailed } from "./faults.ts"
import type { HookContext, Shop } from "./needs.ts"
import { type Facts, render } from "./template.ts"
import { runTransform } from "./transform.ts"

/** Longest a caller with `?wait` is kept waiting. */
const mostWaitSeconds = 120

/** The mapping as its transform leaves it; null when that skips the call. */
export const transformed = async (
  mapping: Mapping,
  facts: Facts,
  { hooks, paths, clock, log }: Shop,
) => {
  if (!mapping.transform) return mapping
  const call = {
    path: facts.path,
    payload: facts.payload,
    headers: Object.fromEntries(facts.headers),
    query: Object.fromEntries(facts.query),
  }
  const folder = hooks.transformsDir ?? join(paths.state, "hooks", "transforms")
  const patch = await runTransform(mapping.transform, call, { folder, clock, log })
  return patch && checked({ ...mapping, ...patch }, mapping.transform.module, log)
}

/** What code that people wrote made of a mapping is read as their config is. */
const checked = (changed: unknown, module: string, log: Log) => {
  const parsed = readMapping(changed)
  if (parsed.success) return parsed.data
  log.for("webhooks").error("transform gave what no mapping has", {
    module,
    problem: z.prettifyError(parsed.error),
  })
  throw transformFailed({ module })
}

/** What a mapping makes of a call: something to wake the main session with, or work for a turn. */
export const callFor = async (
  mapping: Mapping,
  facts: Facts,
  { id, shop }: { id: string; shop: Shop },
): Promise<Wake | (Work & { note?: string })> => {
  const name = mapping.name ?? facts.path
  const { agentId, model, thinking, timeoutSeconds, allowUnsafeExternalContent: unsafe } = mapping
  const { deliver, channel, to } = mapping
  const text = (template = "{{payload}}") => {
    const written = render(template, facts).trim()
    if (written) return written
    throw badPayload({ problem: "nothing is left of it for the agent to read" })
  }
  if (mapping.action === "wake") {
    const mode = mapping.wakeMode
    return { text: text(mapping.textTemplate), mode, id, name, unsafe, agentId }
  }
  const key = mapping.sessionKey && render(mapping.sessionKey, facts).replace(/[^\w:.@+-]+/g, "-")
  const session = { key, from: "mapping" as const }
  const message = text(mapping.messageTemplate)
  return {
    message,
    id,
    name,
    unsafe,
    agentId,
    session,
    model,
    thinking,
    timeoutSeconds,
    ...(await deliveryOf({ deliver, channel, to, agentId }, shop)),
  }
}

export const mapped = async (
  mapping: Mapping,
  facts: Facts,
  { id, context }: { id: string; context: HookContext },
) => {
  const call = await callFor(mapping, facts, { id, shop: context })
  if (!("mode" in call)) return started(context, call)
  return Response.json({ ok: true, mode: call.mode, ...(await wake(call, context)) })
}

/** 202 as soon as it is kept; with `?wait` the answer, if it comes in time. */
export const started = async (
  context: HookContext,
  { note, ...call }: Work & { note?: string },
) => {
  const { runId, sessionKey, outcome } = await work(call, context)
  const begun = () => Response.json({ ok: true, runId, sessionKey, note }, { status: 202 })
  const wait = new URL(context.request.url).searchParams.get("wait")
  if (wait === null || wait === "false" || wait === "0") return begun()
  context.hold()
  const seconds = Math.min(Number(wait) || mostWaitSeconds, mostWaitSeconds)
  const late = Promise.withResolvers<null>()
  const cancel = context.clock.after(seconds * 1000, () => late.resolve(null))
  const ended = await Promise.race([outcome, late.promise]).finally(cancel)
  if (!ended) return begun()
  const { status, text: reply, error } = ended
  return Response.json({
    ok: status === "ok",
    runId,
    sessionKey,
    status,
    reply,
    ...(error && { error: { message: error.message } }),
    note,
  })
}
