import { judgedSection } from "../config/load.ts"
import { formatPath, type Path } from "../config/path.ts"
import type { ConfigState, GuardChange } from "../config/settings.ts"
import { Fault } from "../kernel/fault.ts"
import { present, weakness } from "../secrets/compare.ts"
import { withoutOverridden } from "../secrets/overridden.ts"
import { decideAccess } from "./access.ts"
import { listenHosts } from "./address.ts"
import { gateway, type GatewayConfig } from "./config.ts"
import {
  funnelNeedsPassword,
  noAddress,
  originsMissing,
  serveNeedsLoopback,
  weakSecret,
  wouldLockOut,
  wouldNotStart,
} from "./faults.ts"
import { guardExposure } from "./guards.ts"

/**
 * Refuses a change after which nobody could sign in to the gateway, or none would start, in the
 * words in which the gateway itself would. Where that is so already, anything goes that writes no
 * useless secret: it may be one of several steps out. Secrets kept elsewhere count as good.
 */
export const refuseLockOut: GuardChange = (next, now) => {
  if (!next.values || !now.values) return
  const config = judgedSection(next, gateway)
  if (config.mode === "remote") return
  const before = judgedSection(now, gateway)
  const problem = problemOf(next, config)
  if (!problem) return
  const isNew = !problemOf(now, before)
  if (isExposure(problem)) {
    if (isNew) throw wouldNotStart({ problem })
    return
  }
  const isWritten = weakSecret.is(problem) && secretsOf(before) !== secretsOf(config)
  if (isNew || isWritten) throw wouldLockOut({ problem })
}

/** Refuses a secret that is to guard the gateway and cannot. */
export const refuseUseless = (path: Path, secret: string) => {
  const [, name] = /^gateway\.auth\.(token|password)$/.exec(formatPath(path)) ?? []
  const why = name && present(secret) && weakness(secret)
  if (why) throw wouldLockOut({ problem: weakSecret({ name, why }) })
}

const isExposure = (problem: Fault) =>
  [originsMissing, serveNeedsLoopback, funnelNeedsPassword].some((kind) => kind.is(problem))

const problemOf = (state: ConfigState, config: GatewayConfig): Fault | undefined => {
  try {
    const hosts = listenHosts(config.bind, config.customBindHost)
    const env = withoutOverridden(state.refs, state.env)
    guardExposure(config, hosts, decideAccess(config, { hosts, env, flags: {} }).auth)
    return undefined
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return noAddress.is(error) ? undefined : error
  }
}

const secretsOf = ({ auth: { token, password } }: GatewayConfig) =>
  JSON.stringify([token, password])
