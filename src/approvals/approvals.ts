import { randomUUID } from "node:crypto"
import type { Clock } from "../kernel/clock.ts"
import type { Bus } from "../kernel/event.ts"
import { auditSubsystem, type Log } from "../kernel/log.ts"
import { service } from "../kernel/service.ts"
import type { SystemEvents } from "../kernel/system-events.ts"
import { type Approval, type AskedCommand, decisionOf, digestOf, type Outcome } from "./approval.ts"
import { approvalRequested, approvalResolved } from "./events.ts"
import {
  ambiguous,
  anotherCommand,
  answered,
  onlyOnce,
  tooLate,
  tooMany,
  unknownApproval,
} from "./faults.ts"
import type { Decision } from "./gate.ts"
import type { PolicyStore } from "./policy-store.ts"
import { toRecord } from "./record.ts"
import type { ApprovalStore } from "./store.ts"

export interface Question {
  /** Left out, one is made. */
  id?: string
  request: AskedCommand
  patterns: Approval["patterns"]
  ttlMs: number
}

/** Commands that wait for somebody's yes. An answer is on the disk before it counts. */
export interface Approvals {
  /** Asks whoever may answer. The same question under the same id is asked once. */
  ask(question: Question): Promise<Approval>
  /** The first answer counts; a later one throws what it was. */
  resolve(id: string, decision: Decision, by: string): Promise<Approval>
  /** Resolves once the question is over, however that came. */
  over(id: string): Promise<Approval>
  get(id: string): Promise<Approval>
  waiting(): Promise<Approval[]>
  /** The one waiting command whose id begins so. */
  named(start: string): Promise<Approval>
}
export const Approvals = service<Approvals>("approvals")

/** How long a command of an agent waits. */
export const approvalTtlMs = 30 * 60_000
const mostWaiting = 64
const keptMs = 30 * 24 * 60 * 60_000

export const createApprovals = async ({
  store,
  policies,
  bus,
  events,
  clock,
  log,
}: {
  store: ApprovalStore
  policies: PolicyStore
  bus: Bus
  events: SystemEvents
  clock: Clock
  log: Log
}): Promise<Approvals & { close(): void }> => {
  const audit = log.for(auditSubsystem)
  /** Those who want to know how a question ends, and the alarm that ends it. */
  const open = new Map<string, { over: PromiseWithResolvers<Approval>; cancel: () => void }>()

  const tell = (approval: Approval) => {
    const { id, request, outcome, decidedBy, decidedAt } = approval
    audit.info("command answered", { approval: id, outcome, by: decidedBy, agent: request.agentId })
    bus.emit(approvalResolved, {
      id,
      decision: decisionOf(approval),
      status: outcome!,
      resolvedBy: decidedBy,
      sessionKey: request.sessionKey,
      ts: decidedAt!,
    })
    const waited = open.get(id)
    open.delete(id)
    waited?.cancel()
    waited?.over.resolve(approval)
  }

  const settle = async (id: string, outcome: Outcome, by: string | null) => {
    const approval = await store.settle(id, { outcome, at: clock.now(), by })
    if (approval) tell(approval)
    return approval
  }

  const get = async (id: string) => {
    const approval = await store.get(id)
    if (!approval) throw unknownApproval({ id })
    return approval
  }

  const watch = ({ id, expiresAt }: Approval) => {
    if (open.has(id)) return
    const cancel = clock.after(Math.max(0, expiresAt - clock.now()), () => {
      settle(id, "expired", null).catch((error: unknown) =>
        log.for("approvals").error("a question could not be ended", { approval: id, error }),
      )
    })
    open.set(id, { over: Promise.withResolvers<Approval>(), cancel })
  }

  const lost = await store.interruptAll(clock.now())
  if (lost.length)
    log.for("approvals").warn("commands that waited for approval were not run: the gateway ended", {
      approvals: lost.map(({ id }) => id),
    })
  for (const { id, request } of lost)
    if (request.sessionKey)
      events.enqueue(
        request.sessionKey,
        `Exec not run (approval ${id}): fased was restarted while it waited.`,
      )

  return {
    async ask({ id = randomUUID(), request, patterns, ttlMs }) {
      if (open.size >= mostWaiting && !open.has(id)) throw tooMany({ most: mostWaiting })
      const createdAt = clock.now()
      const digest = digestOf(request)
      const times = { createdAt, expiresAt: createdAt + ttlMs }
      const answer = { outcome: null, decidedAt: null, decidedBy: null }
      const approval: Approval = { id, digest, request, patterns, ...times, ...answer }
      const known = await store.add(approval)
      await store.prune(createdAt - keptMs)
      if (known) {
        if (known.digest !== digest) throw anotherCommand({ id })
        return known
      }
      watch(approval)
      audit.info("command asked for", {
        approval: id,
        agent: request.agentId,
        session: request.sessionKey,
        host: request.host,
      })
      bus.emit(approvalRequested, toRecord(approval))
      return approval
    },

    async resolve(id, decision, by) {
      const known = await get(id)
      if (decision === "allow-always" && known.patterns?.length === 0 && known.outcome === null)
        throw onlyOnce({ id })
      const approval = await settle(id, decision, by)
      if (!approval) {
        const now = await get(id)
        if (now.outcome === "expired" || now.outcome === "interrupted" || now.outcome === null)
          throw tooLate({ id, restarted: now.outcome === "interrupted" })
        throw answered({ id, decision: now.outcome, by: now.decidedBy })
      }
      if (decision === "allow-always" && approval.patterns && approval.request.agentId)
        await policies.allow(approval.request.agentId, approval.patterns)
      return approval
    },

    async over(id) {
      return open.get(id)?.over.promise ?? get(id)
    },
    get,
    waiting: () => store.waiting(),
    async named(start) {
      const found = (await store.waiting()).filter(({ id }) => id.startsWith(start))
      if (found.length > 1) throw ambiguous({ start })
      return found[0] ?? get(start)
    },
    close() {
      for (const { cancel } of open.values()) cancel()
    },
  }
}
