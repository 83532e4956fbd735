import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { rawHttp } from "../support/raw-http.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const name = "fased.example"
const origin = `https://${name}`
const path = "/__fased__/session"
const remote = { controlUi: { allowedOrigins: [origin] } }

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ config: { gateway: remote } })
})
afterAll(() => gateway[Symbol.asyncDispose]())

/** A request as a browser far away would make it. */
const ask = (
  to: string,
  { at = gateway, ...init }: RequestInit & { at?: TestGateway } = {},
): Promise<Response> =>
  fetch(new URL(to, at.running.url), {
    redirect: "manual",
    ...init,
    headers: { host: name, ...(init.headers as Record<string, string> | undefined) },
  })

const json = (body: unknown, headers: Record<string, string> = {}) => ({
  method: "POST",
  headers: { "content-type": "application/json", origin, ...headers },
  body: JSON.stringify(body),
})

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded", origin, ...headers },
  body: new URLSearchParams(fields).toString(),
})

/** Signs in, and gives what the browser would send from then on. */
const signIn = async (at = gateway) => {
  const response = await ask(path, { at, ...json({ token: testToken }) })
  expect(response.status).toBe(200)
  return cookieOf(response)
}
const cookieOf = (response: Response) => response.headers.get("set-cookie")!.split(";")[0]!

const isSignIn = (html: string) => html.includes("<title>Sign in")
const isApp = (html: string) => html.includes('<div id="app">')

describe("who gets the page", () => {
  test.each(["/", "/chat", "/agents/main", "/chat?session=agent%3Amain%3Amain"])(
    "somebody far away is asked to sign in at %s",
    async (to) => {
      const response = await ask(to)
      expect(response.status).toBe(200)
      expect(response.headers.get("cache-control")).toBe("no-store")
      const html = await response.text()
      expect(isSignIn(html)).toBe(true)
      expect(html).toContain(`value="${to}"`)
      expect(html).toContain(`action="${path}"`)
    },
  )

  test.each(["127.0.0.1", "localhost", "localhost:18789", "[::1]", "[::1]:18789", "127.8.9.1"])(
    "whoever asks for %s gets the app",
    async (host) => {
      expect(isApp(await (await ask("/", { headers: { host } })).text())).toBe(true)
    },
  )

  test("a name of the local network gets the app", async () => {
    const local = { controlUi: { allowedOrigins: ["http://desk.local:18789"] } }
    await using here = await startGateway({ config: { gateway: local } })
    const response = await ask("/", { at: here, headers: { host: "desk.local:18789" } })
    expect(isApp(await response.text())).toBe(true)
  })

  test.each(["203.0.113.9", "10.0.0.7:18789", "[fd00::7]", "localhost.evil.test", "xlocal"])(
    "a name that only looks near, like %s, does not",
    async (host) => {
      const html = await (await ask("/", { headers: { host } })).text()
      expect(isApp(html)).toBe(false)
    },
  )

  test("the page itself is not to be had by its file name", async () => {
    for (const to of ["/index.html", "/sign-in.html"])
      for (const host of [name, "127.0.0.1"])
        expect((await ask(to, { headers: { host } })).status).toBe(404)
  })

  test("with a password instead of a token there is nothing to sign in to", async () => {
    const auth = { mode: "password", password: "a-long-password-of-ours" }
    await using closed = await startGateway({
      config: { gateway: { ...remote, auth } },
      client: { token: undefined, password: auth.password },
    })
    expect(isApp(await (await ask("/", { at: closed })).text())).toBe(true)
    const response = await ask(path, { at: closed, ...json({ token: auth.password }) })
    expect([response.status, response.headers.get("set-cookie")]).toEqual([404, null])
  })

  test("every page is locked to its own origin", async () => {
    const pages = [
      await ask("/"),
      await ask("/", { headers: { host: "localhost" } }),
      await ask(path),
      await ask(path, json({ token: "wrong" })),
      await ask(path, form({ token: "wrong", to: "/" })),
      await ask(path, { method: "PUT" }),
      await ask(path, json({ token: testToken })),
      await ask(`${path}/end`, { method: "POST" }),
    ]
    for (const { headers, status } of pages) {
      expect(headers.get("content-security-policy"), String(status)).toContain("default-src 'none'")
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'")
      expect(headers.get("x-frame-options")).toBe("DENY")
      expect(headers.get("x-content-type-options")).toBe("nosniff")
      expect(headers.get("referrer-policy")).toBe("no-referrer")
      expect(headers.get("cache-control")).toBe("no-store")
    }
  })

  test("the sign-in page has no inline code, and refers to nothing else", async () => {
    const html = await (await ask("/")).text()
    expect(html).not.toMatch(/<style|<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=/)
    for (const [, to] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect(to).toMatch(/^\/[\w-]+\.\w+$/)
      expect((await ask(to!)).status).toBe(200)
    }
  })

  test("what an address holds is text in the page, whatever it is", async () => {
    const html = await (await ask(`/chat?a="><script src=//evil.test></script>`)).text()
    expect(html).not.toContain("<script src=//evil.test>")
  })

  test("the tunnel is named where typing a token here would show it to others", async () => {
    expect(await (await ask("/")).text()).toContain("ssh -N -L")
  })
})

