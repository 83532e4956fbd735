import type { Hono } from "hono"
import { closeCodes } from "../client/wire.ts"
import type { Connections } from "./connections.ts"
import type { HttpEnv } from "./http.ts"
import { createLogin, type LoginOptions } from "./login.ts"
import { checkClaim, type Whois } from "./tailscale.ts"
import { controlUi, openSite } from "./ui.ts"
import type { UiSessions } from "./ui-session.ts"
import type { Bearings, Door } from "./visitor.ts"

interface PageOptions extends Pick<LoginOptions, "audit" | "clock" | "judge" | "secure"> {
  connections: Connections
  uiSessions: UiSessions
  door: Door
  whois: Whois
}

/** The Control UI and the way to sign in to it. Mount it last, as its pages are whatever is left. */
export const mountPage = (app: Hono<HttpEnv>, basePath: string, options: PageOptions) => {
  const { connections, uiSessions, door, whois, ...rest } = options
  const site = openSite(basePath)
  const login = createLogin({
    ...rest,
    site,
    sessions: uiSessions,
    async isKnown(request, visitor) {
      const { serve } = door.bearings(request, visitor)
      return typeof serve === "object" && !(await checkClaim(serve, whois))
    },
    close(id) {
      const isOf = ({ sessionId }: Bearings) => sessionId === id
      connections.closeWhere((_, data) => isOf(data), closeCodes.policy, "signed out")
      connections.closeWaiting(closeCodes.policy, "signed out", isOf)
    },
  })
  app.route("/", login.routes)
  app.route("/", controlUi(site, login.door))
}
