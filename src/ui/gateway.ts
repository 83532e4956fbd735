import type { ReadonlySignal } from "@preact/signals"
import type { Caller } from "./app.ts"
import type { Link } from "./connection.ts"
import type { EventName, MethodName, Params, Payload, Result } from "./methods.ts"
import type { Asking } from "./requests.ts"

type Given<N extends MethodName> = {} extends Params<N> ? [params?: Params<N>] : [params: Params<N>]

/** What a page may do with its gateway. */
export interface Gateway extends Caller {
  readonly link: ReadonlySignal<Link>
  /** This browser, among the gateway's devices. */
  readonly deviceId: string | undefined
  /** Calls a method; rejects with `RequestFailed`. It is never repeated by itself. */
  call<N extends MethodName>(name: N, ...given: Given<N>): Promise<Result<N>>
  /** The same for a method that is only known by its name. */
  request<T>(name: string, params?: object, asking?: Asking): Promise<T>
  /** Hears each event of that name until the function it gives is called. */
  on<N extends EventName>(name: N, listener: (payload: Payload<N>) => void): () => void
  /** The same for every event there is. */
  onAny(listener: (name: string, payload: unknown) => void): () => void
  /**
   * Told when whatever is shown may be stale: the page is connected, again perhaps, or missed
   * events. Told at once as well, when it is connected already.
   */
  onFresh(listener: () => void): () => void
  /** Whether this browser holds a scope, `admin` standing for all of them. */
  may(scope: "read" | "write" | "admin" | "approvals" | "pairing"): boolean
}

type Listener = (payload: never) => void

/** Typed calls and events over one connection. */
export const createGateway = (link: ReadonlySignal<Link>, deviceId?: string) => {
  const listeners = new Map<string, Set<Listener>>()
  const watchers = new Set<(name: string, payload: unknown) => void>()
  const fresh = new Set<() => void>()
  let caller: Caller | undefined

  const gateway: Gateway = {
    link,
    deviceId,
    call: <N extends MethodName>(name: N, ...[params]: Given<N>) =>
      caller!.request<Result<N>>(name, params),
    request: (name, params, asking) => caller!.request(name, params, asking),
    on(name, listener) {
      const those = listeners.get(name) ?? new Set()
      listeners.set(name, those.add(listener))
      return () => those.delete(listener)
    },
    onAny(listener) {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
    onFresh(listener) {
      fresh.add(listener)
      if (link.peek().kind === "open") listener()
      return () => fresh.delete(listener)
    },
    may(scope) {
      const now = link.value
      const held = now.kind === "open" ? now.hello.auth?.scopes : undefined
      // A gateway that tells no scopes says no when the time comes.
      return !held || held.includes(`operator.${scope}`) || held.includes("operator.admin")
    },
  }
  return {
    ...gateway,
    use(next: Caller) {
      caller = next
    },
    heard(name: string, payload: unknown) {
      for (const listener of listeners.get(name) ?? []) listener(payload as never)
      for (const watcher of watchers) watcher(name, payload)
    },
    freshen() {
      for (const listener of fresh) listener()
    },
  }
}
