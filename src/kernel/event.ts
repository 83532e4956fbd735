import type { z } from "zod"
import type { Scope } from "./method.ts"
import { type Later, madeOnce } from "./later.ts"
import { service } from "./service.ts"

export interface EventKind<P extends z.ZodType = z.ZodType> {
  readonly name: string
  readonly summary: string
  readonly payload: P
  /** Who may see it. `subscribers`: only connections that asked (`topic` names what for). */
  readonly audience: Scope | "all" | "subscribers"
  /** The same event as protocol 3 clients know it; null leaves them out. */
  readonly v3?: (payload: z.output<P>) => object | null
  /** Carries the `stateVersion` of the presence and health snapshots. */
  readonly versioned?: true
  /** Only connections with this client capability get it when it returns one. */
  readonly capability?: (payload: z.output<P>) => string | undefined
}

/** Declares one event the gateway sends. */
export const event = <P extends z.ZodType>({
  payload,
  ...declaration
}: Omit<EventKind<P>, "payload"> & { payload: Later<P> }): EventKind<P> => {
  const made = madeOnce(payload)
  return {
    ...declaration,
    get payload() {
      return made()
    },
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- the registry holds events of every shape
export type AnyEvent = EventKind<any>

/** Carries events from the parts that make them to the gateway, which sends them on. */
export interface Bus {
  /**
   * `topics` say who of the subscribers a `subscribers` event is for, e.g. those of a session. With
   * one for `all`, nobody else hears of it.
   */
  emit<P extends z.ZodType>(kind: EventKind<P>, payload: z.output<P>, ...topics: string[]): void
  on(listener: (kind: AnyEvent, payload: unknown, topics: readonly string[]) => void): () => void
}

export const Bus = service<Bus>("bus")

export const createBus = (): Bus => {
  const listeners = new Set<Parameters<Bus["on"]>[0]>()
  return {
    emit: (kind, payload, ...topics) => {
      for (const listener of listeners) listener(kind, payload, topics)
    },
    on: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Which connections asked for which `subscribers` events. Ends with the connection. */
export interface Subscriptions {
  add(connection: string, topic: string): void
  remove(connection: string, topic: string): void
}

export const Subscriptions = service<Subscriptions>("subscriptions")
