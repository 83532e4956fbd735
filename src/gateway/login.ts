import { type Context, Hono } from "hono"
import { deleteCookie, setCookie } from "hono/cookie"
import type { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import type { Audit } from "../security/trail.ts"
import {
  foreignPage,
  signInNotOffered,
  signInsLimited,
  tokenNotAccepted,
  tokenNotGiven,
} from "./faults.ts"
import type { HttpEnv } from "./http.ts"
import type { Look } from "./limiter.ts"
import { hostName, isLocalName } from "./locality.ts"
import { fromOwnPage } from "./own-page.ts"
import { ownPath, readSignIn } from "./login-form.ts"
import type { UiSessions } from "./ui-session.ts"
import { cookieSeconds, sessionCookie } from "./ui-session.ts"
import { pageHeaders } from "./ui-site.ts"
import type { Site } from "./ui-site.ts"
import type { Visitor } from "./visitor.ts"

export interface LoginOptions {
  site: Site
  sessions: UiSessions
  audit: Audit
  clock: Clock
  /** Judges a token; wrong ones count against who shows them. */
  judge(token: string, visitor: Visitor): Look
  /** TLS is served here. */
  secure: boolean
  /** Whom the tailnet vouches for needs no page to sign in. */
  isKnown(request: Request, visitor: Visitor): Promise<boolean>
  /** Ends the connections of a session that is over. */
  close(sessionId: string): void
}

/**
 * Signing in to the Control UI (contract 04 §3): the gateway's token is shown once, and a cookie
 * no script can read stands for it from then on. The cookie opens the page and the WebSocket,
 * never an HTTP API.
 */
export const createLogin = (options: LoginOptions) => {
  const { site, sessions, audit, clock } = options
  const address = `${site.base}/__fased__/session`
  const home = `${site.base}/`
  const cookie = { path: site.base || "/", httpOnly: true, sameSite: "Strict" } as const

  /** The cookie may be kept from plain http: the browser itself says https, or whoever it came by. */
  const isSecure = ({ headers }: Request, { remote, origin }: Visitor) =>
    options.secure ||
    (origin?.startsWith("https:") ?? false) ||
    (remote.route === "proxied" && headers.get("x-forwarded-proto")?.trim() === "https")

  /** Browsers tell where a request comes from over https only, and proxies over what it came. */
  const isClear = (request: Request, visitor: Visitor) =>
    !isSecure(request, visitor) &&
    !request.headers.has("sec-fetch-site") &&
    request.headers.get("x-forwarded-proto")?.trim() !== "https"

  const record = (c: Ask, what: string, verdict: "allow" | "deny", reason?: string) => {
    const origin = c.req.header("origin")
    audit.record({
      what,
      verdict,
      reason,
      who: { by: "token", ...(origin && { origin }) },
      from: c.env.remote.address,
    })
  }

  const endSession = async (c: Ask) => {
    const session = sessions.of(c.req.raw)
    if (!session) return
    await sessions.end(session.id)
    options.close(session.id)
  }

  /** Lets somebody in who shows the right token, or throws why not. */
  const admit = async (c: Ask, token: string) => {
    if (!token) throw tokenNotGiven()
    const look = options.judge(token, c.env)
    if (look.verdict === "limited") throw signInsLimited(look)
    if (look.verdict === "wrong") throw tokenNotAccepted()
    await endSession(c)
    setCookie(c, sessionCookie, await sessions.begin(), {
      ...cookie,
      secure: isSecure(c.req.raw, c.env),
      maxAge: cookieSeconds,
    })
  }

  const signIn = async (c: Ask) => {
    let form: { to: string } | undefined
    try {
      requireOwnPage(c)
      if (!sessions.offered) throw signInNotOffered()
      const sent = await readSignIn(c.req.raw, clock)
      form = sent.form
      await admit(c, sent.token)
      record(c, "sign-in", "allow")
      return form ? c.redirect(ownPath(form.to, home), 303) : c.json({ ok: true })
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault
      record(c, "sign-in", "deny", fault.code)
      return form ? formRefusal(c, fault, form.to) : refusal(fault)
    }
  }

  const formRefusal = (c: Ask, fault: Fault, to: string) =>
    site.signIn(
      c.req.raw,
      {
        action: address,
        to: ownPath(to, home),
        problem: [fault.message, fault.hint].filter(Boolean).join(" "),
        isClear: isClear(c.req.raw, c.env),
      },
      { status: fault.status, headers: retryAfter(fault) },
    )

  const signOut = async (c: Ask) => {
    try {
      requireOwnPage(c)
    } catch (fault) {
      return refusal(fault as Fault)
    }
    await endSession(c)
    deleteCookie(c, sessionCookie, { ...cookie, secure: isSecure(c.req.raw, c.env) })
    record(c, "sign-out", "allow")
    return c.req.method === "POST" ? c.redirect(home, 303) : c.json({ ok: true })
  }

  const routes = new Hono<HttpEnv>()
  routes.use(`${address}/*`, async (c, next) => {
    await next()
    for (const [name, value] of Object.entries({ ...pageHeaders, "cache-control": "no-store" }))
      if (!c.res.headers.has(name)) c.res.headers.set(name, value)
  })
  routes.get(address, (c) =>
    c.req.header("accept")?.includes("text/html")
      ? c.redirect(home, 303)
      : c.json({ ok: true, signedIn: sessions.of(c.req.raw) !== undefined }),
  )
  routes.post(address, signIn)
  routes.delete(address, signOut)
  routes.post(`${address}/end`, signOut)
  routes.all(address, (c) =>
    c.text("Method Not Allowed\n", 405, { allow: "GET, HEAD, POST, DELETE" }),
  )
  routes.all(`${address}/end`, (c) => c.text("Method Not Allowed\n", 405, { allow: "POST" }))

  /** The sign-in page, for somebody who may not see the app yet. */
  const door = async (request: Request, visitor: Visitor) => {
    if (!sessions.offered || isHere(request) || sessions.of(request)) return undefined
    if (await options.isKnown(request, visitor)) return undefined
    const { pathname, search } = new URL(request.url)
    return site.signIn(request, {
      action: address,
      to: pathname + search,
      isClear: isClear(request, visitor),
    })
  }

  return { routes, door }
}

type Ask = Context<HttpEnv>

const requireOwnPage = (c: Ask) => {
  if (!fromOwnPage(c.req.raw.headers)) throw foreignPage()
}

/** Asked for by a name only this machine can have, or one that only its own network can look up. */
const isHere = ({ headers }: Request) => {
  const name = hostName(headers.get("host"))
  return isLocalName(name) || (name?.endsWith(".local") ?? false)
}

const retryAfter = (fault: Fault): Record<string, string> =>
  signInsLimited.is(fault)
    ? { "retry-after": String(Math.ceil(fault.data.retryAfterMs / 1000)) }
    : {}

const refusal = (fault: Fault) => {
  const error = {
    ...fault.toWire(),
    ...(signInsLimited.is(fault) && { retryAfterMs: fault.data.retryAfterMs }),
  }
  return Response.json({ ok: false, error }, { status: fault.status, headers: retryAfter(fault) })
}
