import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { gzipSync } from "node:zlib"
import { systemClock } from "../../src/kernel/clock.ts"
import { createGuardedFetch } from "../../src/net/create.ts"
import type { GuardedRequest } from "../../src/net/guarded-fetch.ts"
import { freshCertificate } from "../support/certificates.ts"

const local = { address: "127.0.0.1", family: 4 }
const seen: { path: string; method: string; headers: Record<string, string>; body: string }[] = []
let other: ReturnType<typeof Bun.serve>
let server: ReturnType<typeof Bun.serve>

const answer = async (request: Request): Promise<Response> => {
  const { pathname, searchParams } = new URL(request.url)
  const { method } = request
  const headers = Object.fromEntries(request.headers)
  seen.push({ path: pathname, method, headers, body: await request.text() })
  switch (pathname) {
    case "/to":
      return new Response("moved", {
        status: Number(searchParams.get("status") ?? 302),
        headers: { location: searchParams.get("where")! },
      })
    case "/packed":
      return new Response(gzipSync("x".repeat(10_000_000)), {
        headers: { "content-encoding": "gzip" },
      })
    case "/not-packed":
      return new Response("plain", { headers: { "content-encoding": "gzip" } })
    case "/endless":
      return new Response(
        new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(65_536)) }),
        { status: 500 },
      )
    case "/silent":
      return new Promise(() => {})
    default:
      return new Response(`${request.headers.get("host")} ${pathname}`)
  }
}

beforeAll(() => {
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", idleTimeout: 0, fetch: answer })
  other = Bun.serve({ port: 0, hostname: "127.0.0.1", idleTimeout: 0, fetch: answer })
})
afterAll(async () => {
  await server.stop(true)
  await other.stop(true)
})

const names: Record<string, { address: string; family: number }[]> = {
  "here.test": [local],
  "there.test": [local],
  "inside.test": [{ address: "10.0.0.7", family: 4 }],
  "both.test": [{ address: "1.1.1.1", family: 4 }, local],
  "none.test": [],
}
const guarded = createGuardedFetch({
  clock: systemClock,
  resolve: async (host) => names[host] ?? Promise.reject(new Error("ENOTFOUND")),
})
const get = (url: string, request: Partial<GuardedRequest> = {}) =>
  guarded(url, {
    signal: new AbortController().signal,
    timeoutMs: 10_000,
    maxBytes: 100_000,
    allowPrivate: ["here.test", "there.test"],
    ...request,
  })
const here = (path: string) => `http://here.test:${server.port}${path}`
const there = (path: string) => `http://there.test:${other.port}${path}`
const to = (where: string, status = 302) =>
  here(`/to?status=${status}&where=${encodeURIComponent(where)}`)
const text = ({ body }: { body: Uint8Array }) => new TextDecoder().decode(body)
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "answered",
    (error: { code?: string }) => error.code ?? String(error),
  )

test("a page is fetched by its name, from the address that was judged", async () => {
  const answer = await get(here("/page"))
  expect(text(answer)).toBe(`here.test:${server.port} /page`)
  expect(answer).toMatchObject({ status: 200, url: here("/page"), cut: false })
})

describe("N170 what is not the internet is not reached", () => {
  test.each([
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://127.0.0.1./",
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://inside.test/",
    "http://both.test/",
    "http://inside.test./",
  ])("%s", async (url) => {
    expect(await codeOf(get(url))).toBe("net.private-address")
  })

  test.each([
    ["file:///etc/passwd", "net.bad-address"],
    ["gopher://here.test/", "net.bad-address"],
    ["data:text/plain,x", "net.bad-address"],
    ["http://user:secret@here.test/", "net.bad-address"],
    ["here.test", "net.bad-address"],
    ["http://nowhere.test/", "net.unknown-host"],
    ["http://none.test/", "net.unknown-host"],
  ])("%s → %s", async (url, code) => {
    expect(await codeOf(get(url))).toBe(code)
  })
})

test("N171 a name is looked up once for each hop, and a proxy in the environment changes nothing", async () => {
  let asked = 0
  const rebinding = createGuardedFetch({
    clock: systemClock,
    resolve: async () => [asked++ ? local : { address: "192.0.2.1", family: 4 }],
  })
  const request = { signal: AbortSignal.timeout(5000), timeoutMs: 5000, maxBytes: 100 }
  expect(await codeOf(rebinding(here("/page"), request))).toBe("net.private-address")
  expect(asked).toBe(1)
  process.env.HTTP_PROXY = there("/")
  try {
    const before = seen.length
    await get(here("/past-the-proxy"))
    expect(seen.slice(before).map(({ path }) => path)).toEqual(["/past-the-proxy"])
  } finally {
    delete process.env.HTTP_PROXY
  }
})

