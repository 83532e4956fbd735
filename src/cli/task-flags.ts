/** What the command line says of a task. */
import type { Schedule } from "../cron/job.ts"
import { atOf, spanOf } from "../cron/moment.ts"
import { span } from "./ago.ts"
import { usage } from "./faults.ts"

/** What may be said of a task when it is made or changed. */
export const taskFlags = {
  name: { type: "string", valueHint: "name", description: "What people call it" },
  description: { type: "string", valueHint: "text", description: "More about it" },
  at: { type: "string", valueHint: "when", description: "Once: a moment, or a span such as 20m" },
  every: { type: "string", valueHint: "span", description: "Again and again, such as every 2h" },
  cron: { type: "string", valueHint: "expr", description: 'By the calendar: "0 9 * * 1-5"' },
  tz: { type: "string", valueHint: "zone", description: "Time zone of --cron and --at" },
  stagger: { type: "string", valueHint: "span", description: "Spread runs of --cron over so long" },
  exact: { type: "boolean", description: "Do not spread runs of --cron" },
  message: { type: "string", valueHint: "text", description: "What the agent is asked" },
  "system-event": {
    type: "string",
    valueHint: "text",
    description: "What the main session is told",
  },
  session: {
    type: "string",
    valueHint: "which",
    description: "main, isolated (one for each run), or session:<key>, which goes on",
  },
  "session-key": { type: "string", valueHint: "key", description: "Whose people it is for" },
  agent: { type: "string", valueHint: "id", description: "Agent that works on it" },
  wake: {
    type: "enum",
    options: ["now", "next-heartbeat"] as string[],
    description: "When the main session is told",
  },
  announce: { type: "boolean", description: "Say the result to people" },
  deliver: { type: "boolean", description: "The same; --no-deliver keeps it in the log" },
  channel: { type: "string", valueHint: "id", description: "Chat network it is said on, or last" },
  to: { type: "string", valueHint: "whom", description: "Whom it is said to there" },
  account: { type: "string", valueHint: "id", description: "Account of the network" },
  webhook: { type: "string", valueHint: "url", description: "Post the result to this address" },
  "best-effort-deliver": { type: "boolean", description: "A failed delivery fails no run" },
  model: { type: "string", valueHint: "ref", description: "Model, as provider/model or an alias" },
  thinking: { type: "string", valueHint: "level", description: "How hard it should think" },
  "timeout-seconds": { type: "string", valueHint: "s", description: "Longest a run may take" },
  "light-context": { type: "boolean", description: "Without the workspace's files" },
  objective: { type: "string", valueHint: "text", description: "What it is for" },
  success: { type: "string", valueHint: "text", description: "When that is reached" },
  "stop-on-success": { type: "boolean", description: "Off once it is reached" },
  tools: { type: "string", valueHint: "a,b,…", description: "Of the agent's tools, only these" },
  skills: { type: "string", valueHint: "a,b,…", description: "Of its skills, only these" },
  "max-runs-hour": { type: "string", valueHint: "n", description: "Most runs in an hour" },
  "max-tokens": { type: "string", valueHint: "n", description: "Most tokens in 24 hours" },
  "max-cost": { type: "string", valueHint: "usd", description: "Most US dollars in 24 hours" },
  "max-total-runs": { type: "string", valueHint: "n", description: "Off after so many runs" },
  "max-successes": { type: "string", valueHint: "n", description: "Off after so many good ones" },
  "stop-text": { type: "string", valueHint: "text", description: "Off once a result says this" },
  missed: {
    type: "enum",
    options: ["skip", "once"] as string[],
    description: "Runs missed while the gateway was down",
  },
  "delete-after-run": { type: "boolean", description: "Remove it once it went well" },
  "keep-after-run": { type: "boolean", description: "Keep it, switched off" },
} as const

type Given = { [K in keyof typeof taskFlags]?: string | boolean }

/** The parts of a task that the flags say, as the gateway takes them. */
export const taskFrom = (args: Given, now: number) => {
  refuseIdle(args)
  const schedule = scheduleFrom(args, now)
  const payload = payloadFrom(args)
  const delivery = deliveryFrom(args)
  const policy = policyFrom(args)
  return given({
    name: args.name,
    description: args.description,
    agentId: args.agent,
    sessionKey: args["session-key"],
    schedule,
    payload,
    delivery,
    executionPolicy: policy,
    sessionTarget: targetFrom(args),
    wakeMode: args.wake,
    missedRuns: args.missed,
    deleteAfterRun: args["delete-after-run"] ? true : args["keep-after-run"] ? false : undefined,
  })
}

/** Flags, and what takes them away or what they need: one that would change nothing is refused. */
const pointless: readonly [flag: keyof Given, rule: "with" | "without", others: (keyof Given)[]][] =
  [
    ["tz", "without", ["at", "cron"]],
    ["stagger", "without", ["cron"]],
    ["exact", "without", ["cron"]],
    ["exact", "with", ["stagger"]],
    ["model", "with", ["system-event"]],
    ["thinking", "with", ["system-event"]],
    ["timeout-seconds", "with", ["system-event"]],
    ["light-context", "with", ["system-event"]],
    ["wake", "with", ["message"]],
    ["webhook", "with", ["channel", "to", "account", "announce", "deliver"]],
    ["delete-after-run", "with", ["keep-after-run"]],
  ]

