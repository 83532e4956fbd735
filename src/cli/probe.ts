import { Fault } from "../kernel/fault.ts"
import { notAGateway, plaintextRefused, unreachable } from "../client/faults.ts"
import type { Hello } from "../client/hello.ts"
import type { Target } from "../client/target.ts"
import { unresolved } from "../secrets/faults.ts"
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

/** Connects, reads the health and hangs up; never throws for what a gateway may do. */
export const probe = async (
  target: Target,
  context: Context,
  timeoutMs: number,
): Promise<Probe> => {
  const begun = performance.now()
  const about = { url: target.url, kind: target.kind }
  const ms = () => Math.round((performance.now() - begun) * 10) / 10
  try {
    await using client = await openGateway(target, context, { timeoutMs })
    const { config } = (await client.request("health", {}, { timeoutMs })) as { config?: Followed }
    return { ...about, reachable: true, ok: true, ms: ms(), ...factsOf(client.hello), config }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const absent = [unreachable, notAGateway, plaintextRefused, unresolved].some((kind) =>
      kind.is(error),
    )
    const { code, message, hint } = error
    return { ...about, reachable: !absent, ok: false, ms: ms(), error: { code, message, hint } }
  }
}

const factsOf = ({ server, snapshot }: Hello) => ({
  version: server?.version,
  uptimeMs: snapshot?.uptimeMs,
})