describe("N172 a redirect", () => {
  const secrets = {
    Authorization: "Bearer s",
    Cookie: "a=1",
    "X-Api-Key": "k",
    "X-Custom": "c",
    "Accept-Language": "de",
  }

  test.each([301, 302, 303, 307, 308])("%i to another origin carries no secret", async (status) => {
    const answer = await get(to(there("/landed"), status), { headers: secrets })
    expect(answer.url).toBe(there("/landed"))
    const { headers } = seen.at(-1)!
    expect(Object.keys(headers).filter((name) => /auth|cookie|key|custom/.test(name))).toEqual([])
    expect(headers["accept-language"]).toBe("de")
  })

  test.each([307, 308])("%i to another origin does not take the body along", async (status) => {
    const request = { method: "POST", body: "secret", headers: secrets } as const
    const before = seen.length
    expect(await codeOf(get(to(there("/landed"), status), request))).toBe("net.redirect-with-body")
    expect(seen.slice(before).map(({ path }) => path)).toEqual(["/to"])
  })

  test.each([301, 302, 303])("%i turns what was sent into a question", async (status) => {
    await get(to(there("/landed"), status), { method: "POST", body: "secret", headers: secrets })
    expect(seen.at(-1)).toMatchObject({ method: "GET", body: "", path: "/landed" })
  })

  test("within an origin keeps headers and body", async () => {
    await get(to("/landed", 307), { method: "PUT", body: "all of it", headers: secrets })
    expect(seen.at(-1)).toMatchObject({ method: "PUT", body: "all of it", path: "/landed" })
    expect(seen.at(-1)!.headers.authorization).toBe("Bearer s")
  })

  test("is judged like the first address", async () => {
    expect(await codeOf(get(to("http://inside.test/")))).toBe("net.private-address")
    expect(await codeOf(get(to("http://127.0.0.1/")))).toBe("net.private-address")
    expect(await codeOf(get(to("file:///etc/passwd")))).toBe("net.bad-address")
  })

  test("is followed three times at most, or as often as asked for", async () => {
    expect(await codeOf(get(to("/page"), { maxRedirects: 0 }))).toBe("net.redirects")
    expect(await codeOf(get(to(to(to(to("/page"))))))).toBe("net.redirects")
    expect(await codeOf(get(to(to(to("/page")))))).toBe("answered")
  })
})

describe("N157 a body", () => {
  test("is cut at its limit, packed or without end", async () => {
    for (const path of ["/packed", "/endless"]) {
      const { body, cut } = await get(here(path))
      expect({ length: body.length, cut }).toEqual({ length: 100_000, cut: true })
    }
  })

  test("that does not unpack is an error", async () => {
    expect(await codeOf(get(here("/not-packed")))).toBe("net.garbled")
  })
})

test("a host that does not answer is given up on, and so is one nobody waits for", async () => {
  expect(await codeOf(get(here("/silent"), { timeoutMs: 50 }))).toBe("net.timeout")
  const stop = new AbortController()
  const waiting = get(here("/silent"), { signal: stop.signal })
  stop.abort(new Error("not wanted"))
  expect(await codeOf(waiting)).toBe("Error: not wanted")
  const deaf = createGuardedFetch({ clock: systemClock, resolve: () => new Promise(() => {}) })
  const request = { signal: new AbortController().signal, timeoutMs: 50, maxBytes: 1 }
  expect(await codeOf(deaf("http://slow.test/", request))).toBe("net.timeout")
})

test("a name in https is proven by the certificate, whatever address it has", async () => {
  const { pem } = await freshCertificate()
  await using secure = Bun.serve({ port: 0, tls: { cert: pem, key: pem }, fetch: answer })
  const before = seen.length
  const call = get(`https://here.test:${secure.port}/`)
  await expect(call).rejects.toThrow("its certificate is signed by nobody known")
  expect(seen.length).toBe(before)
})

test("a closed port is told in words", async () => {
  const gone = Bun.serve({ port: 0, fetch: () => new Response() })
  const { port } = gone
  await gone.stop(true)
  const refused = get(`http://here.test:${port}/`)
  await expect(refused).rejects.toThrow(
    `here.test:${port} could not be reached: it refuses connections.`,
  )
})