describe("signing in", () => {
  test("the token opens the page, and the cookie says as little as it can", async () => {
    const response = await ask(path, json({ token: testToken }))
    expect(await response.json()).toEqual({ ok: true })
    const [pair, ...attributes] = response.headers.get("set-cookie")!.split("; ")
    expect(pair).toMatch(/^fased_ui_session=[\w-]{43}$/)
    expect(attributes.toSorted()).toEqual([
      "HttpOnly",
      "Max-Age=2592000",
      "Path=/",
      "SameSite=Strict",
      "Secure",
    ])
    expect(isApp(await (await ask("/chat", { headers: { cookie: pair! } })).text())).toBe(true)
  })

  test("over plain http the cookie is not marked Secure, or no browser would keep it", async () => {
    const plain = { origin: `http://${name}` }
    const response = await ask(path, json({ token: testToken }, plain))
    expect(response.headers.get("set-cookie")).not.toContain("Secure")
  })

  test("the form works without a script, and leads to where one wanted to go", async () => {
    const response = await ask(path, form({ token: testToken, to: "/chat?session=a" }))
    expect([response.status, response.headers.get("location")]).toEqual([303, "/chat?session=a"])
    const headers = { cookie: cookieOf(response) }
    expect(isApp(await (await ask("/chat", { headers })).text())).toBe(true)
  })

  test.each([
    "https://evil.test/",
    "//evil.test/",
    "/\\evil.test/",
    "\\\\evil.test",
    "/x/..//evil.test",
    "/./\\evil.test",
    "javascript:alert(1)",
    "\t//evil.test",
    "",
  ])("the form never leads elsewhere: %j", async (to) => {
    const response = await ask(path, form({ token: testToken, to }))
    const location = new URL(response.headers.get("location")!, origin)
    expect([response.status, location.origin]).toEqual([303, origin])
  })

  test.each([
    testToken,
    ` ${testToken}\n`,
    `http://127.0.0.1:18789/#token=${testToken}`,
    `http://127.0.0.1:18789/#token=${encodeURIComponent(testToken)}&x=1`,
  ])("a token is found in what was pasted: %j", async (token) => {
    expect((await ask(path, json({ token }))).status).toBe(200)
  })

  test("a wrong token is said, to a script and on the page", async () => {
    const refused = await ask(path, json({ token: "wrong" }))
    expect([refused.status, refused.headers.get("set-cookie")]).toEqual([401, null])
    expect(await refused.json()).toMatchObject({
      ok: false,
      error: { message: "That token was not accepted.", details: { hint: expect.any(String) } },
    })
    const page = await ask(path, form({ token: "wrong", to: "/chat" }))
    expect([page.status, page.headers.get("set-cookie")]).toEqual([401, null])
    const html = await page.text()
    expect(isSignIn(html)).toBe(true)
    expect(html).toContain("That token was not accepted.")
    expect(html).toContain('value="/chat"')
    expect(html).not.toContain("wrong")
  })

  test.each([
    ["no token", json({ token: "" }), 400],
    ["no JSON", { ...json({}), body: "{" }, 400],
    ["another JSON", json([testToken]), 400],
    ["an object for a token", json({ token: { $ne: "" } }), 400],
    ["an empty form", form({}), 400],
    ["plain text", json({ token: testToken }, { "content-type": "text/plain" }), 403],
    ["no type", json({ token: testToken }, { "content-type": "" }), 403],
    ["another site's form", form({ token: testToken }, { origin: "https://evil.test" }), 403],
    ["another site's script", json({ token: testToken }, { origin: "https://evil.test" }), 403],
    ["a sandboxed frame", form({ token: testToken }, { origin: "null" }), 403],
    ["a cross-site request", json({ token: testToken }, { "sec-fetch-site": "cross-site" }), 403],
    ["a sibling site", json({ token: testToken }, { "sec-fetch-site": "same-site" }), 403],
    ["much too much", json({ token: "x".repeat(9000) }), 413],
  ])("%s is not a sign-in", async (_name, init, status) => {
    const response = await ask(path, init)
    expect([response.status, response.headers.get("set-cookie")]).toEqual([status, null])
    expect(await response.text()).not.toContain(testToken)
  })

  test("a body that never ends is not waited for", async () => {
    const clock = turnableClock()
    await using slow = await startGateway({ config: { gateway: remote }, start: { clock } })
    const answer = rawHttp(
      slow.running.port,
      `POST ${path} HTTP/1.1\r\nHost: ${name}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"token`,
    )
    const tick = async () => {
      clock.turn(10_001)
      await ask("/health", { at: slow })
    }
    // The clock that counts starts once the request has come.
    let got: Awaited<typeof answer> | void
    do got = await Promise.race([answer, tick()])
    while (!got)
    expect(got.status).toBe(408)
  })

  test("other methods are told which ones there are, and a reload leads home", async () => {
    for (const method of ["PUT", "PATCH", "OPTIONS"]) {
      const response = await ask(path, { method })
      expect([response.status, response.headers.get("allow")]).toEqual([
        405,
        "GET, HEAD, POST, DELETE",
      ])
    }
    expect((await ask(`${path}/end`)).status).toBe(405)
    const reload = await ask(path, { headers: { accept: "text/html,*/*" } })
    expect([reload.status, reload.headers.get("location")]).toEqual([303, "/"])
  })

  test("no page of another site is ever answered with leave to read", async () => {
    const response = await ask(path, {
      method: "OPTIONS",
      headers: { origin: "https://evil.test", "access-control-request-method": "POST" },
    })
    expect([...response.headers.keys()].filter((key) => key.startsWith("access-control"))).toEqual(
      [],
    )
  })
})

