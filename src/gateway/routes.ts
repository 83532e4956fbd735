import type { Context, Hono } from "hono"
import type { Clock } from "../kernel/clock.ts"
import { Fault, internalError } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import { Counts } from "../kernel/metric.ts"
import type { AnyRoute, Refused, RouteRequest } from "../kernel/route.ts"
import type { Services } from "../kernel/service.ts"
import { gateway } from "./config.ts"
import type { HttpAuth } from "./http-auth.ts"
import type { HttpEnv } from "./http.ts"
import { httpRequests, httpSeconds } from "./metrics.ts"
import { readBody } from "./read-body.ts"
import { createUnderWay } from "./under-way.ts"

/** How long a client may take to send a body. */
const bodyMs = 30_000

/** Serves what other folders declare: the caller is known before the body is read. */
export const mountRoutes = (
  app: Hono<HttpEnv>,
  routes: readonly AnyRoute[],
  {
    services,
    identify,
    clock,
    ...needs
  }: { services: Services; identify: HttpAuth; clock: Clock; log: Log },
) => {
  const log = needs.log.for("gateway")
  const counts = services.get(Counts)
  const isServed = (route: AnyRoute) => route.enabled?.(services.supply(route.needs)) ?? true

  const underWay = createUnderWay(() => services.get(gateway).http.maxConcurrent)

  const answer = async (
    route: AnyRoute,
    context: Context<HttpEnv>,
    params = context.req.param() as Record<string, string>,
  ): Promise<Response> => {
    const supplied = services.supply(route.needs)
    let held = 0
    const hold = (bytes: number) => {
      underWay.hold(bytes)
      held += bytes
    }
    const most = route.longest?.(supplied) ?? 0
    const during: Promise<unknown>[] = []
    const request = requestOf(context, { most, clock, hold, during, params })
    let done = () => {}
    try {
      const caller = route.authorize
        ? await route.authorize(Object.assign(supplied, request))
        : identify(context.req.raw, context.env)
      if ("status" in caller) return refusal(route, caller)
      done = underWay.begin(caller.user ?? request.from.address)
      return await route.handle(Object.assign(services.supply(route.needs), request, { caller }))
    } catch (error) {
      if (error instanceof Fault) return refusal(route, toRefused(error))
      if (request.signal.aborted) return new Response(null, { status: 499 })
      log.error("request failed", { route: `${route.method} ${route.path}`, error })
      return refusal(route, { status: 500, code: "internal", message: internalError.message })
    } finally {
      const end = () => {
        done()
        underWay.release(held)
      }
      if (during.length) void Promise.allSettled(during).then(end)
      else end()
    }
  }

  const counted = async (
    route: AnyRoute,
    context: Context<HttpEnv>,
    params?: Record<string, string>,
  ) => {
    const began = performance.now()
    const response = await answer(route, context, params)
    const name = `${route.method} ${route.path}`
    counts.add(httpRequests, [name, String(response.status)])
    counts.took(httpSeconds, [name], (performance.now() - began) / 1000)
    return response
  }

  const fixed = routes.filter(({ under, at }) => !under && !at)
  for (const route of fixed)
    app.on(route.method, route.path, (context, next) =>
      isServed(route) ? counted(route, context) : next(),
    )
  for (const [path, served] of Map.groupBy(fixed, ({ path }) => path))
    app.all(path, async (context, next) => {
      const allowed = served.filter(isServed)
      return allowed.length ? notSo(allowed, context.req.method) : next()
    })
  for (const route of routes.filter(({ under }) => under))
    app.use("*", async (context, next) => {
      const name = isServed(route) && nameUnder(route.under!(services.supply(route.needs)), context)
      if (!name) return next()
      if (context.req.method !== route.method) return notSo([route], context.req.method)
      return counted(route, context, { name })
    })
  for (const route of routes.filter(({ at }) => at))
    app.use("*", async (context, next) => {
      const served = isServed(route) && route.at!(services.supply(route.needs), context.req.path)
      if (!served) return next()
      if (context.req.method !== route.method) return notSo([route], context.req.method)
      return counted(route, context, {})
    })
}

/** The one part of the path behind `base`; nothing when it leads elsewhere. */
const nameUnder = (base: string, { req }: Context<HttpEnv>) => {
  const name = req.path.startsWith(`${base}/`) ? req.path.slice(base.length + 1) : ""
  return /^[A-Za-z0-9][\w.-]{0,99}$/.test(name) ? name : undefined
}

/** Another method is answered with those there are. */
const notSo = (routes: readonly AnyRoute[], method: string) => {
  const allow = routes.map((route) => route.method).join(", ")
  const message = `${method} is not served here: use ${allow}.`
  return refusal(routes[0]!, {
    status: 405,
    code: "method_not_allowed",
    message,
    headers: { allow },
  })
}

const requestOf = (
  { req, env }: Context<HttpEnv>,
  {
    during,
    params,
    ...limits
  }: {
    params: Record<string, string>
    most: number
    clock: Clock
    hold: (bytes: number) => void
    during: Promise<unknown>[]
  },
): RouteRequest => {
  let body: Promise<Buffer> | undefined
  return {
    request: req.raw,
    params,
    from: { address: env.remote.address, local: env.remote.route === "local" },
    body: () => (body ??= readBody(req.raw, { ...limits, withinMs: bodyMs })),
    signal: req.raw.signal,
    during: (work) => void during.push(work),
    hold: env.hold,
  }
}

const toRefused = (fault: Fault): Refused => {
  const { retryAfterMs, details } = fault.toWire()
  const { param } = details as { param?: string }
  return {
    status: fault.status,
    code: fault.code,
    message: fault.message,
    hint: fault.hint,
    ...(param !== undefined && { param }),
    ...(retryAfterMs !== undefined && {
      headers: { "retry-after": String(Math.ceil(retryAfterMs / 1000)) },
    }),
  }
}

const refusal = (route: AnyRoute, refused: Refused) =>
  Response.json(route.refuse(refused), { status: refused.status, headers: refused.headers })
