import { z } from "zod"
import { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import { Log } from "../kernel/log.ts"
import { service, type Services } from "../kernel/service.ts"
import type { AnyTool, Standing, ToolContext } from "../kernel/tool.ts"
import { tools as section } from "./config.ts"
import { badArguments, deniedTool, toolStopped, toolTimeout, unknownTool } from "./faults.ts"
import { policy, type Rules } from "./policy.ts"

/** A tool as a model is told of it. */
export interface Offer {
  name: string
  label: string
  description: string
  /** JSON Schema of its arguments. */
  parameters: Record<string, unknown>
}

/** `text` is what the model reads. A refusal or failure names itself by `code`. */
export type ToolResult =
  { ok: true; text: string; value: unknown } | { ok: false; text: string; code: string }

export interface Toolbox {
  /** Every tool in the binary, allowed or not. */
  readonly all: readonly AnyTool[]
  offered(standing: Standing): readonly Offer[]
  /** Runs one call and never throws. `args` is an object, or the JSON text a model wrote. */
  run(name: string, args: unknown, call: ToolContext): Promise<ToolResult>
}
export const Toolbox = service<Toolbox>("toolbox")

const maxText = 60_000
const deadlineMs = 120_000

export const createToolbox = (all: readonly AnyTool[], services: Services): Toolbox => {
  const log = services.get(Log).for("tools")
  const byName = new Map(all.map((tool) => [tool.name, tool]))
  const offers = new WeakMap<AnyTool, Offer>()
  const policies = new WeakMap<
    Rules,
    Partial<Record<"owner" | "guest", ReturnType<typeof policy>>>
  >()

  /** The policy as compiled for this reading of the config. */
  const allowed = ({ owner }: Standing) => {
    const rules = services.get(section)
    const compiled = policies.getOrInsertComputed(rules, () => ({}))
    return (compiled[owner ? "owner" : "guest"] ??= policy(rules, { owner }))
  }

  const offered = (standing: Standing) =>
    all.filter(allowed(standing)).map((tool) => offers.getOrInsertComputed(tool, offer))

  const attempt = async (name: string, args: unknown, call: ToolContext) => {
    const tool = byName.get(name)
    if (!tool)
      throw unknownTool({ name: name.slice(0, 80), offered: offered(call).map((o) => o.name) })
    if (!allowed(call)(tool)) throw deniedTool({ name })
    const params = parseArguments(tool, args)
    return within(tool.name, call.signal, services.get(Clock), async (signal) =>
      tool.run(params, Object.assign(services.supply(tool.needs), call, { signal })),
    )
  }

  return {
    all,
    offered,
    async run(name, args, call) {
      const clock = services.get(Clock)
      const started = clock.now()
      try {
        const value = await attempt(name, args, call)
        log.debug("tool finished", {
          tool: name,
          session: call.sessionKey,
          ms: clock.now() - started,
        })
        return { ok: true, value, text: readable(value) }
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

const offer = (tool: AnyTool): Offer => {
  const { $schema: _, ...parameters } = z.toJSONSchema(tool.params, { io: "input" })
  return { name: tool.name, label: tool.label, description: tool.description, parameters }
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
  name: string,
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
  const cancel = clock.after(deadlineMs, () =>
    end(toolTimeout({ name, seconds: deadlineMs / 1000 })),
  )
  try {
    return await Promise.race([work(stop.signal), stopped.promise])
  } finally {
    cancel()
    turn.removeEventListener("abort", turnEnded)
  }
}

const sentence = (error: Fault) => [error.message, error.hint].filter(Boolean).join(" ")

const readable = (value: unknown) =>
  bounded(typeof value === "string" ? value : (JSON.stringify(value) ?? "Done."))

const bounded = (text: string) =>
  text.length <= maxText
    ? text
    : `${text.slice(0, maxText).toWellFormed()}\n[cut: ${text.length - maxText} more characters; ask for less at once]`
