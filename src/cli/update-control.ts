import { notPaired, unauthorized } from "../client/faults.ts"
import { systemPorts } from "../gateway/ports.ts"
import { clearPort } from "../gateway/take-over.ts"
import { systemClock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import type { GatewayControl } from "../update/apply.ts"
import { run } from "../update/methods.ts"
import type { Context } from "./command.ts"
import { findTarget, openGateway } from "./gateway-client.ts"
import { runningHolder } from "./instance.ts"
import { probe } from "./probe.ts"
import type { Probe } from "./probe.ts"
import { openService } from "./service.ts"

const pollMs = 200
const probeMs = 3000

/** This instance's own gateway, as an update handles it; `gateMs` is the time it has to come back. */
export const gatewayControl = (
  context: Context,
  { gateMs }: { gateMs: number },
): GatewayControl => {
  const { paths } = context
  const service = openService(context)
  const target = () => {
    const holder = runningHolder(paths.state)
    return holder && findTarget({ port: String(holder.port) }, context)
  }
  const look = async () => {
    const there = target()
    return there && probe(there, context, probeMs)
  }

  /** One that turns this command line away is there all the same, and wrote down which it is. */
  const versionSeen = ({ ok, version, error }: Probe) => {
    if (ok) return version
    const isTurnedAway = error?.code === unauthorized.code || error?.code === notPaired.code
    return isTurnedAway ? runningHolder(paths.state)?.version : undefined
  }

  /** In place, under the same process id: for a gateway that answers, wherever it was started. */
  const askToRestart = async () => {
    const there = target()
    if (!there) return false
    await using client = await openGateway(there, context, { timeoutMs: probeMs })
    const outcome = await client.call(run, { restartDelayMs: 0 })
    return outcome.status === "restarting"
  }

  return {
    running: async () => (await look())?.version ?? runningHolder(paths.state)?.version,
    async restart() {
      if (await askToRestart().catch(unlessFault(false))) return true
      if (!service.installed().length) return false
      return service.restart().then(() => true, unlessFault(false))
    },
    async stop() {
      await service.stop().catch(unlessFault("absent"))
      const holder = runningHolder(paths.state)
      // What a gateway wrote down may be out of date; only who holds its port is stopped.
      if (holder && (await systemPorts.holder(holder.port))?.pid === holder.pid)
        await clearPort(holder.port, paths.state, systemPorts, systemClock)
    },
    async answers(version) {
      for (const until = Date.now() + gateMs; Date.now() < until; await Bun.sleep(pollMs)) {
        const seen = await look().catch(unlessFault(undefined))
        if (seen && versionSeen(seen) === version) return true
      }
      return false
    },
  }
}

/** What a gateway that is coming up, or is broken, may answer is no reason to give up. */
const unlessFault =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (!(error instanceof Fault)) throw error
    return instead
  }
