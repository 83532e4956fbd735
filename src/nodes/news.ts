import { randomUUID } from "node:crypto"
import { z } from "zod"
import { type Receive, thinkingLevels } from "../kernel/channel.ts"
import type { Clock } from "../kernel/clock.ts"
import { onFirstUse } from "../kernel/later.ts"
import { service } from "../kernel/service.ts"
import type { SystemEvents } from "../kernel/system-events.ts"
import { untrusted } from "../kernel/untrusted.ts"
import type { Directory } from "../sessions/directory.ts"
import { badNews, tooManyAsks } from "./faults.ts"
import type { Node } from "./shown.ts"

/** So much of what a node tells is kept, of so many kinds. */
const mostTold = 32
const toldBytes = 16_384
/** A turn costs money; a node that asks for more than these is no person speaking. */
const mostAsks = 12
const asksWithinMs = 60_000
const mostAwaited = 64
const outputChars = 2000

const asked = onFirstUse(() =>
  z.object({
    message: z.string().trim().min(1).max(20_000),
    thinking: z.enum(thinkingLevels).optional(),
    timeoutSeconds: z.int().min(1).max(86_400).optional(),
    key: z.string().min(1).max(256).optional(),
  }),
)
type Asked = z.infer<ReturnType<typeof asked>>
const spoken = onFirstUse(() => {
  const { message: text, key: eventId } = asked().shape
  return z
    .object({ text, eventId })
    .transform((said) => ({ message: said.text, key: said.eventId }))
})
const ended = onFirstUse(() =>
  z.object({
    sessionKey: z.string(),
    command: z.string().default("a command"),
    exitCode: z.int().nullish(),
    timedOut: z.boolean().nullish(),
    output: z.string().nullish(),
    reason: z.string().nullish(),
  }),
)

/** What nodes tell of themselves, and what comes of it. */
export interface News {
  /** The last of each kind, while this gateway runs. */
  of(nodeId: string): Node["told"]
  /** Takes one in. `kept` is false for what this gateway has no use for. */
  hear(nodeId: string, event: string, payload: unknown): Promise<Heard>
  /** Nobody waits any more for a run that a session asked for; how it ended may yet be told. */
  expectEnd(nodeId: string, sessionKey: string): void
}
export const News = service<News>("node news")

export interface Heard {
  kept: boolean
  /** The turn it began. */
  runId?: string
  sessionKey?: string
}

export const createNews = ({
  receive,
  directory,
  events,
  clock,
}: {
  receive: () => Receive
  directory: Pick<Directory, "key">
  events: () => SystemEvents
  clock: Clock
}): News => {
  const told = new Map<string, Map<string, { payload: unknown; ts: number }>>()
  const asks = new Map<string, number[]>()
  const awaited = new Set<string>()

  const keep = (nodeId: string, event: string, payload: unknown) => {
    if (Buffer.byteLength(JSON.stringify(payload)) > toldBytes) return false
    const kinds = told.getOrInsertComputed(nodeId, () => new Map())
    if (!kinds.has(event) && kinds.size >= mostTold) return false
    kinds.set(event, { payload, ts: clock.now() })
    return true
  }

  /** A turn in the node's own session, whatever one it names, with nobody's rights. */
  const ask = async (
    nodeId: string,
    { message, thinking, timeoutSeconds, key = randomUUID() }: Asked,
  ): Promise<Heard> => {
    const since = clock.now() - asksWithinMs
    const recent = (asks.get(nodeId) ?? []).filter((at) => at > since)
    if (recent.length >= mostAsks) throw tooManyAsks({ node: nodeId, most: mostAsks })
    asks.set(nodeId, [...recent, clock.now()])
    const { runId, sessionKey } = await receive()({
      channel: "node",
      account: nodeId,
      chat: `node-${nodeId}`,
      id: key,
      sender: { kind: "node", nodeId },
      surface: "node",
      text: message,
      options: {
        ...(thinking && { thinking }),
        ...(timeoutSeconds && { timeoutMs: timeoutSeconds * 1000 }),
      },
    })
    return { kept: true, runId, sessionKey }
  }

  /** Only a session that asked this very node, and got no answer, is told. */
  const tellOfRun = (nodeId: string, how: string, run: z.infer<ReturnType<typeof ended>>) => {
    const { key } = directory.key(run.sessionKey)
    if (!awaited.delete(`${nodeId} ${key}`)) return
    const { command, exitCode, timedOut, output, reason } = run
    const facts = [
      timedOut ? "its time was over" : exitCode !== undefined && `code ${exitCode}`,
      `node ${nodeId.slice(0, 12)}`,
    ].filter(Boolean)
    const words = [command.slice(0, outputChars), reason, output?.slice(-outputChars)]
    events().enqueue(
      key,
      `A command ${how} after nobody waited for it any more (${facts.join(", ")}).\n${untrusted(words.filter(Boolean).join("\n").toWellFormed(), { source: "the node that ran it" })}`,
    )
  }

  return {
    of: (nodeId) =>
      [...(told.get(nodeId) ?? [])].map(([event, { payload, ts }]) => ({ event, payload, ts })),
    async hear(nodeId, event, payload = null) {
      const read = <T>(schema: z.ZodType<T>) => {
        const parsed = schema.safeParse(payload)
        if (parsed.success) return parsed.data
        const [issue] = parsed.error.issues
        throw badNews({ event, issue: `${issue?.path.join(".") || "payload"}: ${issue?.message}` })
      }
      if (event === "agent.request") return ask(nodeId, read(asked()))
      if (event === "voice.transcript") return ask(nodeId, read(spoken()))
      if (event === "exec.finished") tellOfRun(nodeId, "ended", read(ended()))
      else if (event === "exec.denied") tellOfRun(nodeId, "was denied", read(ended()))
      return { kept: keep(nodeId, event, payload) }
    },
    expectEnd(nodeId, sessionKey) {
      const [oldest] = awaited
      if (awaited.size >= mostAwaited) awaited.delete(oldest!)
      awaited.add(`${nodeId} ${sessionKey}`)
    },
  }
}
