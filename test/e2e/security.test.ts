/** The binary as an attacker on this machine and in its browser would meet it. */
import { expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { methods } from "../../src/registry.ts"
import type { AuditReport } from "../../src/security/audit.ts"
import { freshHome } from "../support/binary.ts"
import { headerLines, rawHttp, upgradeHeaders } from "../support/raw-http.ts"
import { attempt, connectWith, rawSocket } from "../support/raw-socket.ts"

test("N007 nothing is called before connect, nor after a refused one", async () => {
  await using home = freshHome()
  await using gateway = await home.start()
  for (const { name, example } of methods) {
    await using socket = await rawSocket(gateway.wsUrl)
    expect((await socket.request(name, example))?.ok, name).toBe(false)
    expect((await socket.closed).code, name).toBe(1008)
  }
  await using refused = await attempt(
    gateway.wsUrl,
    connectWith({ auth: { token: "wrong-token-0123456789abcdef" } }),
  )
  for (const { name, example } of methods)
    refused.send({ type: "req", id: name, method: name, params: example })
  await refused.closed
  expect(refused.frames.filter(({ ok }) => ok)).toEqual([])
})

test("N004 N006 N038 pages elsewhere, other names and silent crowds are turned away", async () => {
  await using home = freshHome()
  await using gateway = await home.start()
  const auth = { token: gateway.token }
  await using page = await attempt(gateway.wsUrl, connectWith({ auth }), {
    origin: "https://evil.test",
  })
  expect(page.answer?.error.details.code).toBe("CONTROL_UI_ORIGIN_NOT_ALLOWED")
  const upgrade = headerLines({ Host: "evil.test", ...upgradeHeaders })
  for (const headers of ["Host: evil.test\r\n", upgrade])
    expect((await rawHttp(gateway.port, `GET / HTTP/1.1\r\n${headers}\r\n`)).status).toBe(421)
  const proxied = headerLines({
    Host: "127.0.0.1",
    ...upgradeHeaders,
    "x-forwarded-for": "203.0.113.7",
  })
  const crowd = await Promise.all(
    Array.from({ length: 32 }, () =>
      rawSocket(gateway.wsUrl, { "x-forwarded-for": "203.0.113.7" }),
    ),
  )
  expect((await rawHttp(gateway.port, `GET / HTTP/1.1\r\n${proxied}\r\n`)).status).toBe(503)
  await using member = await attempt(gateway.wsUrl, connectWith({ auth }))
  expect(member.answer?.ok).toBe(true)
  for (const socket of crowd) socket.close()
})

test("the audit finds nothing in a fresh instance, deep or not, and says what it found after", async () => {
  await using home = freshHome()
  {
    await using _ = await home.start()
    const { code, out } = await home.fased(["security", "audit", "--deep", "--json"])
    expect(JSON.parse(out) as AuditReport).toEqual({
      summary: { critical: 0, warn: 0, info: 0 },
      findings: [],
    })
    expect(code).toBe(0)
  }
  home.configure({ logging: { redactSensitive: "off" } })
  expect((await home.fased(["security", "audit"])).out).toContain("logging.redact_off")
  expect((await home.fased(["security", "audit", "--fix"])).out).toContain("Safe.")
})

test("decisions are in the log, and the secrets that were shown are not", async () => {
  await using home = freshHome()
  const wrong = "wrong-token-0123456789abcdef"
  const gateway = await home.start()
  for (const token of [gateway.token, wrong]) {
    await using socket = await attempt(gateway.wsUrl, connectWith({ auth: { token } }))
    expect(socket.answer?.ok).toBe(token === gateway.token)
  }
  await gateway.end()
  const folder = join(home.state, "logs")
  const text = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("")
  expect(text).toMatch(/"subsystem":"audit","message":"allowed"/)
  expect(text).toMatch(/"subsystem":"audit","message":"denied".*AUTH_TOKEN_MISMATCH/)
  for (const secret of [gateway.token, wrong]) expect(text).not.toContain(secret)
})
