import { createHash } from "node:crypto"
import type { LoopDetection } from "./loop-settings.ts"

interface Made {
  /** Tool and arguments. */
  call: string
  /** What came of it; undefined while it runs. */
  result?: string
}

/** `note` goes to the model with the result, `refuse` in its place. */
export type Judgement = { note?: string; refuse?: string }

/** Actions that only look whether something has moved on. */
const waits = (tool: string, args: unknown) => {
  const { action } = (args ?? {}) as { action?: unknown }
  return (
    (tool === "process" && (action === "poll" || action === "log" || action === "list")) ||
    (tool === "subagents" && action !== "kill" && action !== "send" && action !== "steer") ||
    tool === "session_status" ||
    tool === "sessions_list"
  )
}

/** Watches the calls of one turn for circles (contract 18 §12). */
export class LoopWatch {
  readonly #made: Made[] = []
  #broken = false

  constructor(private readonly settings: LoopDetection) {}

  /** Judges a call before it is made. `done` is to be told what came of it. */
  begin(tool: string, args: unknown): Judgement & { done(result: string): void } {
    const { historySize, globalCircuitBreakerThreshold: breaker } = this.settings
    const made: Made = { call: digest(`${tool} ${JSON.stringify(args)}`) }
    const judged = this.#judge(tool, args, made.call)
    this.#made.push(made)
    if (judged.refuse) made.result = this.#lastResult(made.call)
    if (this.#made.length > Math.max(historySize, breaker)) this.#made.shift()
    return { ...judged, done: (result) => void (made.result = digest(result)) }
  }

  #judge(tool: string, args: unknown, call: string): Judgement {
    const { detectors, warningThreshold, criticalThreshold, globalCircuitBreakerThreshold } =
      this.settings
    const idle = this.#idle(call)
    this.#broken ||= idle >= globalCircuitBreakerThreshold
    if (this.#broken)
      return {
        refuse:
          "This turn keeps making the same call, so it gets no more tools. Answer with what you have, and say what is in the way.",
      }
    // The same call again may be right while its results change; then it is only remarked on.
    const circles = [
      { on: detectors.genericRepeat, what: "that very call", told: this.#count(call), grave: idle },
      {
        on: detectors.knownPollNoProgress && waits(tool, args),
        what: "that very look, and nothing has moved on",
        told: idle,
        grave: idle,
      },
    ]
    if (detectors.pingPong) {
      const turns = this.#takingTurns(call)
      circles.push({
        on: true,
        what: "one of two calls that take turns and change nothing",
        told: turns,
        grave: turns,
      })
    }
    const found = circles.filter(({ on }) => on)
    const grave = found.find(({ grave }) => grave >= criticalThreshold)
    if (grave)
      return {
        refuse: `Not done: you made ${grave.what} ${grave.grave} times before. Do something else, or stop and say what is in the way.`,
      }
    const told = found.find(({ told }) => told >= warningThreshold)
    return told
      ? {
          note: `[you made ${told.what} ${told.told} times before; change course or finish]`,
        }
      : {}
  }

  /** How often the call was made. */
  #count(call: string) {
    return this.#made.filter((made) => made.call === call).length
  }

  #lastResult(call: string) {
    return this.#made.findLast((made) => made.call === call && made.result)?.result
  }

  /** How often in a row, other calls aside, it gave what it gave last. */
  #idle(call: string) {
    const same = this.#made.filter((made) => made.call === call)
    const last = same.at(-1)?.result
    const changed = same.findLastIndex(({ result }) => result !== last)
    return last === undefined ? 0 : same.length - 1 - changed
  }

  /** How many calls before this one went back and forth between two that give the same each time. */
  #takingTurns(call: string) {
    const other = this.#made.at(-1)
    if (!other || other.call === call) return 0
    const seen = new Map<string, string | undefined>()
    let count = 0
    for (const made of this.#made.toReversed()) {
      if (made.call !== (count % 2 ? call : other.call)) break
      if (seen.has(made.call) && seen.get(made.call) !== made.result) break
      seen.set(made.call, made.result)
      count++
    }
    return count > 1 ? count : 0
  }
}

const digest = (text: string) => createHash("sha1").update(text).digest("base64")

/** Turns watched at the same time; the one that called longest ago is forgotten first. */
const mostTurns = 256

/** The watch of each turn. */
export const createLoopWatches = () => {
  const watches = new Map<string, { settings: LoopDetection; watch: LoopWatch }>()
  return (runId: string | undefined, settings: LoopDetection): LoopWatch | undefined => {
    if (!runId || !settings.enabled) return undefined
    const known = watches.get(runId)
    const kept = known?.settings === settings ? known : { settings, watch: new LoopWatch(settings) }
    watches.delete(runId)
    watches.set(runId, kept)
    if (watches.size > mostTurns) watches.delete(watches.keys().next().value!)
    return kept.watch
  }
}
