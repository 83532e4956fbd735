import * as z from "zod"
import { Clock } from "../kernel/clock.ts"
import { Fault, internalError } from "../kernel/fault.ts"
import type { WireError } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { AnyMethod, Caller } from "../kernel/method.ts"
import { Counts } from "../kernel/metric.ts"
import { holds, Prepared } from "../kernel/method.ts"
import type { Services } from "../kernel/service.ts"
import type { Audit } from "../security/trail.ts"
import { callRecord, isAudited } from "./audit.ts"
import { Calls, createCalls } from "./calls.ts"
import { badParams, missingScope, tooOften, unknownMethod, wrongRole } from "./faults.ts"
import { firstIssue } from "./frames.ts"
import type { MethodTable } from "./method-table.ts"
import { rpcCalls } from "./metrics.ts"
import { createQuota } from "./quota.ts"

/** One call on its way in: by socket or by HTTP. */
export interface Request {
  /** By which its caller can give it up; a request over HTTP ends with its connection. */
  id?: string
  method: string
  params: unknown
  caller: Caller
  signal: () => AbortSignal
  /** Takes the first response of a two-stage method, as JSON text. */
  accept: (json: string) => void
}

export type Answer = { ok: true; json: string } | { ok: false; error: WireError }

/** A method that was called before, ready to be called again. */
interface Callable {
  method: AnyMethod
  supplied: object
  params: z.ZodType
}

/** Calls slower than this are worth a line in the log. */
const slowMs = 50

/** Finds the method, checks scope and params, runs it, checks the result. The one way in for every call. */
export const createDispatch = (
  methods: MethodTable,
  services: Services,
  log: Log,
  audit: Audit,
) => {
  const table = new Map<string, Callable>()
  /** Found anew only at the first call. */
  const load = async (name: string): Promise<Callable> => {
    const method = await methods.find(name)
    if (!method) throw unknownMethod({ method: name.slice(0, 128) })
    const supplied = services.supply(method.needs)
    const callable = { method, supplied, params: closed(method.params) }
    table.set(name, callable)
    return callable
  }
  const logger = log.for("gateway")
  const counts = services.get(Counts)
  const quota = createQuota(() => services.get(Clock))
  const calls = createCalls()
  services.provide(Calls, calls)

  const guardPace = ({ name, limit }: AnyMethod, { deviceId, ip }: Caller) => {
    if (!limit) return
    const { shared = name } = limit
    const waitMs = quota.take(`${shared} ${deviceId ?? ""} ${ip ?? ""}`, limit)
    if (waitMs) throw tooOften({ method: name, waitMs })
  }

  /** A signal of the call's own, made when its handler asks for one. */
  const stoppable = ({ id, caller, signal }: Request) => {
    let begun: ReturnType<typeof calls.begin> | undefined
    return {
      signal: () =>
        id === undefined
          ? signal()
          : (begun ??= calls.begin(caller.connection, id, signal())).signal,
      end: () => begun?.end(),
    }
  }

  const run = async (
    { method: name, params, caller, accept }: Request,
    signal: () => AbortSignal,
  ): Promise<string> => {
    const found = table.get(name) ?? (await load(name))
    const { method, supplied } = found
    if ((method.scope === "node") !== (caller.role === "node"))
      throw wrongRole({ method: name, role: caller.role })
    if (!holds(caller.scopes, method.scope))
      throw missingScope({ scope: `operator.${method.scope}` })
    const parsed = found.params.safeParse(params ?? {})
    if (!parsed.success) throw badParams({ method: name, issue: firstIssue(parsed.error) })
    guardPace(method, caller)
    const context = Object.create(supplied, {
      caller: { value: caller },
      signal: { get: signal },
      accept: {
        value: (payload: unknown) =>
          accept(JSON.stringify(method.accepted ? method.accepted.parse(payload) : payload)),
      },
    })
    const result = await method.handle(parsed.data, context)
    return result instanceof Prepared ? result.json : JSON.stringify(method.result.parse(result))
  }

  return async (request: Request): Promise<Answer> => {
    const began = performance.now()
    const { signal, end } = stoppable(request)
    let outcome = "ok"
    try {
      return { ok: true, json: await run(request, signal) }
    } catch (error) {
      outcome = error instanceof Fault ? error.code : "internal"
      if (error instanceof Fault) {
        logger.debug("call refused", { method: request.method, code: error.code })
        return { ok: false, error: error.toWire() }
      }
      logger.error("call failed", { method: request.method, error })
      return { ok: false, error: internalError }
    } finally {
      end()
      const scope = table.get(request.method)?.method.scope
      if (scope && isAudited(scope)) audit.record(callRecord(request, outcome))
      counts.add(rpcCalls, [scope ? request.method : "unknown", outcome])
      const ms = Math.round(performance.now() - began)
      if (ms >= slowMs) logger.debug("call was slow", { method: request.method, ms })
    }
  }
}
export type Dispatch = ReturnType<typeof createDispatch>

/** Params objects are closed: a property the method does not know is refused, not dropped. */
const closed = (schema: z.ZodType) => (schema instanceof z.ZodObject ? schema.strict() : schema)