const elsewhere: Record<string, string>[] = [
  { origin: "https://evil.test" },
  { "sec-fetch-site": "cross-site" },
]

describe("a session", () => {
  const isIn = async (cookie: string, at = gateway, headers: Record<string, string> = {}) => {
    const all = { accept: "application/json", ...headers, cookie }
    const known = (await (await ask(path, { at, headers: all })).json()) as { signedIn: boolean }
    const page = await (await ask("/", { at, headers: all })).text()
    expect(isApp(page)).toBe(known.signedIn)
    return known.signedIn
  }

  test("is good for its own browser, and for nobody who makes one up", async () => {
    const cookie = await signIn()
    expect(await isIn(cookie)).toBe(true)
    for (const forged of [
      "",
      "fased_ui_session=",
      `fased_ui_session=${"A".repeat(43)}`,
      `fased_ui_session=${testToken}`,
      cookie.slice(0, -1),
      cookie.toUpperCase(),
      cookie.replace("fased_ui_session", "session"),
    ])
      expect(await isIn(forged), forged).toBe(false)
  })

  test("means nothing when another site's page brings it", async () => {
    const cookie = await signIn()
    for (const headers of [...elsewhere, { "sec-fetch-site": "same-site" }])
      expect(await isIn(cookie, gateway, headers)).toBe(false)
  })

  test("ends by signing out, in the browser too, and a copy of the cookie with it", async () => {
    for (const [to, method, status] of [
      [path, "DELETE", 200],
      [`${path}/end`, "POST", 303],
    ] as const) {
      const [cookie, other] = [await signIn(), await signIn()]
      const response = await ask(to, { method, headers: { cookie, origin } })
      expect(response.status).toBe(status)
      expect(response.headers.get("set-cookie")).toMatch(/^fased_ui_session=; Max-Age=0;/)
      expect(await isIn(cookie)).toBe(false)
      expect(await isIn(other)).toBe(true)
    }
  })

  test("is not ended by another site's page", async () => {
    const cookie = await signIn()
    for (const headers of elsewhere)
      for (const [to, method] of [
        [path, "DELETE"],
        [`${path}/end`, "POST"],
      ] as const)
        expect((await ask(to, { method, headers: { cookie, ...headers } })).status).toBe(403)
    expect(await isIn(cookie)).toBe(true)
  })

  test("signing out twice, or without a session, is no mistake", async () => {
    expect((await ask(path, { method: "DELETE" })).status).toBe(200)
  })

  test("a new one takes the place of the browser's last", async () => {
    const first = await signIn()
    const again = await ask(path, json({ token: testToken }, { cookie: first }))
    expect(await isIn(first)).toBe(false)
    expect(await isIn(cookieOf(again))).toBe(true)
  })

  test("lasts twelve hours unused and thirty days in all", async () => {
    const hour = 3_600_000
    const clock = turnableClock()
    await using timed = await startGateway({ config: { gateway: remote }, start: { clock } })
    const [used, left] = [await signIn(timed), await signIn(timed)]
    for (let at = 11; at < 30 * 24; at += 11) {
      clock.turn(11 * hour)
      expect(await isIn(used, timed)).toBe(true)
    }
    expect(await isIn(left, timed)).toBe(false)
    clock.turn(11 * hour)
    expect(await isIn(used, timed)).toBe(false)
  })

  test("outlives a restart, and ends with the token it was made with", async () => {
    const first = await startGateway({ config: { gateway: remote } })
    const cookie = await signIn(first)
    await first.stop()
    const { home } = first
    const second = await startGateway({ home })
    expect(await isIn(cookie, second)).toBe(true)
    await second.stop()
    const token = "another-token-0123456789abcdef0123456789abcdef"
    const config = { gateway: { ...remote, auth: { mode: "token", token } } }
    await using third = await startGateway({ home, config, client: { token } })
    expect(await isIn(cookie, third)).toBe(false)
    await first[Symbol.asyncDispose]()
  })

  test("opens no HTTP API", async () => {
    const cookie = await signIn()
    for (const { method, path: route } of gateway.running.routes) {
      if (!/^\/(v1|tools|hooks|api)\//.test(route)) continue
      const init = { method: method === "ALL" ? "POST" : method, headers: { cookie } }
      expect([401, 403, 404, 405], route).toContain((await ask(route, init)).status)
    }
  })
})

test("sign-ins leave a line each, without the token", async () => {
  await using audited = await startGateway({ config: { gateway: remote } })
  await ask(path, { at: audited, ...json({ token: "not-the-token-of-this-gateway" }) })
  const cookie = await signIn(audited)
  await ask(path, { at: audited, method: "DELETE", headers: { cookie } })
  await audited.stop()
  const log = await Bun.file(audited.running.logFile).text()
  for (const verdict of ['"what":"sign-in"', '"what":"sign-out"', "gateway.token-not-accepted"])
    expect(log).toContain(verdict)
  for (const secret of ["not-the-token-of-this-gateway", testToken, cookie.split("=")[1]!])
    expect(log).not.toContain(secret)
})

test("the page and its sign-in can live under a path, and nowhere else", async () => {
  const controlUi = { ...remote.controlUi, basePath: "/fased" }
  await using below = await startGateway({ config: { gateway: { controlUi } } })
  expect(below.running.dashboardUrl).toBe(`${below.running.url}fased/#token=${testToken}`)
  const html = await (await ask("/fased/chat", { at: below })).text()
  expect(html).toContain(`action="/fased${path}"`)
  for (const [, to] of html.matchAll(/(?:src|href)="([^"]+)"/g))
    expect((await ask(to!, { at: below })).status).toBe(200)
  expect((await ask(path, { at: below, ...json({ token: testToken }) })).status).toBe(404)
  const response = await ask(`/fased${path}`, { at: below, ...form({ token: testToken, to: "/" }) })
  expect(response.headers.get("location")).toBe("/fased/")
  expect(response.headers.get("set-cookie")).toContain("Path=/fased;")
  const headers = { cookie: cookieOf(response) }
  expect(isApp(await (await ask("/fased/", { at: below, headers })).text())).toBe(true)
  expect((await ask("/", { at: below })).status).toBe(404)
})
