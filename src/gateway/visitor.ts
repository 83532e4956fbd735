import type { Access } from "./access.ts"
import type { Asker } from "./limiter.ts"
import type { HostRules } from "./origin.ts"
import { originAllowed } from "./origin.ts"
import type { ProxyUser } from "./proxy-identity.ts"
import { proxyUserOf } from "./proxy-identity.ts"
import { remoteOf } from "./remote.ts"
import type { ServeClaim, ServeFailure } from "./tailscale.ts"
import { serveClaim } from "./tailscale.ts"
import type { UiSessions } from "./ui-session.ts"

/** Who makes a request, as far as it shows before any secret is looked at. */
export interface Visitor extends Asker {
  /** No browser asks, or one that shows a page of ours. */
  originAllowed: boolean
}

/** What an upgrade request says about who comes, besides what `connect` will say. */
export interface Bearings {
  /** Whom a proxy signed in, in that mode. */
  proxyUser?: ProxyUser
  /** Whom Tailscale Serve brings, where it is asked for. */
  serve?: ServeClaim | ServeFailure
  /** The Control UI's login, from its cookie. */
  sessionId?: string
  signedInAt?: number
}

/** Looks at who comes to the door. */
export const createDoor = (needs: {
  access: () => Access
  rules: () => HostRules
  uiSessions: Pick<UiSessions, "of">
  /** TLS is served here. */
  secure: boolean
}) => {
  const { access, rules, uiSessions, secure } = needs
  return {
    visitor({ headers }: Request, peer: string, port: number): Visitor {
      const remote = remoteOf(peer, headers, access().proxies)
      const origin = headers.get("origin")
      const at = { host: headers.get("host"), localDirect: remote.route === "local", port, secure }
      return { remote, origin, originAllowed: originAllowed(origin, at, rules()) }
    },

    bearings(request: Request, { remote, originAllowed }: Visitor): Bearings {
      const { headers } = request
      const { auth, allowTailscale } = access()
      if (auth.mode === "trusted-proxy")
        return { proxyUser: proxyUserOf(auth.proxy, headers, remote) }
      const session = originAllowed ? uiSessions.of(request) : undefined
      return {
        serve: allowTailscale ? serveClaim(remote.peer, headers) : undefined,
        sessionId: session?.id,
        signedInAt: session?.createdAt,
      }
    },
  }
}
export type Door = ReturnType<typeof createDoor>
