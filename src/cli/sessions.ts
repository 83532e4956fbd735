import { isTree } from "../config/path.ts"
import { ago } from "./ago.ts"
import { printable } from "./printable.ts"
import { type Cell, columns } from "./table.ts"
import type { Output } from "./output.ts"

/** A session as a gateway shows it; gateways in the field leave parts out. */
export interface SessionRow {
  key?: string
  sessionId?: string
  agentId?: string
  updatedAt?: number
  createdAt?: number
  modelProvider?: string
  model?: string
  inputTokens?: number
  outputTokens?: number
  totalTokens?: number
  compactionCount?: number
  status?: string
  label?: string
  displayName?: string
  derivedTitle?: string
  lastMessagePreview?: string
  spawnedBy?: string
  providerOverride?: string
  modelOverride?: string
}

export const sessionArgument = {
  type: "positional",
  required: true,
  description: "The session's key, as fased sessions lists it; main for the main one",
} as const

export const modelOf = ({ modelProvider, model }: SessionRow) =>
  printable([modelProvider, model].filter(Boolean).join("/"), 40)

/** A damaged one asks for a look, a running one is news, the rest is as it was. */
export const stateOf = ({ status = "" }: SessionRow, { warn, bad }: Output["paint"]): Cell =>
  status === "running"
    ? [status, warn]
    : status === "damaged"
      ? [status, bad]
      : printable(status, 20)

/** What a session may be told otherwise: the flag, and its name on the wire and in a row. */
export const wishes = {
  label: "label",
  model: "model",
  thinking: "thinkingLevel",
  verbose: "verboseLevel",
  reasoning: "reasoningLevel",
  elevated: "elevatedLevel",
  usage: "responseUsage",
  send: "sendPolicy",
  activation: "groupActivation",
  "auth-profile": "authProfileId",
  "exec-host": "execHost",
  "exec-security": "execSecurity",
  "exec-ask": "execAsk",
  "exec-node": "execNode",
} as const

const shownAs: Readonly<Record<string, string>> = {
  model: "modelOverride",
  authProfileId: "authProfileOverride",
}

/** One session, a line for each fact that is there. */
export const showSession = (row: SessionRow, { print, paint, width }: Output, now: number) => {
  const facts: [string, Cell | undefined][] = [
    ["key", printable(row.key ?? "", 120)],
    ["transcript", row.sessionId && printable(row.sessionId, 60)],
    ["about", row.derivedTitle && printable(row.derivedTitle, 120)],
    ["state", stateOf(row, paint)],
    ["used", row.updatedAt ? ago(row.updatedAt, now) : undefined],
    ["begun", row.createdAt ? ago(row.createdAt, now) : undefined],
    ["model", modelOf(row)],
    ["tokens", `${row.inputTokens ?? 0} in, ${row.outputTokens ?? 0} out`],
    ["context", row.totalTokens ? `${row.totalTokens} tokens` : undefined],
    ["compacted", times(row.compactionCount)],
    ["started by", row.spawnedBy && printable(row.spawnedBy, 120)],
    ...Object.entries(wishes).map(([flag, name]): [string, Cell | undefined] => {
      const value = isTree(row) ? row[shownAs[name] ?? name] : undefined
      return [flag, typeof value === "string" ? printable(value, 80) : undefined]
    }),
  ]
  const lines = facts.flatMap(([name, cell]) =>
    cell ? [[[name, paint.muted] as const, cell]] : [],
  )
  for (const line of columns(lines, { width })) print(line)
}

const times = (count = 0) => (count > 1 ? `${count} times` : count === 1 ? "once" : undefined)
