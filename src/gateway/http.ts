import { Hono } from "hono"
import type { ContentfulStatusCode } from "hono/utils/http-status"
import type { Clock } from "../kernel/clock.ts"
import type { HttpAuth } from "./http-auth.ts"
import type { Visitor } from "./visitor.ts"

/** What a route may know of the socket behind a request. */
export interface HttpEnv {
  Bindings: Visitor & {
    /** Lets the answer take longer than a silent connection may last. */
    hold(): void
  }
}

export interface Readiness {
  startedAt: number
  /** What is not ready yet; empty when all is. */
  failing: () => string[]
  clock: Clock
  identify: HttpAuth
  /** Strict-Transport-Security, where the gateway is to say it. */
  transportSecurity: () => string | false
}

/** HTTP on the gateway's port: probes first, then the Control UI, then 404. */
export const createHttp = (readiness: Readiness, mount: (app: Hono<HttpEnv>) => void) => {
  const app = new Hono<HttpEnv>()

  app.use(async (context, next) => {
    await next()
    context.res.headers.set("x-content-type-options", "nosniff")
    context.res.headers.set("referrer-policy", "no-referrer")
    const transportSecurity = readiness.transportSecurity()
    if (transportSecurity) context.res.headers.set("strict-transport-security", transportSecurity)
  })

  for (const path of ["/health", "/healthz"])
    app.get(path, (context) => context.json({ ok: true, status: "live" }))

  for (const path of ["/ready", "/readyz"])
    app.get(path, (context) => {
      const asks = context.req.header("authorization") !== undefined
      const caller = asks ? readiness.identify(context.req.raw, context.env) : undefined
      if (caller && "status" in caller)
        return context.json(
          { error: { code: caller.code, message: caller.message } },
          { status: caller.status as ContentfulStatusCode, headers: caller.headers },
        )
      const failing = readiness.failing()
      const mayKnow = context.env.remote.route === "local" || caller !== undefined
      const uptimeMs = readiness.clock.now() - readiness.startedAt
      const body = {
        ready: !failing.length,
        failing: mayKnow ? failing : failing.map(() => "hidden"),
      }
      return context.json(mayKnow ? { ...body, uptimeMs } : body, failing.length ? 503 : 200)
    })

  for (const path of ["/health", "/healthz", "/ready", "/readyz"])
    app.all(path, (context) => context.text("Method Not Allowed\n", 405, { allow: "GET, HEAD" }))

  mount(app)
  app.notFound((context) => context.text("Not Found\n", 404))
  return app
}
