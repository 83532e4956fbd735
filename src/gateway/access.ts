import type { Env } from "../config/paths.ts"
import type { Reloader } from "../config/reloader.ts"
import { Fault } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { Auth, AuthFlags } from "./auth.ts"
import { resolveAuth } from "./auth.ts"
import type { GatewayConfig } from "./config.ts"
import type { Credential } from "./connections.ts"
import { guardAuth } from "./guards.ts"
import type { RateLimit } from "./limiter.ts"
import type { Proxies } from "./remote.ts"
import { proxiesOf } from "./remote.ts"

/** All that decides who may come in, as of one reading of the config. */
export interface Access {
  auth: Auth
  proxies: Proxies
  /** Tailscale Serve's identity headers are looked into. */
  allowTailscale: boolean
  rateLimit: RateLimit
}

/** What the config does not say and a run keeps. */
export interface AccessGround {
  hosts: string[]
  /** Without what references in the config override. */
  readonly env: Env
  flags: AuthFlags
}

/** Reads it from the config. Throws what is wrong with it. */
export const decideAccess = (
  config: GatewayConfig,
  { hosts, env, flags }: AccessGround,
): Access => {
  const auth = resolveAuth(config.auth, env, flags)
  guardAuth(config, hosts, auth)
  return accessWith(config, auth)
}

const accessWith = (config: GatewayConfig, auth: Auth): Access => ({
  auth,
  proxies: proxiesOf(config),
  allowTailscale:
    (config.auth.allowTailscale ?? config.tailscale.mode === "serve") && auth.mode === "token",
  rateLimit: config.auth.rateLimit,
})

/** Access as it is at each moment. */
export interface LiveAccess {
  current(): Access
  /** Calls after every change, with what tells which credentials it ended. */
  onChange(listener: (isOver: (credential: Pick<Credential, "kind">) => boolean) => void): void
  stop(): void
}

/**
 * Keeps `current` true to the config in force while the gateway runs. A config that guards the
 * gateway with nothing closes the door.
 */
export const watchAccess = (options: {
  config: () => GatewayConfig
  reloader: Pick<Reloader, "onApplied">
  ground: AccessGround
  log: Log
}): LiveAccess => {
  const { reloader, ground } = options
  const log = options.log.for("gateway")
  const listeners: Parameters<LiveAccess["onChange"]>[0][] = []
  let config = options.config()
  let seen = facts(config, ground)
  let current = decideAccess(config, ground)

  const decide = (next: GatewayConfig): Access => {
    try {
      return decideAccess(next, ground)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      log.error("the config guards the gateway with nothing; nobody is let in until it does", {
        problem: error.message,
        hint: error.hint,
      })
      const wanted = next.auth.mode ?? (next.auth.password ? "password" : "token")
      return accessWith(next, { mode: "closed", wanted })
    }
  }

  const stop = reloader.onApplied(() => {
    const next = options.config()
    const now = facts(next, ground)
    if (Bun.deepEquals(now, seen)) return
    const before = { access: current, config }
    config = next
    seen = now
    current = decide(next)
    log.info("how clients sign in has changed", { mode: current.auth.mode })
    const isOver = overWith(before, { access: current, config })
    for (const listener of listeners) listener(isOver)
  })
  return { current: () => current, onChange: (listener) => void listeners.push(listener), stop }
}

/** What access is made of. */
const facts = (
  { auth, trustedProxies, allowRealIpFallback, tailscale }: GatewayConfig,
  { env: { FASED_GATEWAY_TOKEN, FASED_GATEWAY_PASSWORD } }: AccessGround,
) => ({
  auth,
  trustedProxies,
  allowRealIpFallback,
  tailscale,
  FASED_GATEWAY_TOKEN,
  FASED_GATEWAY_PASSWORD,
})

interface Reading {
  access: Access
  config: GatewayConfig
}

/** Which credentials a change has ended. */
const overWith = (before: Reading, after: Reading) => {
  if (before.access.auth.mode !== after.access.auth.mode) return () => true
  const secretChanged = secretOf(before.access.auth) !== secretOf(after.access.auth)
  const proxyChanged = !Bun.deepEquals(proxyFacts(before.config), proxyFacts(after.config))
  const serveEnded = before.access.allowTailscale && !after.access.allowTailscale
  return ({ kind }: Pick<Credential, "kind">) => {
    if (kind === "proxy") return proxyChanged
    if (kind === "tailscale") return serveEnded
    return secretChanged && (kind === "shared" || kind === "ui-session")
  }
}

const secretOf = (auth: Auth) => ("secret" in auth ? auth.secret : undefined)
const proxyFacts = ({ auth, trustedProxies, allowRealIpFallback }: GatewayConfig) => ({
  identity: auth.trustedProxy,
  trustedProxies,
  allowRealIpFallback,
})
