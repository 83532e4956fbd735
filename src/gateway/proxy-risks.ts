import { risk } from "../kernel/risk.ts"
import { gateway, type GatewayConfig } from "./config.ts"
import { hostName, isLocalName } from "./locality.ts"

const needs = { gateway }
const byProxy = ({ auth }: GatewayConfig) => auth.mode === "trusted-proxy"

export const proxyAuth = risk({
  id: "gateway.trusted_proxy_auth",
  title: "A proxy's headers decide who comes in",
  needs,
  detect: ({ gateway }) =>
    byProxy(gateway)
      ? {
          severity: "critical",
          detail:
            "gateway.auth.mode is trusted-proxy: whoever reaches the port from a trusted proxy's address can be anybody. The proxy must sign people in, overwrite these headers, and be the only way to the port.",
          remediation: "Close the port to all but the proxy, in the firewall too.",
        }
      : null,
})

export const proxyNoProxies = risk({
  id: "gateway.trusted_proxy_no_proxies",
  title: "Sign-in by proxy without a proxy",
  needs,
  detect: ({ gateway }) =>
    byProxy(gateway) && !gateway.trustedProxies.length
      ? {
          severity: "critical",
          detail:
            "gateway.auth.mode is trusted-proxy, and gateway.trustedProxies is empty. Nobody can come in like this.",
          remediation: "fased config set gateway.trustedProxies '[\"<address of the proxy>\"]'",
        }
      : null,
})

export const proxyNoUserHeader = risk({
  id: "gateway.trusted_proxy_no_user_header",
  title: "Sign-in by proxy without a user",
  needs,
  detect: ({ gateway }) =>
    byProxy(gateway) && !gateway.auth.trustedProxy.userHeader
      ? {
          severity: "critical",
          detail: "gateway.auth.trustedProxy.userHeader is not set, so no request names a user.",
          remediation: "fased config set gateway.auth.trustedProxy.userHeader x-forwarded-user",
        }
      : null,
})

export const proxyNoAllowlist = risk({
  id: "gateway.trusted_proxy_no_allowlist",
  title: "Everyone the proxy signs in may come in",
  needs,
  detect: ({ gateway }) =>
    byProxy(gateway) && !gateway.auth.trustedProxy.allowUsers.length
      ? {
          severity: "warn",
          detail: "gateway.auth.trustedProxy.allowUsers is empty.",
          remediation:
            "fased config set gateway.auth.trustedProxy.allowUsers '[\"you@example.com\"]'",
        }
      : null,
})

/** Networks so wide that more than a proxy lives there. */
const isWide = (entry: string) => {
  const [address = "", bits] = entry.split("/")
  return bits !== undefined && Number(bits) < (address.includes(":") ? 64 : 24)
}

export const proxyWide = risk({
  id: "gateway.trusted_proxy_wide_network",
  title: "Whole networks count as a proxy",
  needs,
  detect({ gateway }) {
    const wide = gateway.trustedProxies.filter(isWide)
    return wide.length
      ? {
          severity: "warn",
          detail: `gateway.trustedProxies has ${wide.join(", ")}: every machine there can say who it speaks for.`,
          remediation: "Name the proxy's own address.",
        }
      : null
  },
})

export const proxiesMissing = risk({
  id: "gateway.trusted_proxies_missing",
  title: "Something seems to stand in front, and is not trusted",
  needs,
  detect({ gateway }) {
    const { trustedProxies, bind, controlUi, tailscale } = gateway
    if (bind !== "loopback" || trustedProxies.length || tailscale.mode !== "off") return null
    const elsewhere = controlUi.allowedOrigins.filter(
      (origin) => !isLocalName(hostName(new URL(origin).host)),
    )
    return elsewhere.length
      ? {
          severity: "warn",
          detail: `The port is this machine's only, yet pages of ${elsewhere.join(", ")} may connect. Behind a proxy that is not in gateway.trustedProxies all clients look like one, and share one limit of wrong tries.`,
          remediation: "fased config set gateway.trustedProxies '[\"127.0.0.1\"]'",
        }
      : null
  },
})

export const realIpFallback = risk({
  id: "gateway.real_ip_fallback_enabled",
  title: "X-Real-IP can say who a client is",
  needs,
  detect: ({ gateway }) =>
    gateway.allowRealIpFallback
      ? {
          severity: "warn",
          detail:
            "gateway.allowRealIpFallback is on. A proxy that passes the header on instead of setting it lets clients choose their address.",
          remediation: "fased config unset gateway.allowRealIpFallback",
        }
      : null,
})

export const tailscaleFunnel = risk({
  id: "gateway.tailscale_funnel",
  title: "The gateway faces the internet",
  needs,
  detect: ({ gateway }) =>
    gateway.tailscale.mode === "funnel"
      ? {
          severity: "critical",
          detail:
            "gateway.tailscale.mode is funnel, so everyone can knock; only the password is left.",
          remediation: "fased config set gateway.tailscale.mode serve",
        }
      : null,
})

export const tailscaleServe = risk({
  id: "gateway.tailscale_serve",
  title: "The gateway is served to the tailnet",
  needs,
  detect: ({ gateway }) =>
    gateway.tailscale.mode === "serve"
      ? { severity: "info", detail: "gateway.tailscale.mode is serve: your tailnet can reach it." }
      : null,
})
