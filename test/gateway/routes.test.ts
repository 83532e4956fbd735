import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { Hono } from "hono"
import { gateway } from "../../src/gateway/config.ts"
import type { HttpEnv } from "../../src/gateway/http.ts"
import { mountRoutes } from "../../src/gateway/routes.ts"
import { systemClock } from "../../src/kernel/clock.ts"
import { fault } from "../../src/kernel/fault.ts"
import type { Caller } from "../../src/kernel/method.ts"
import { type AnyRoute, route } from "../../src/kernel/route.ts"
import { service } from "../../src/kernel/service.ts"
import { silentLog } from "../support/silent-log.ts"
import { uncounted } from "../support/uncounted.ts"

let most = 100
const Switch = service<{ on: boolean }>("switch")
const flip = { on: false }
const full = fault<{ where: string }>("test.full", {
  status: 429,
  message: ({ where }) => `${where} is full.`,
  hint: () => "Come back.",
  retryAfterMs: () => 1500,
})
const caller: Caller = {
  connection: "1",
  role: "operator",
  scopes: new Set(["admin"]),
  clientId: "http",
  clientMode: "backend",
}
const refuse: AnyRoute["refuse"] = ({ code, message, hint }) => ({ no: code, message, hint })
const make = (path: string, handle: AnyRoute["handle"], more: Partial<AnyRoute> = {}) =>
  ({ ...route({ method: "POST", path, summary: "Tests.", refuse, handle }), ...more }) as AnyRoute

const slow = Promise.withResolvers<void>()

const routes: AnyRoute[] = [
  make(
    "/echo/:id",
    async ({ body, params, caller }) =>
      Response.json({ id: params.id, said: `${await body()}`, by: caller.clientId }),
    { longest: () => 10 },
  ),
  make("/full", () => {
    throw full({ where: "It" })
  }),
  make("/bug", () => {
    throw new Error("secret of the house")
  }),
  make("/optional", () => new Response("here"), {
    needs: { flip: Switch },
    enabled: ({ flip }: { flip: { on: boolean } }) => flip.on,
  }),
  make("/slow", ({ during }) => {
    during(slow.promise)
    return new Response("begun")
  }),
  make("/signed", async ({ caller }) => new Response(caller.clientId), {
    longest: () => 100,
    authorize: async ({ body }) =>
      `${await body()}` === "signed"
        ? { ...caller, clientId: "hook" }
        : { status: 401, code: "unsigned", message: "No signature." },
  }),
]

let server: ReturnType<typeof Bun.serve>
beforeAll(() => {
  const services = uncounted()
  services.provide(Switch, flip)
  services.provideLive(gateway, () => gateway.schema.parse({ http: { maxConcurrent: most } }))
  const app = new Hono<HttpEnv>()
  mountRoutes(app, routes, {
    services,
    clock: systemClock,
    log: silentLog,
    identify: ({ headers }) =>
      headers.get("authorization") === "Bearer right"
        ? caller
        : {
            status: 401,
            code: "unauthorized",
            message: "Who?",
            headers: { "www-authenticate": "Bearer" },
          },
  })
  const visitor = {
    remote: { peer: "127.0.0.1", address: "127.0.0.1", route: "local" as const },
    origin: null,
    originAllowed: true,
    hold: () => {},
  }
  server = Bun.serve({ port: 0, fetch: (request) => app.fetch(request, visitor as never) })
})
afterAll(() => server.stop(true))

const post = (path: string, init: RequestInit = {}) =>
  fetch(new URL(path, server.url), {
    method: "POST",
    headers: { authorization: "Bearer right" },
    ...init,
  })

test("a route gets its path's parts, the body and who calls", async () => {
  const answer = await post("/echo/a%20b", { body: "hello" })
  expect(await answer.json()).toEqual({ id: "a b", said: "hello", by: "http" })
})

describe("whoever may not call", () => {
  test("is turned away in the words of the API, before the body is read", async () => {
    const sent = new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(1000)) })
    const answer = await post("/echo/1", { body: sent, headers: {} })
    expect(answer.status).toBe(401)
    expect(answer.headers.get("www-authenticate")).toBe("Bearer")
    expect(await answer.json()).toEqual({ no: "unauthorized", message: "Who?" })
  })

  test("is told by the route itself, where it has a check of its own", async () => {
    expect((await post("/signed", { body: "no" })).status).toBe(401)
    expect(await (await post("/signed", { body: "signed", headers: {} })).text()).toBe("hook")
  })
})

test("a body is counted while it is read", async () => {
  const endless = new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(5)) })
  for (const body of ["12345678901", endless])
    expect((await post("/echo/1", { body })).status).toBe(413)
  expect((await post("/full", { body: "anything" })).status).toBe(429)
})

test("a fault says what it is and when to come back; a bug says nothing", async () => {
  const answer = await post("/full")
  expect(answer.headers.get("retry-after")).toBe("2")
  expect(await answer.json()).toEqual({
    no: "test.full",
    message: "It is full.",
    hint: "Come back.",
  })
  const bug = await post("/bug")
  expect(bug.status).toBe(500)
  expect(await bug.text()).not.toContain("secret")
})

test("a route that is switched off is not there, and is the moment it is on", async () => {
  expect((await post("/optional")).status).toBe(404)
  expect((await fetch(new URL("/optional", server.url))).status).toBe(404)
  flip.on = true
  expect(await (await post("/optional")).text()).toBe("here")
  flip.on = false
})

test("another method is answered with those there are", async () => {
  const answer = await fetch(new URL("/echo/1", server.url))
  expect(answer.status).toBe(405)
  expect(answer.headers.get("allow")).toBe("POST")
})

test("a caller has only so many requests under way, and an answer counts until it has ended", async () => {
  most = 2
  expect((await post("/slow")).status).toBe(200)
  expect((await post("/slow")).status).toBe(200)
  const refused = await post("/full")
  expect(await refused.json()).toMatchObject({ no: "gateway.too-many-at-once" })
  expect(refused.headers.get("retry-after")).toBe("1")
  expect((await post("/signed", { body: "no" })).status).toBe(401)
  slow.resolve()
  await slow.promise
  expect(await (await post("/full")).json()).toMatchObject({ no: "test.full" })
  most = 100
})
