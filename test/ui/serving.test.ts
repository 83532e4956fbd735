import { afterAll, expect, test } from "bun:test"
import { Hono } from "hono"
import { controlUi, openSite } from "../../src/gateway/ui.ts"
import type { UiFile } from "../../src/gateway/ui-bundle.ts"

const serve = (app: Hono) => Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: app.fetch })

const site = serve(
  new Hono().get("/healthz", (c) => c.json({ ok: true })).route("/", controlUi(openSite())),
)
afterAll(() => site.stop(true))

const at = (path: string, init?: RequestInit) => fetch(new URL(path, site.url), init)
const html = await (await at("/")).text()
const references = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!)
const script = references.find((path) => path.endsWith(".js"))!

test("the page is fresh each time, and locked to this origin", async () => {
  const { status, headers } = await at("/")
  expect(status).toBe(200)
  expect(Object.fromEntries(headers)).toMatchObject({
    "content-type": "text/html;charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
  })
  expect(headers.get("etag")).toBeNull()
  const policy = new Set(headers.get("content-security-policy")!.split("; "))
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ])
    expect(policy).toContain(rule)
})

test("the page has no inline code or style, and nothing from elsewhere", () => {
  expect(html).not.toMatch(/<style|<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=/)
  expect(references.length).toBeGreaterThanOrEqual(3)
  for (const path of references) expect(path).toMatch(/^\/[\w-]+\.\w+$/)
})

test("files are kept for ever, gzipped, and confirmed by their ETag", async () => {
  for (const path of references) {
    const { status, headers } = await at(path)
    expect(status).toBe(200)
    expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable")
    expect(headers.get("content-encoding")).toBe("gzip")
    expect(headers.get("vary")).toBe("accept-encoding")
    expect(headers.get("x-content-type-options")).toBe("nosniff")

    const etag = headers.get("etag")!
    const again = await at(path, { headers: { "if-none-match": `"other", W/${etag}` } })
    expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", etag])
  }
})

test("a client that does not take gzip gets the same file plain, under another ETag", async () => {
  const plain = await at(script, { headers: { "accept-encoding": "identity" } })
  const zipped = await at(script)
  expect(plain.headers.get("content-encoding")).toBeNull()
  expect(plain.headers.get("etag")).not.toBe(zipped.headers.get("etag"))
  expect(await plain.text()).toBe(await zipped.text())
})

test("what the first load takes stays under 60 KB", async () => {
  const sizes = await Promise.all(
    ["/", ...references].map(async (path) =>
      Number((await at(path)).headers.get("content-length")),
    ),
  )
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(60_000)
})

test("deep links are pages of the app", async () => {
  for (const path of ["/chat", "/chat/", "/agents/main", "/chat?session=agent%3Amain%3Amain"]) {
    const response = await at(path)
    expect([response.status, await response.text()]).toEqual([200, html])
  }
})

test("HEAD answers like GET, without a body", async () => {
  for (const path of ["/", script]) {
    const got = await at(path)
    const head = await at(path, { method: "HEAD" })
    expect(head.status).toBe(200)
    expect(head.headers.get("content-length")).toBe(got.headers.get("content-length"))
    expect(head.headers.get("content-type")).toBe(got.headers.get("content-type"))
    expect(await head.text()).toBe("")
  }
})

test("other methods are told which ones there are", async () => {
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    const response = await at("/", { method })
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"])
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'")
  }
})

test("API paths are never answered with the page", async () => {
  expect(await (await at("/healthz")).json()).toEqual({ ok: true })
  for (const path of ["/v1/models", "/hooks/wake", "/tools/invoke", "/api/channels/x", "/readyz"])
    for (const method of ["GET", "POST"]) expect((await at(path, { method })).status).toBe(404)
})

/** `fetch` tidies paths up; a raw socket does not. */
const raw = (target: string) =>
  new Promise<string>((resolve, reject) => {
    let answer = ""
    Bun.connect({
      hostname: "127.0.0.1",
      port: site.port!,
      socket: {
        open: (socket) =>
          void socket.write(
            `GET ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`,
          ),
        data: (_socket, data) => void (answer += data),
        close: () => resolve(answer),
      },
    }).catch(reject)
  })

test.each([
  "/../../../../etc/passwd",
  "/..%2f..%2f..%2fetc%2fpasswd",
  "/%2e%2e/%2e%2e/etc/passwd",
  "/..%5c..%5cwindows%5cwin.ini",
  "/assets/../../package.json",
  "//etc/passwd",
  "/$bunfs/root/fased",
  "/etc/passwd%00.js",
  "/index.html/../../src/main.ts",
  "/chunk-00000000.js",
  "/constructor.name",
  "/favicon.ico",
])("%s finds no file", async (target) => {
  const answer = await raw(target)
  expect(answer).toMatch(/^HTTP\/1\.1 (?:200|400|404) /)
  expect(answer).not.toContain("root:x:0")
  if (answer.startsWith("HTTP/1.1 200")) expect(answer).toContain('<div id="app">')
})

const files: UiFile[] = [
  { name: "index.html", type: "text/html", bytes: Buffer.from('<script src="/main-1.js">') },
  { name: "main-1.js", type: "text/javascript", bytes: Buffer.from('import("/late-2.js")') },
  { name: "late-2.js", type: "text/javascript", bytes: Buffer.from("1") },
].map((file) => ({ ...file, bytes: new Uint8Array(file.bytes) }))

test("the page can live under a base path", async () => {
  await using server = serve(
    new Hono().route("/", controlUi(openSite("/fased/", async () => files))),
  )
  const text = async (path: string) => (await fetch(new URL(path, server.url))).text()
  expect(await text("/fased")).toBe('<script src="/fased/main-1.js">')
  expect(await text("/fased/chat")).toBe('<script src="/fased/main-1.js">')
  expect(await text("/fased/main-1.js")).toBe('import("/fased/late-2.js")')
  expect(await text("/fased/late-2.js")).toBe("1")
  for (const path of ["/", "/main-1.js", "/fasedx"])
    expect((await fetch(new URL(path, server.url))).status).toBe(404)
})

test("a bundle that cannot be read is said, and tried again", async () => {
  let tries = 0
  const load = async () => {
    if (tries++ === 0) throw new Error("no bundle")
    return files
  }
  await using server = serve(new Hono().route("/", controlUi(openSite("/", load))))
  const broken = await fetch(server.url)
  expect(broken.status).toBe(503)
  expect(await broken.text()).toContain("fased logs")
  expect((await fetch(server.url)).status).toBe(200)
})
