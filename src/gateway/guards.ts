import { Fault } from "../kernel/fault.ts"
import type { Auth } from "./auth.ts"
import { beyondLoopback } from "./address.ts"
import type { GatewayConfig } from "./config.ts"
import {
  bindWithoutAuth,
  funnelNeedsPassword,
  noneBeyondLoopback,
  noTrustedProxies,
  originsMissing,
  proxyOnLoopback,
  serveNeedsLoopback,
  startBlocked,
} from "./faults.ts"

/** What must hold before the port is opened (contract 01 §2). Throws the first thing that does not. */
export const guardMode = ({ mode }: GatewayConfig, allowUnconfigured = false) => {
  if (mode !== "local" && !allowUnconfigured) throw startBlocked({ mode })
}

/** Auth could not be resolved: said in the terms of the bind, where that is what makes it grave. */
export const guardMissingAuth = (hosts: string[]) => {
  const host = beyondLoopback(hosts)
  if (host) throw bindWithoutAuth({ host })
}

/** Who may come in fits where the gateway listens; looked at again when the config changes. */
export const guardAuth = (config: GatewayConfig, hosts: string[], auth: Auth) => {
  const host = beyondLoopback(hosts)
  if (host && auth.mode === "none") throw noneBeyondLoopback({ host })
  if (auth.mode !== "trusted-proxy") return
  if (!host) throw proxyOnLoopback()
  if (!config.trustedProxies.length) throw noTrustedProxies()
}

export const guardExposure = (config: GatewayConfig, hosts: string[], auth: Auth) => {
  const host = beyondLoopback(hosts)
  const { mode } = config.tailscale
  if (mode === "funnel" && auth.mode !== "password") throw funnelNeedsPassword()
  if (mode !== "off" && host) throw serveNeedsLoopback({ mode, host })
  const { enabled, allowedOrigins, dangerouslyAllowHostHeaderOriginFallback } = config.controlUi
  if (host && enabled && !allowedOrigins.length && !dangerouslyAllowHostHeaderOriginFallback)
    throw originsMissing({ host })
}

/** What forbids this exposure, for a gateway that runs already. */
export const exposureProblem = (config: GatewayConfig, hosts: string[], auth: Auth) => {
  try {
    guardExposure(config, hosts, auth)
    return undefined
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { problem: error.message, next: error.hint ?? "" }
  }
}