const refuseIdle = (args: Given) => {
  for (const [flag, rule, others] of pointless) {
    if (args[flag] === undefined) continue
    const given = others.find((other) => args[other] !== undefined)
    const names = others.map((other) => `--${other}`).join(" or ")
    if (rule === "without" && !given)
      throw usage({ problem: `--${flag} changes nothing here.`, hint: `Give ${names} as well.` })
    if (rule === "with" && given)
      throw usage({
        problem: `--${flag} and --${given} do not go together.`,
        hint: "Leave one of them out.",
      })
  }
}

const given = (values: Record<string, unknown>) => {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries)
}
const unlessEmpty = (values: Record<string, unknown>) =>
  Object.keys(given(values)).length ? given(values) : undefined

const scheduleFrom = (args: Given, now: number): Schedule | undefined => {
  const ways = (["at", "every", "cron"] as const).filter((way) => args[way] !== undefined)
  if (ways.length > 1)
    throw usage({ problem: `--${ways[0]} and --${ways[1]} cannot both say when it runs.` })
  const [way] = ways
  if (!way) return undefined
  const text = String(args[way])
  const tz = args.tz as string | undefined
  switch (way) {
    case "at":
      return { kind: "at", at: momentOf(text, tz, now) }
    case "every":
      return { kind: "every", everyMs: spanFrom("--every", text, 1000) }
    case "cron": {
      const staggerMs = args.exact ? 0 : args.stagger && spanFrom("--stagger", String(args.stagger))
      return {
        kind: "cron",
        expr: text,
        ...(tz && { tz }),
        ...(typeof staggerMs === "number" && { staggerMs }),
      }
    }
  }
}

/** A span from now, or a moment; one without a zone is in `tz`, else UTC. */
const momentOf = (text: string, tz: string | undefined, now: number) => {
  const ms = spanOf(text)
  if (ms !== undefined) return new Date(now + ms).toISOString()
  if (atOf(text) === undefined)
    throw usage({
      problem: `--at cannot be "${text}".`,
      hint: "It is a moment such as 2026-05-01T09:00 or a span such as 20m.",
    })
  if (!tz || /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text.slice(10))) return text
  try {
    const local = Temporal.PlainDateTime.from(text.trim().replace(" ", "T"))
    return local.toZonedDateTime(tz).toInstant().toString()
  } catch {
    throw usage({ problem: `--tz cannot be "${tz}".`, hint: "It is a zone such as Europe/Berlin." })
  }
}

const spanFrom = (flag: string, text: string, least = 0) => {
  const ms = spanOf(text)
  if (ms === undefined || ms < least)
    throw usage({
      problem: `${flag} cannot be "${text}".`,
      hint: `It is a span such as 30m or 2h${least ? `, of ${span(least)} or more` : ""}.`,
    })
  return ms
}

const payloadFrom = (args: Given) => {
  const text = args["system-event"]
  if (text !== undefined && args.message !== undefined)
    throw usage({ problem: "--message and --system-event cannot both say what it is about." })
  if (text !== undefined) return { kind: "systemEvent", text }
  return unlessEmpty({
    kind: args.message === undefined ? undefined : "agentTurn",
    message: args.message,
    model: args.model,
    thinking: args.thinking,
    timeoutSeconds: numberFrom(args, "timeout-seconds", 0),
    lightContext: args["light-context"],
  })
}

const deliveryFrom = (args: Given) => {
  const { channel, to, account, webhook } = args
  const announce = args.announce ?? args.deliver
  if (webhook !== undefined) return { mode: "webhook", to: webhook }
  const isAddressed = channel !== undefined || to !== undefined
  return unlessEmpty({
    mode: announce === false ? "none" : announce || isAddressed ? "announce" : undefined,
    channel,
    to,
    accountId: account,
    bestEffort: args["best-effort-deliver"],
  })
}

/** `none` takes a limit back. */
const policyFrom = (args: Given) =>
  unlessEmpty({
    objective: orNone(args.objective),
    success: orNone(args.success),
    stopOnSuccess: args["stop-on-success"],
    tools: listFrom(args.tools),
    skills: listFrom(args.skills),
    maxRunsPerHour: limitFrom(args, "max-runs-hour"),
    maxTokens: limitFrom(args, "max-tokens"),
    maxCost: costFrom(args["max-cost"]),
    maxTotalRuns: limitFrom(args, "max-total-runs"),
    maxSuccesses: limitFrom(args, "max-successes"),
    stopText: orNone(args["stop-text"]),
  })

const orNone = (text: string | boolean | undefined) => (text === "none" ? null : text)

const listFrom = (text: string | boolean | undefined) => {
  if (typeof text !== "string" || text === "none") return orNone(text)
  const names = text.split(",").map((name) => name.trim())
  return names.filter(Boolean)
}

const limitFrom = (args: Given, flag: keyof Given) =>
  args[flag] === "none" ? null : numberFrom(args, flag, 1)

const costFrom = (text: string | boolean | undefined) => {
  if (text === undefined || text === "none") return orNone(text)
  const usd = Number(text)
  if (!(usd > 0) || usd === Infinity)
    throw usage({ problem: `--max-cost cannot be "${text}".`, hint: "It is US dollars: 0.50" })
  return usd
}

const targets = /^(?:main|isolated|current|session:\S+)$/
const targetFrom = ({ session }: Given) => {
  if (session === undefined || targets.test(String(session))) return session
  throw usage({
    problem: `--session cannot be "${session}".`,
    hint: "It is main, isolated, or session:<key> for one that goes on from run to run.",
  })
}

const numberFrom = (args: Given, flag: keyof Given, min: number) => {
  if (args[flag] === undefined) return undefined
  const number = Number(args[flag])
  if (!Number.isInteger(number) || number < min)
    throw usage({ problem: `--${flag} cannot be "${args[flag]}".`, hint: "It is a whole number." })
  return number
}
