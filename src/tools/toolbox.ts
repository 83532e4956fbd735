import * as z from "zod"
import type { ProfileName } from "../agents/tools.ts"
import { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import { Log } from "../kernel/log.ts"
import { service, type Services } from "../kernel/service.ts"
import type { AnyTool, Standing, ToolContext, ToolSource } from "../kernel/tool.ts"
import type { ToolPart } from "../kernel/tool-content.ts"
import { tools as section } from "./config.ts"
import {
  badArguments,
  deniedTool,
  goingRound,
  toolStopped,
  toolTimeout,
  unknownTool,
} from "./faults.ts"
import { createLoopWatches } from "./loops.ts"
import { type Hidden, profileFor } from "./policy.ts"
import { bounded, readable } from "./result.ts"
import { adopted } from "./sources.ts"
import { createPolicies } from "./standing.ts"

/** A tool as a model is told of it. */
export interface Offer {
  name: string
  label: string
  description: string
  /** JSON Schema of its arguments. */
  parameters: Readonly<Record<string, unknown>>
}

/**
 * `text` is what the model reads; `content` is there when pictures belong to it, and begins with
 * that text. A refusal or failure names itself by `code`.
 */
export type ToolResult =
  | { ok: true; text: string; value: unknown; content?: readonly ToolPart[] }
  | { ok: false; text: string; code: string }

export interface Toolbox {
  /** Every tool there is, allowed or not. */
  readonly all: readonly AnyTool[]
  offered(standing: Standing): readonly Offer[]
  /** The profile a standing starts from, and each tool with what hides it; null for what it may use. */
  judged(standing: Standing): {
    profile: ProfileName
    tools: readonly { tool: AnyTool; hidden: Hidden | null }[]
  }
  /** Takes in the tools of an MCP server or a plugin, in place of those it gave before. */
  adopt(source: ToolSource, tools: readonly AnyTool[]): void
  /** Runs one call and never throws. `args` is an object, or the JSON text a model wrote. */
  run(name: string, args: unknown, call: ToolContext): Promise<ToolResult>
}
export const Toolbox = service<Toolbox>("toolbox")

const usualDeadlineMs = 120_000

export const createToolbox = (builtIn: readonly AnyTool[], services: Services): Toolbox => {
  const log = services.get(Log).for("tools")
  const offers = new WeakMap<AnyTool, Offer>()
  const policies = createPolicies(services)
  const watches = createLoopWatches()
  const sources = new Map<string, readonly AnyTool[]>()
  let all = builtIn
  let byName = new Map(all.map((tool) => [tool.name, tool]))

  const unavailable = (tool: AnyTool, standing: Standing): Hidden | null => {
    const ready = tool.available?.(Object.assign(services.supply(tool.needs), standing)) ?? true
    const why = ready || "What it needs is not set up."
    return why === true ? null : { stage: "unavailable", why }
  }

  const judged: Toolbox["judged"] = (standing) => {
    const { policy, chain } = policies(standing)
    return {
      profile: profileFor(chain),
      tools: all.map((tool) => ({ tool, hidden: policy(tool) ?? unavailable(tool, standing) })),
    }
  }

  const offered = (standing: Standing) => {
    const { policy } = policies(standing)
    return all
      .filter((tool) => !policy(tool) && !unavailable(tool, standing))
      .map((tool) => offers.getOrInsertComputed(tool, offer))
  }

  const attempt = async (name: string, args: unknown, call: ToolContext) => {
    const tool = byName.get(name)
    if (!tool)
      throw unknownTool({ name: name.slice(0, 80), offered: offered(call).map((o) => o.name) })
    const { policy } = policies(call)
    const hidden = policy(tool) ?? unavailable(tool, call)
    if (hidden) throw deniedTool({ name, why: hidden.why })
    const params = parseArguments(tool, args)
    const watch = watches(call.runId, services.get(section).loopDetection)
    const seen = watch?.begin(name, params)
    if (seen?.refuse) throw goingRound({ why: seen.refuse })
    const value = await within(tool, call.signal, services.get(Clock), async (signal) =>
      tool.run(params, Object.assign(services.supply(tool.needs), call, { signal })),
    )
    const read = readable(value)
    seen?.done(read.text)
    return { value, ...(seen?.note ? noted(read, seen.note) : read) }
  }

  return {
    get all() {
      return all
    },
    offered,
    judged,
    adopt(source, tools) {
      const key = `${source.kind}:${source.id}`
      sources.delete(key)
      const others = [...builtIn, ...[...sources.values()].flat()]
      if (tools.length) sources.set(key, adopted(source, tools, others))
      all = [...builtIn, ...[...sources.values()].flat()]
      byName = new Map(all.map((tool) => [tool.name, tool]))
    },
    async run(name, args, call) {
      const clock = services.get(Clock)
      const started = clock.now()
      try {
        const answer = await attempt(name, args, call)
        log.debug("tool finished", {
          tool: name,
          session: call.sessionKey,
          ms: clock.now() - started,
        })
        return { ok: true, ...answer }
      } catch (error) {
        if (error instanceof Fault) {
          log.debug("tool refused", { tool: name, session: call.sessionKey, code: error.code })
          return { ok: false, code: error.code, text: bounded(sentence(error)) }
        }
        log.error("tool failed", { tool: name, session: call.sessionKey, error })
        return {
          ok: false,
          code: "internal",
          text: `${name} failed unexpectedly. The log has the details.`,
        }
      }
    },
  }
}

const noted = ({ text, content }: ReturnType<typeof readable>, note: string) => {
  const whole = `${text}\n${note}`
  return {
    text: whole,
    ...(content && { content: [{ type: "text" as const, text: whole }, ...content.slice(1)] }),
  }
}

const offer = ({ name, label, description, params, parameters }: AnyTool): Offer => {
  if (parameters) return { name, label, description, parameters }
  const { $schema: _, ...made } = z.toJSONSchema(params, { io: "input" })
  return { name, label, description, parameters: made }
}

const parseArguments = ({ name, params }: AnyTool, args: unknown) => {
  const given = typeof args === "string" ? parseJson(name, args) : args
  const parsed = params.safeParse(given ?? {})
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }: z.core.$ZodIssue) =>
      path.length ? `${path.join(".")}: ${message}` : message,
    )
  throw badArguments({ name, problems: problems.join("; ") })
}

const parseJson = (name: string, text: string): unknown => {
  if (!text.trim()) return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badArguments({ name, problems: "they are not valid JSON" }, error)
  }
}

/** Runs `work` until it is done, the turn ends or its time is up, whichever comes first. */
const within = async <T>(
  { name, deadlineMs = usualDeadlineMs }: AnyTool,
  turn: AbortSignal,
  clock: Clock,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const stop = new AbortController()
  const stopped = Promise.withResolvers<never>()
  const end = (why: Error) => {
    stopped.reject(why)
    stop.abort(why)
  }
  const turnEnded = () => end(toolStopped({ name }))
  if (turn.aborted) throw toolStopped({ name })
  turn.addEventListener("abort", turnEnded, { once: true })
  const cancel =
    deadlineMs === "own"
      ? () => {}
      : clock.after(deadlineMs, () => end(toolTimeout({ name, seconds: deadlineMs / 1000 })))
  try {
    return await Promise.race([work(stop.signal), stopped.promise])
  } finally {
    cancel()
    turn.removeEventListener("abort", turnEnded)
  }
}

const sentence = (error: Fault) => [error.message, error.hint].filter(Boolean).join(" ")
