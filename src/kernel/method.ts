import { basename } from "node:path"
import type { z } from "zod"
import { type Later, madeOnce } from "./later.ts"
import type { Needs, Supplied } from "./service.ts"

/** `read` ⊂ `write` ⊂ `admin`; `pairing` and `approvals` stand alone below `admin`. `node` is a role. */
export type Scope = "read" | "write" | "admin" | "pairing" | "approvals" | "node"

/** `admin` holds every scope, `write` holds `read`. */
export const holds = (scopes: ReadonlySet<Scope>, needed: Scope) =>
  scopes.has(needed) || scopes.has("admin") || (needed === "read" && scopes.has("write"))

/** Who is calling, as the server knows them; never what a client claims. */
export interface Caller {
  /** Identifies the connection or HTTP request. */
  readonly connection: string
  readonly role: "operator" | "node"
  readonly scopes: ReadonlySet<Scope>
  readonly clientId: string
  readonly clientMode: string
  readonly deviceId?: string
  /** Whom a proxy or the tailnet says it is. */
  readonly user?: string
  /** The peer's address as resolved by the gateway. */
  readonly ip?: string
}

/** A path as a caller may know it: where things lie is for those who could read them anyway. */
export const pathFor = ({ scopes }: Pick<Caller, "scopes">, path: string) =>
  holds(scopes, "admin") ? path : basename(path)

/** A result that is already JSON text, checked when it was made; sent without another pass. */
export class Prepared<T = unknown> {
  declare readonly value?: T
  constructor(readonly json: string) {}
}

export interface CallContext {
  caller: Caller
  /** Aborts when the caller goes away. Work that was accepted goes on all the same. */
  signal: AbortSignal
  /** Two-stage methods answer this first; the returned value is the second response. */
  accept: (payload: unknown) => void
}

/** So many calls within so long. */
export interface Limit {
  max: number
  windowMs: number
  /** Methods that name the same one share their calls. */
  shared?: string
}

export interface Method<
  P extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
  N extends Needs = Needs,
> {
  readonly name: string
  readonly scope: Scope
  readonly summary: string
  /** An older name of another method: served, but no command is made from it. */
  readonly older?: true
  readonly params: P
  readonly result: R
  readonly example: z.input<P>
  /** The first response of a two-stage method; its result is the second, under the same id. */
  readonly accepted?: z.ZodType
  /** Events this method's caller should expect; shown in the reference. */
  readonly emits?: readonly string[]
  /** How often one device at one address may call it. */
  readonly limit?: Limit
  readonly needs: N
  handle(
    params: z.output<P>,
    context: Supplied<N> & CallContext,
  ): Promise<z.input<R> | Prepared> | z.input<R> | Prepared
}

/** Declares one gateway method; validation, help, docs, CLI and client types come from it. */
export const method = <P extends z.ZodType, R extends z.ZodType, const N extends Needs = {}>({
  params,
  result,
  ...declaration
}: Omit<Method<P, R, N>, "needs" | "params" | "result"> & {
  needs?: N
  params: Later<P>
  result: Later<R>
}): Method<P, R, N> => {
  const asked = madeOnce(params)
  const answered = madeOnce(result)
  return {
    needs: {} as N,
    ...declaration,
    get params() {
      return asked()
    },
    get result() {
      return answered()
    },
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- the registry holds methods of every shape
export type AnyMethod = Method<any, any, any>
