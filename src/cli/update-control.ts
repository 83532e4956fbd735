import { Fault } from "../kernel/fault.ts"
import type { GatewayControl } from "../update/apply.ts"
import { cleanEnv } from "../update/stage.ts"
import type { Context } from "./command.ts"
import { findTarget } from "./gateway-client.ts"
import { runningHolder } from "./instance.ts"
import { probe } from "./probe.ts"

const pollMs = 200
const probeMs = 3000

/** This instance's own gateway, handled through its service; `target` is the binary in place. */
export const gatewayControl = (
  context: Context,
  { target, gateMs }: { target: string; gateMs: number },
): GatewayControl => {
  const { paths, env, instance } = context
  const look = async () => {
    const holder = runningHolder(paths.state)
    if (!holder) return undefined
    return probe(findTarget({ port: String(holder.port) }, context), context, probeMs)
  }
  /** What is in place knows the service: it may have been put there a moment ago. */
  const service = async (...words: string[]) => {
    const child = Bun.spawn([target, ...instance, "gateway", ...words], {
      env: cleanEnv(env),
      stdio: ["ignore", "ignore", "ignore"],
      timeout: 60_000,
    })
    return (await child.exited) === 0
  }
  return {
    running: async () => (await look())?.version ?? runningHolder(paths.state)?.version,
    restart: () => service("restart", "--json"),
    async stop() {
      await service("stop", "--force", "--json")
    },
    async answers(version) {
      for (const until = Date.now() + gateMs; Date.now() < until; await Bun.sleep(pollMs)) {
        const seen = await look().catch(ignoreFaults)
        if (seen?.ok && seen.version === version) return true
      }
      return false
    },
  }
}

/** A gateway that is coming up may answer anything; only its time counts. */
const ignoreFaults = (error: unknown) => {
  if (!(error instanceof Fault)) throw error
  return undefined
}
