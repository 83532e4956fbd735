import type { Gateway } from "./gateway.ts"
import type { MethodName, Params, Result } from "./methods.ts"
import type { Asking } from "./requests.ts"

const minute = 60_000

/** Calls a method that may take longer than most: it asks a network, a program or a person. */
export const longCall = <N extends MethodName>(
  gateway: Gateway,
  name: N,
  params: Params<N>,
  { timeoutMs = 2 * minute, signal }: Asking = {},
) => gateway.request<Result<N>>(name, params, { timeoutMs, signal })
