import { type Env, Environment } from "../config/paths.ts"
import { Settings } from "../config/settings.ts"
import { risk } from "../kernel/risk.ts"
import { present, weakness } from "../secrets/compare.ts"
import { withoutOverridden } from "../secrets/overridden.ts"
import { beyondLoopback, listenHosts } from "./address.ts"
import { gateway, type GatewayConfig } from "./config.ts"

/** The address others can reach, if there is one. */
const reachable = ({ bind, customBindHost }: GatewayConfig): string | undefined => {
  try {
    return beyondLoopback(listenHosts(bind, customBindHost))
  } catch {
    return undefined // it has no such address, so nobody reaches it there
  }
}

const secretsOf = (
  { auth }: GatewayConfig,
  env: Env,
): readonly (readonly [name: "token" | "password", secret: string])[] => {
  const token = present(env.FASED_GATEWAY_TOKEN) ?? present(auth.token)
  const password = present(env.FASED_GATEWAY_PASSWORD) ?? present(auth.password)
  const counts = (name: "token" | "password") =>
    !auth.mode || auth.mode === name || auth.mode === "trusted-proxy"
  return [
    ...(token && counts("token") ? [["token", token] as const] : []),
    ...(password && counts("password") ? [["password", password] as const] : []),
  ]
}

const isGuarded = (config: GatewayConfig, env: Env) =>
  config.auth.mode === "trusted-proxy" || secretsOf(config, env).length > 0

export const bindNoAuth = risk({
  id: "gateway.bind_no_auth",
  title: "The gateway would be open to the network",
  needs: { gateway, env: Environment },
  detect({ gateway, env }) {
    const host = reachable(gateway)
    if (!host || isGuarded(gateway, env)) return null
    return {
      severity: "critical",
      detail: `gateway.bind is ${gateway.bind} (${host}) and no secret is set. The gateway refuses to start like this.`,
      remediation: "fased config set gateway.bind loopback, then let fased start make a token.",
    }
  },
})

export const loopbackNoAuth = risk({
  id: "gateway.loopback_no_auth",
  title: "No secret guards the gateway",
  needs: { gateway, env: Environment, settings: Settings },
  detect({ gateway, env, settings }) {
    if (!settings.current().exists || reachable(gateway) || isGuarded(gateway, env)) return null
    return {
      severity: "critical",
      detail:
        "The config has neither token nor password. Whatever runs on this machine, and a proxy in front, may be let in.",
      remediation: "Run fased start, which makes a token and keeps it.",
    }
  },
})

/** Enough for a random token of 128 bits in hex, or a long passphrase. */
const longEnough = 24

export const tokenTooShort = risk({
  id: "gateway.token_too_short",
  title: "The gateway's secret can be guessed",
  needs: { gateway, env: Environment, settings: Settings },
  detect({ gateway, env, settings }) {
    const given = withoutOverridden(settings.current().refs, env)
    for (const [name, secret] of secretsOf(gateway, given)) {
      const why = weakness(secret)
      const remediation = `fased config unset gateway.auth.${name}, then let fased start make a token.`
      if (why)
        return {
          severity: "critical",
          detail: `The ${name} does not count: ${why}. The gateway refuses to start with it.`,
          remediation,
        }
      if (secret.length < longEnough)
        return {
          severity: "warn",
          detail: `The ${name} has ${secret.length} characters; ${longEnough} random ones or more are safe.`,
          remediation,
        }
    }
    return null
  },
})

export const originsMissing = risk({
  id: "gateway.control_ui.allowed_origins_required",
  title: "The page is served to the network without a list of origins",
  needs: { gateway },
  detect({ gateway }) {
    const { enabled, allowedOrigins, dangerouslyAllowHostHeaderOriginFallback } = gateway.controlUi
    const host = reachable(gateway)
    if (!host || !enabled || allowedOrigins.length || dangerouslyAllowHostHeaderOriginFallback)
      return null
    return {
      severity: "critical",
      detail: `The Control UI would be served on ${host}, and gateway.controlUi.allowedOrigins is empty. The gateway refuses to start like this.`,
      remediation:
        "fased config set gateway.controlUi.allowedOrigins '[\"https://host\"]', or gateway.controlUi.enabled false",
    }
  },
})

export const originsWildcard = risk({
  id: "gateway.control_ui.allowed_origins_wildcard",
  title: "An allowed origin looks like a pattern",
  needs: { gateway },
  detect({ gateway }) {
    const wild = gateway.controlUi.allowedOrigins.filter((origin) => origin.includes("*"))
    return wild.length
      ? {
          severity: "warn",
          detail: `gateway.controlUi.allowedOrigins has ${wild.join(", ")}. Origins are compared letter by letter, so this lets nobody in and promises something else.`,
          remediation: "Name each origin in full.",
        }
      : null
  },
})

export const originHostFallback = risk({
  id: "gateway.control_ui.host_header_origin_fallback",
  title: "The Host header decides which page is ours",
  needs: { gateway },
  detect({ gateway }) {
    if (!gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback) return null
    return {
      severity: reachable(gateway) ? "critical" : "warn",
      detail:
        "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback is on: a page elsewhere whose name leads to this machine counts as ours (DNS rebinding).",
      remediation:
        "fased config unset gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback, and list the origins instead.",
    }
  },
})

export const bindNoTls = risk({
  id: "gateway.bind_no_tls",
  title: "The network can read along",
  needs: { gateway },
  detect({ gateway }) {
    const host = reachable(gateway)
    if (!host || gateway.tls.enabled || gateway.trustedProxies.length) return null
    return {
      severity: "warn",
      detail: `gateway.bind is ${gateway.bind} (${host}) without gateway.tls: secrets and conversations travel readable.`,
      remediation: "fased config set gateway.tls.enabled true",
    }
  },
})

export const limitsLax = risk({
  id: "gateway.auth_no_rate_limit",
  title: "Wrong secrets are hardly limited",
  needs: { gateway },
  detect({ gateway }) {
    const { maxAttempts, lockoutMs } = gateway.auth.rateLimit
    if (!reachable(gateway) || (maxAttempts <= 100 && lockoutMs >= 10_000)) return null
    return {
      severity: "warn",
      detail: `gateway.auth.rateLimit lets a client be wrong ${maxAttempts} times before it waits ${lockoutMs / 1000} s, on a port the network can reach.`,
      remediation: "fased config unset gateway.auth.rateLimit",
    }
  },
})
