import type { z } from "zod"
import type { Caller } from "./method.ts"
import { type Later, madeOnce } from "./later.ts"
import type { Needs, Supplied } from "./service.ts"

/** Why a request is turned away; the route puts it into the words of its API. */
export interface Refused {
  status: number
  /** Stable: a fault's code, or `unauthorized`, `rate_limited`, `internal`, … */
  code: string
  message: string
  hint?: string
  /** The field of the request that is wrong. */
  param?: string
  headers?: Readonly<Record<string, string>>
}

/** What a request is, before anyone knows who makes it. */
export interface RouteRequest {
  request: Request
  /** Parts of the path that the route names. */
  params: Readonly<Record<string, string>>
  /** The client's address as the gateway resolved it, and whether it is this machine, with no proxy in between. */
  from: { address: string; local: boolean }
  /** The body, read once and counted while it is read. Throws when it is too long or too slow. */
  body(): Promise<Buffer>
  /** Aborts when the client goes away. */
  signal: AbortSignal
  /** The request counts as under way until this settles; otherwise until the answer has begun. */
  during(work: Promise<unknown>): void
  /** Lets the answer take as long as it takes; otherwise silence ends the connection within a minute. */
  hold(): void
}

export interface RouteContext extends RouteRequest {
  caller: Caller
}

export interface Route<N extends Needs = Needs> {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  /** `/v1/models/:id`; a part in braces may hold a pattern. */
  readonly path: string
  /** Where it is served instead of the first part of `path`, when the config says. */
  under?(supplied: Supplied<N>): string
  /** Where it is served in place of `path`, when that comes and goes. */
  at?(supplied: Supplied<N>, path: string): boolean
  readonly summary: string
  /** Shapes for the OpenAPI document. */
  readonly body?: z.ZodType
  readonly result?: z.ZodType
  readonly needs: N
  /** False: it is not there at all (404). */
  enabled?(supplied: Supplied<N>): boolean
  /** Longest body in bytes. Default: none may be sent. */
  longest?(supplied: Supplied<N>): number
  /** A check of its own in place of the gateway's secret, e.g. a webhook's signature. */
  authorize?(context: Supplied<N> & RouteRequest): Promise<Caller | Refused> | Caller | Refused
  /** An error as the clients of this API read it. */
  refuse(refused: Refused): unknown
  /** A thrown Fault goes through `refuse`; anything else is a bug and reads "internal". */
  handle(context: Supplied<N> & RouteContext): Promise<Response> | Response
}

/** Declares one HTTP route on the gateway's port. Without `authorize` the gateway's own secret is asked for. */
export const route = <const N extends Needs = {}>({
  body,
  result,
  ...declaration
}: Omit<Route<N>, "needs" | "body" | "result"> & {
  needs?: N
  body?: Later<z.ZodType>
  result?: Later<z.ZodType>
}): Route<N> => {
  const asked = body && madeOnce(body)
  const answered = result && madeOnce(result)
  return {
    needs: {} as N,
    ...declaration,
    get body() {
      return asked?.()
    },
    get result() {
      return answered?.()
    },
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- the registry holds routes of every shape
export type AnyRoute = Route<any>
