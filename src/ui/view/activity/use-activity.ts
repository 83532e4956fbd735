import { useEffect, useReducer, useRef, useState } from "preact/hooks"
import { failureOf } from "../../failure.ts"
import type { Failure } from "../../failure.ts"
import type { SessionRow } from "../../frames.ts"
import type { Gateway } from "../../gateway.ts"
import type { Payload } from "../../methods.ts"
import { inputLine, sessionTitle, withoutMarks } from "../../words.ts"
import * as told from "./entry.ts"
import type { Entry } from "./entry.ts"

const most = 500
const dayMinutes = 24 * 60

/** A turn that goes on now. */
export interface UnderWay {
  row: SessionRow
  since?: number
  /** What it is doing, as far as it says. */
  doing?: string
}

interface Doing {
  since: number
  text: string
}

const doingOf = ({ stream, data }: Payload<"agent">) => {
  if (stream === "thinking") return "thinking"
  if (stream === "assistant") return "writing"
  if (stream === "compaction") return "summarising what was said"
  if (stream !== "tool") return undefined
  if (data["phase"] === "result") return "reading what came of it"
  return [String(data["name"]), inputLine(data["args"])].filter(Boolean).join(": ")
}

/** What goes on and what happened: of the last day when the page opens, and from then on as it comes. */
export const useActivity = (gateway: Gateway) => {
  const rows = useRef(new Map<string, SessionRow>())
  const doing = useRef(new Map<string, Doing>())
  const [entries, setEntries] = useState<readonly Entry[]>([])
  const [failure, setFailure] = useState<Failure>()
  const [isRead, setRead] = useState(false)
  const [, redraw] = useReducer((count: number, _: void) => count + 1, 0)

  const titleOf = (key: string) => `“${sessionTitle(rows.current.get(key) ?? { key })}”`

  useEffect(() => {
    let last = 0
    let drawing = 0
    /** Deltas come many times a second. */
    const redrawSoon = () => {
      drawing ||= requestAnimationFrame(() => {
        drawing = 0
        redraw()
      })
    }
    const add = (one: (Omit<Entry, "id" | "at"> & { at?: number }) | undefined) => {
      if (!one) return
      const entry = { at: Date.now(), ...one, id: `live ${++last}` }
      setEntries((before) => [entry, ...before].slice(0, most))
    }
    const read = async () => {
      try {
        const [sessions, runs] = await Promise.all([
          gateway.call("sessions.list", { activeMinutes: dayMinutes, limit: 100 }),
          gateway.call("cron.runs", { scope: "all", limit: 50 }),
        ])
        rows.current = new Map(sessions.sessions.map((row) => [row.key, row]))
        const known: Entry[] = [
          ...sessions.sessions.map((row) => ({
            id: `session ${row.key}`,
            at: row.updatedAt,
            topic: "conversations" as const,
            text: `${titleOf(row.key)} moved on`,
            note: withoutMarks(row.lastMessagePreview ?? ""),
            session: row.key,
          })),
          ...runs.entries.map((run) => ({
            at: run.ts,
            ...told.runTold(run),
            id: `run ${run.runId}`,
          })),
        ]
        setEntries((before) => [
          ...before.filter(({ id }) => id.startsWith("live ")),
          ...known.toSorted((a, b) => b.at - a.at),
        ])
        setFailure(undefined)
      } catch (thrown) {
        setFailure(failureOf(thrown))
      }
      setRead(true)
    }
    const ends = [
      gateway.onFresh(() => void read()),
      gateway.on("sessions.changed", ({ session, reason }) => {
        if (reason === "delete") rows.current.delete(session.key)
        else rows.current.set(session.key, session)
        if (!session.hasActiveRun) doing.current.delete(session.key)
        redrawSoon()
      }),
      gateway.on("agent", (event) => {
        const text = doingOf(event)
        const before = doing.current.get(event.sessionKey)
        if (!text || before?.text === text) return
        doing.current.set(event.sessionKey, { since: before?.since ?? event.ts, text })
        redrawSoon()
      }),
      gateway.on("chat", (event) => add(told.chatTold(event, titleOf(event.sessionKey)))),
      gateway.on("cron", (event) => add(told.cronTold(event))),
      gateway.on("channels", (event) => add(told.channelTold(event))),
      gateway.on("outbox.settled", (event) => add(told.outboxTold(event))),
      gateway.on("heartbeat", (event) => add(told.heartbeatTold(event))),
      gateway.on("exec.approval.requested", (event) => add(told.approvalTold(event))),
      gateway.on("exec.approval.resolved", (event) => add(told.decisionTold(event))),
      gateway.on("device.pair.requested", (event) => add(told.deviceTold(event))),
      gateway.on("config.changed", (event) => add(told.configTold(event))),
      gateway.on("usage.budget", (event) => add(told.budgetTold(event))),
    ]
    return () => {
      cancelAnimationFrame(drawing)
      for (const end of ends) end()
    }
  }, [gateway])

  const underWay: UnderWay[] = [...rows.current.values()]
    .filter(({ hasActiveRun }) => hasActiveRun)
    .map((row) => {
      const now = doing.current.get(row.key)
      return { row, since: now?.since, doing: now?.text }
    })
  return { entries, underWay, failure, isRead }
}
