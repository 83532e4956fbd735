import { expect, test } from "bun:test"
import { statSync } from "node:fs"
import { join } from "node:path"
import { readFingerprint } from "../support/certificates.ts"
import { freshHome } from "../support/binary.ts"

test("the binary makes its own certificate, and its commands trust that one", async () => {
  await using home = freshHome()
  home.configure({ gateway: { tls: { enabled: true } } })
  await using gateway = await home.start()
  const file = join(home.state, "tls", "gateway.pem")
  const tlsFingerprint = readFingerprint(file)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(gateway.url).toStartWith("https://127.0.0.1:")
  expect(gateway.err()).toContain(tlsFingerprint)

  const status = await home.fased(["gateway", "status", "--json", "--require-rpc"])
  expect(status.code).toBe(0)
  expect(JSON.parse(status.out)).toMatchObject({
    rpc: { ok: true },
    gateway: { url: gateway.wsUrl.replace(/\/$/, ""), tlsFingerprint },
  })
  const page = await fetch(gateway.url, { tls: { ca: await Bun.file(file).text() } })
  expect(await page.text()).toContain("<html")
  const reply = await home.fased(["agent", "--message", "hello"])
  expect(reply).toMatchObject({ code: 0, out: expect.stringContaining("Hello") })
  expect(await gateway.end()).toBe(0)

  await using again = await home.start()
  expect(again.err()).toContain(tlsFingerprint)
})

test("a certificate that cannot be served stops the start, and says what to do", async () => {
  await using home = freshHome()
  home.configure({ gateway: { tls: { enabled: true, certPath: "none.pem", keyPath: "none.key" } } })
  const { code, err } = await home.fased(["gateway", "run"])
  expect(code).toBe(1)
  expect(err).toContain(`The TLS file ${join(home.state, "none.pem")} is not there.`)
  expect(err).toContain("gateway.tls.autoGenerate")
})
