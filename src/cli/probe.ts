import { Fault } from "../kernel/fault.ts"
import {
  certificateMismatch,
  certificateUntrusted,
  closed,
  gatewayBusy,
  lockedOut,
  notPaired,
  refused,
  timedOut,
  unauthorized,
} from "../client/faults.ts"
import type { Hello } from "../client/hello.ts"
import type { Target } from "../client/target.ts"
import type { Context } from "./command.ts"
import type { Followed } from "./followed-config.ts"
import { openGateway } from "./gateway-client.ts"

/** What came of trying one gateway. */
export interface Probe {
  url: string
  kind: Target["kind"]
  /** A gateway answers there, whether or not it lets us in. */
  reachable: boolean
  /** It let us in and answered a read. */
  ok: boolean
  ms: number
  version?: string
  uptimeMs?: number
  /** How it stands to its config file. */
  config?: Followed
  error?: { code: string; message: string; hint?: string }
}

/** What only a gateway that is there can say; any other fault came up on the way to it. */
const answers = [
  certificateMismatch,
  certificateUntrusted,
  closed,
  gatewayBusy,
  lockedOut,
  notPaired,
  refused,
  timedOut,
  unauthorized,
]

/** Connects, reads the health and hangs up; never throws for what a gateway may do. */
export const probe = async (
  target: Target,
  context: Context,
  timeoutMs: number,
): Promise<Probe> => {
  const ms = stopwatch()
  try {
    await using client = await openGateway(target, context, { timeoutMs })
    const { config } = (await client.request("health", {}, { timeoutMs })) as { config?: Followed }
    const { url, kind } = target
    return { url, kind, reachable: true, ok: true, ms: ms(), ...factsOf(client.hello), config }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return failedProbe(target, error, ms())
  }
}

/** What a failure says of the gateway. */
export const failedProbe = ({ url, kind }: Target, error: Fault, ms: number): Probe => {
  const { code, message, hint } = error
  const reachable = answers.some((known) => known.is(error))
  return { url, kind, reachable, ok: false, ms, error: { code, message, hint } }
}

/** Gives the milliseconds since it was made, to a tenth. */
export const stopwatch = () => {
  const begun = performance.now()
  return () => Math.round((performance.now() - begun) * 10) / 10
}

const factsOf = ({ server, snapshot }: Hello) => ({
  version: server?.version,
  uptimeMs: snapshot?.uptimeMs,
})
