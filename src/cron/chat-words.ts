/** What people say of a task in a chat, read as the task it means. */
import type { CommandContext } from "../kernel/command.ts"
import { badSpan, nothingAsked } from "./faults.ts"
import type { Job, NewJob, Schedule } from "./job.ts"
import { spanOf } from "./moment.ts"
import { type JobPatch, readTask } from "./plan.ts"

type Place = Pick<CommandContext, "agentId" | "sessionKey"> & { now: number }

/** The first word, and what follows it. */
export const split = (text: string) => {
  const [, word = "", rest = ""] = /^(\S*)\s*([^]*)$/.exec(text.trim()) ?? []
  return { word, rest: rest.trim() }
}

/**
 * `every 2h mail: Any new mail?`, `in 20m Call Ada`, `"0 9 * * 1-5" plan: What is on?`, each with words
 * such as `--max-runs-hour 3` anywhere behind the time.
 */
export const asked = (text: string, { agentId, sessionKey, now }: Place): NewJob => {
  const { schedule, rest } = whenIn(text, now)
  const { model, policy, words } = wishesIn(rest)
  const named = /^([^\s:][^:\n]{0,60}):\s+([^]+)$/.exec(words)
  const prompt = (named?.[2] ?? words).trim()
  if (!prompt) throw nothingAsked()
  const isReminder = schedule.kind === "at"
  return readTask({
    name: named?.[1] ?? prompt.slice(0, 40).toWellFormed(),
    agentId,
    sessionKey,
    schedule,
    ...(isReminder
      ? { sessionTarget: "main", payload: { kind: "systemEvent", text: prompt } }
      : { sessionTarget: "isolated", payload: { kind: "agentTurn", message: prompt, model } }),
    ...(Object.keys(policy).length && { executionPolicy: policy }),
  })
}

/** Another time, something else to do, other limits, or that its results come here. */
export const changed = (text: string, { payload }: Job, { sessionKey, now }: Place): JobPatch => {
  if (/^(?:send )?here$/i.test(text.trim()))
    return { sessionKey, delivery: { mode: "announce", channel: null, to: null, accountId: null } }
  if (/^stop after success$/i.test(text.trim())) return { executionPolicy: { stopOnSuccess: true } }
  const { model, policy, words } = wishesIn(text)
  const { schedule, rest } = words ? whenIn(words, now) : { rest: "" }
  const prompt = rest.trim()
  const said = {
    ...(prompt && (payload.kind === "systemEvent" ? { text: prompt } : { message: prompt })),
    ...(model !== undefined && { model }),
  }
  return {
    ...(schedule && { schedule }),
    ...(Object.keys(said).length && { payload: said }),
    ...(Object.keys(policy).length && { executionPolicy: policy }),
  }
}

/** Words of a policy, by the names the command line has for them. */
const text = (value: string) => value
const list = (value: string) => value.split(",").map((name) => name.trim())
const policyWords: Readonly<
  Record<string, readonly [name: string, read: (value: string) => unknown]>
> = {
  objective: ["objective", text],
  success: ["success", text],
  tools: ["tools", list],
  skills: ["skills", list],
  "max-runs-hour": ["maxRunsPerHour", Number],
  "max-tokens": ["maxTokens", Number],
  "max-cost": ["maxCost", Number],
  "max-total-runs": ["maxTotalRuns", Number],
  "max-successes": ["maxSuccesses", Number],
  "stop-text": ["stopText", text],
}

/** Takes the wishes out of what is said; whatever else begins with two dashes is part of the prompt. */
const wishesIn = (said: string) => {
  const policy: Record<string, unknown> = {}
  let model: string | undefined
  const words = said.replace(
    /(^|\s)--([a-z-]+)(?:\s+(?:"([^"]*)"|((?!--)\S+)))?/g,
    (whole, before: string, flag: string, quoted?: string, plain?: string) => {
      if (flag === "stop-on-success") {
        policy.stopOnSuccess = true
        return whole.slice(`${before}--${flag}`.length)
      }
      const value = quoted ?? plain
      const known = policyWords[flag]
      if (value === undefined || (!known && flag !== "model")) return whole
      if (known) policy[known[0]] = value === "none" ? null : known[1](value)
      else model = value
      return ""
    },
  )
  return { policy, model, words: words.trim() }
}

const leastMs = 1000
const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
const natural: Readonly<Record<string, string>> = {
  hourly: "0 * * * *",
  daily: "0 9 * * *",
  weekly: "0 9 * * 1",
}

const whenIn = (text: string, now: number): { schedule: Schedule; rest: string } => {
  const [, quoted, behind = ""] = /^"([^"]+)"\s*([^]*)$/.exec(text) ?? []
  if (quoted) return { schedule: { kind: "cron", expr: quoted }, rest: behind }
  const { word, rest } = split(text)
  const first = word.toLowerCase()
  if (natural[first]) return { schedule: { kind: "cron", expr: natural[first] }, rest }
  const { word: span, rest: after } = split(rest)
  const day = days.indexOf(span.toLowerCase())
  if (first === "every" && day >= 0)
    return { schedule: { kind: "cron", expr: `0 9 * * ${day}` }, rest: after }
  const ms = spanOf(span)
  const least = first === "every" ? leastMs : 0
  if (ms === undefined || ms < least || (first !== "every" && first !== "in"))
    throw badSpan({ text: `${word} ${span}`.trim() })
  return first === "in"
    ? { schedule: { kind: "at", at: new Date(now + ms).toISOString() }, rest: after }
    : { schedule: { kind: "every", everyMs: ms }, rest: after }
}
