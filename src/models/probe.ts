import type { Clock } from "../kernel/clock.ts"
import { Fault, toWireError } from "../kernel/fault.ts"
import { timedOut } from "./faults.ts"
import type { Models } from "./service.ts"
import { thinkingFor } from "./thinking.ts"

/** What came of one tiny call. */
export type Probe = { ref: string; ms: number } & (
  { ok: true } | { ok: false; code: string; message: string; next?: string }
)

export interface ProbeOptions {
  timeoutMs: number
  maxTokens: number
  /** Ends the call early. */
  signal?: AbortSignal
  /** Also whether it calls a tool when asked to. */
  tool?: boolean
}

/** Asks a model for one word, as a turn would. Never throws. */
export const probeModel = async (
  ref: string,
  { timeoutMs, maxTokens, signal, tool }: ProbeOptions,
  { models, clock }: { models: Pick<Models, "open" | "explain">; clock: Clock },
): Promise<Probe> => {
  const begun = clock.now()
  const gaveUp = new AbortController()
  let called = { provider: ref.split("/", 1)[0]!, model: ref.slice(ref.indexOf("/") + 1) }
  const stop = clock.after(timeoutMs, () =>
    gaveUp.abort(timedOut({ ...called, waitedMs: timeoutMs, started: false })),
  )
  const { promise: late, reject } = Promise.withResolvers<never>()
  const abortSignal = signal ? AbortSignal.any([signal, gaveUp.signal]) : gaveUp.signal
  abortSignal.addEventListener("abort", () => reject(abortSignal.reason), { once: true })
  const ask = async () => {
    const model = await models.open(ref)
    called = { provider: model.provider, model: model.model }
    const { stream } = await model.language.doStream({
      prompt: [{ role: "user", content: [{ type: "text", text: tool ? askForTool : askForWord }] }],
      maxOutputTokens: maxTokens,
      ...thinkingFor(model, "off"),
      ...(tool && { tools: [pingTool], toolChoice: { type: "auto" } }),
      abortSignal,
    })
    let used = false
    for await (const part of stream) {
      if (part.type === "error") throw part.error
      used ||= part.type === "tool-call"
    }
    return !tool || used
  }
  try {
    const asked = ask()
    // What fails after the time is up is of no interest any more.
    asked.catch(() => undefined)
    const ok = await Promise.race([asked, late])
    const ms = clock.now() - begun
    return ok ? { ref, ms, ok } : { ref, ms, ok, code: "models.no-tools", message: noTools(ref) }
  } catch (error) {
    const ms = clock.now() - begun
    const cause = error instanceof Fault ? error : models.explain(error, called)
    if (cause instanceof Fault)
      return { ref, ms, ok: false, code: cause.code, message: cause.message, next: cause.hint }
    return { ref, ms, ok: false, code: "internal", message: toWireError(cause).message }
  } finally {
    stop()
  }
}

const askForWord = "Answer with one word: ready"
const askForTool = "Call the tool ping now, with no words."
const noTools = (ref: string) => `${ref} answered in words where it was asked to call a tool.`

const pingTool = {
  type: "function" as const,
  name: "ping",
  description: "Answers pong.",
  inputSchema: { type: "object" as const, properties: {} },
}

/** Goes through a list with so many at a time; results keep its order. */
export const inTurns = async <T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const at = next++
      results[at] = await work(items[at]!)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return results
}
