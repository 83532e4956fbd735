import { randomUUID } from "node:crypto"
import type { Clock } from "../kernel/clock.ts"
import type { Bus, Subscriptions } from "../kernel/event.ts"
import type { Claims } from "./claims.ts"
import { invokeCancel, invokeRequest, topicOf } from "./events.ts"
import { lost, nodeRefused, notConnected, notYours, timedOut, tooBusy } from "./faults.ts"

/** A node's connection, its key proven. */
export interface Link {
  nodeId: string
  connection: string
  claims: Claims
  remoteIp?: string
  /** Aborts when the connection ends. */
  gone: AbortSignal
}

export interface Invocation {
  nodeId: string
  command: string
  params?: unknown
  /** Zero waits for as long as the node is there. */
  timeoutMs?: number
  idempotencyKey?: string
  /** Stops waiting, and has the node stop. */
  signal?: AbortSignal
}

/** What a node answers with. */
export interface Answer {
  id: string
  ok: boolean
  payload?: unknown
  error?: { code?: string; message?: string }
}

const usualTimeoutMs = 30_000
const mostWaiting = 64
const shownWords = 2000

interface Waiting {
  link: Link
  command: string
  settle: { resolve(payload: unknown): void; reject(error: unknown): void }
}

/** The nodes that are connected, and what they were asked. */
export const createLinks = ({
  bus,
  subscriptions,
  clock,
}: {
  bus: Bus
  subscriptions: () => Subscriptions
  clock: Clock
}) => {
  /** By node; the newest connection is the one that is asked. */
  const links = new Map<string, Link[]>()
  const waiting = new Map<string, Waiting>()

  const leave = (link: Link) => {
    const left = (links.get(link.nodeId) ?? []).filter((one) => one !== link)
    if (left.length) links.set(link.nodeId, left)
    else links.delete(link.nodeId)
    for (const { link: asked, command, settle } of waiting.values())
      if (asked === link) settle.reject(lost({ node: link.nodeId, command }))
  }

  const find = (nodeId: string) => links.get(nodeId)?.at(-1)

  return {
    find,
    /** The claims of all that are connected. */
    claims: () => [...links.values()].map((of) => of.at(-1)!.claims),
    arrive(link: Link) {
      if (link.gone.aborted) return
      links.set(link.nodeId, [...(links.get(link.nodeId) ?? []), link])
      subscriptions().add(link.connection, topicOf(link.connection))
      link.gone.addEventListener("abort", () => leave(link), { once: true })
    },

    /** Asks a node, and gives what it answers. Who may ask what was judged before. */
    async invoke({
      nodeId,
      command,
      params,
      timeoutMs = usualTimeoutMs,
      idempotencyKey,
      signal,
    }: Invocation): Promise<unknown> {
      signal?.throwIfAborted()
      const link = find(nodeId)
      if (!link) throw notConnected({ node: nodeId })
      if ([...waiting.values()].filter((one) => one.link === link).length >= mostWaiting)
        throw tooBusy({ node: nodeId, most: mostWaiting })
      const id = randomUUID()
      const settle = Promise.withResolvers<unknown>()
      waiting.set(id, { link, command, settle })
      const topic = topicOf(link.connection)
      const giveUp = (error: unknown) => {
        bus.emit(invokeCancel, { id, nodeId }, topic)
        settle.reject(error)
      }
      const cancel = timeoutMs
        ? clock.after(timeoutMs, () => giveUp(timedOut({ node: nodeId, command, timeoutMs })))
        : undefined
      const abort = () => giveUp(signal?.reason)
      signal?.addEventListener("abort", abort, { once: true })
      const paramsJSON = params === undefined ? null : JSON.stringify(params)
      bus.emit(
        invokeRequest,
        { id, nodeId, command, paramsJSON, timeoutMs, ...(idempotencyKey && { idempotencyKey }) },
        topic,
      )
      try {
        return await settle.promise
      } finally {
        cancel?.()
        signal?.removeEventListener("abort", abort)
        waiting.delete(id)
      }
    },

    /** A node's answer; false when nobody waits for it any more. */
    answer(connection: string, { id, ok, payload, error }: Answer): boolean {
      const asked = waiting.get(id)
      if (!asked) return false
      // What was asked of one node, another cannot answer.
      if (asked.link.connection !== connection) throw notYours({ id })
      if (ok) asked.settle.resolve(payload ?? null)
      else {
        const { code, message = "The node gave no reason." } = error ?? {}
        asked.settle.reject(
          nodeRefused({
            node: asked.link.nodeId,
            words: message.slice(0, shownWords).toWellFormed(),
            ...(code && /^[A-Z][A-Z0-9_]{0,63}$/.test(code) && { nodeCode: code }),
          }),
        )
      }
      return true
    },
  }
}
export type Links = ReturnType<typeof createLinks>
