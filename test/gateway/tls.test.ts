import { expect, test } from "bun:test"
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { connect as connectTls } from "node:tls"
import { resolvePaths } from "../../src/config/paths.ts"
import { certificateLasts, certificateUsable } from "../../src/gateway/checks.ts"
import { systemClock } from "../../src/kernel/clock.ts"
import { levels, type Log } from "../../src/kernel/log.ts"
import type { Clock } from "../../src/kernel/clock.ts"
import { openTls } from "../../src/gateway/tls.ts"
import { ownCertificatePath } from "../../src/gateway/tls-files.ts"
import { gateway as gatewaySection } from "../../src/gateway/config.ts"
import { freshCertificate, readFingerprint, writePair } from "../support/certificates.ts"
import { startGateway, temporaryHome } from "../support/gateway.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const dayMs = 24 * 3_600_000

const silent = Object.fromEntries(levels.map((level) => [level, () => {}])) as unknown as Log
silent.for = () => silent

/** A certificate source in `home`, with the config's `gateway.tls`. */
const open = (home: string, tls: Record<string, unknown> = {}, clock: Clock = systemClock) =>
  openTls({
    config: () => gatewaySection.schema.parse({ tls: { enabled: true, ...tls } }).tls,
    places: { state: join(home, "state"), config: join(home, "fased.json"), home },
    names: ["box.local", "localhost", "127.0.0.1"],
    clock,
    log: silent,
  })

/** What a TLS client is shown at the port. */
const servedAt = (port: number) =>
  new Promise<string>((resolve, reject) => {
    const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256)
      socket.destroy()
    })
    socket.on("error", reject)
  })

test("a certificate is made once, good for this machine, and nobody else reads its key", async () => {
  await using home = await temporaryHome()
  const first = await open(home.path)
  const path = ownCertificatePath(join(home.path, "state"))
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700)
  expect(first.current.fingerprint).toMatch(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  expect((await open(home.path)).current.fingerprint).toBe(first.current.fingerprint)
})

test("a certificate of ours is made anew in its last month, and files of others are left alone", async () => {
  await using home = await temporaryHome()
  const first = await open(home.path)
  const late = turnableClock(first.current.expiresAt - 29 * dayMs)
  const second = await open(home.path, {}, late)
  expect(second.current.fingerprint).not.toBe(first.current.fingerprint)
  expect(second.current.expiresAt).toBeGreaterThan(late.now() + 365 * dayMs)

  const files = writePair(home.path, (await freshCertificate()).pem)
  const before = readFileSync(files.certPath, "utf8")
  await open(home.path, files, late)
  expect(readFileSync(files.certPath, "utf8")).toBe(before)
})

test.each([
  ["only a certificate is named", { certPath: "cert.pem" }, "gateway.tls-half-named"],
  ["only a key is named", { keyPath: "key.pem" }, "gateway.tls-half-named"],
  [
    "the certificate is missing",
    { certPath: "no", keyPath: "key.pem" },
    "gateway.tls-file-missing",
  ],
  ["the key is missing", { certPath: "cert.pem", keyPath: "no" }, "gateway.tls-file-missing"],
  ["both are missing", { certPath: "no", keyPath: "none" }, "gateway.tls-file-missing"],
  [
    "half is missing, whatever may be made",
    { certPath: "no", keyPath: "key.pem", autoGenerate: true },
    "gateway.tls-file-missing",
  ],
  ["none may be made", { autoGenerate: false }, "gateway.tls-nothing-to-serve"],
  ["the key is another's", { certPath: "cert.pem", keyPath: "other.pem" }, "gateway.tls-unusable"],
  [
    "the key is a certificate",
    { certPath: "cert.pem", keyPath: "cert.pem" },
    "gateway.tls-unusable",
  ],
  ["the certificate is a key", { certPath: "key.pem", keyPath: "key.pem" }, "gateway.tls-unusable"],
  [
    "the certificate is garbage",
    { certPath: "garbage", keyPath: "key.pem" },
    "gateway.tls-unusable",
  ],
  ["the certificate is a folder", { certPath: ".", keyPath: "key.pem" }, "gateway.tls-unusable"],
  [
    "the certificate expired",
    { certPath: "old/cert.pem", keyPath: "old/key.pem" },
    "gateway.tls-expired",
  ],
  [
    "the certificate is from the future",
    { certPath: "new/cert.pem", keyPath: "new/key.pem" },
    "gateway.tls-unusable",
  ],
])("when %s, the gateway says so and does not start", async (_, tls, code) => {
  await using home = await temporaryHome()
  const pems = await Promise.all(
    [0, 0, -1000, 30].map((days) => freshCertificate(Date.now() + days * dayMs)),
  )
  writePair(home.path, pems[0]!.pem)
  writeFileSync(join(home.path, "other.pem"), pems[1]!.pem)
  writeFileSync(join(home.path, "garbage"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END")
  for (const [at, folder] of [
    [2, "old"],
    [3, "new"],
  ] as const) {
    await Bun.$`mkdir ${join(home.path, folder)}`
    writePair(join(home.path, folder), pems[at]!.pem)
  }
  const error = await open(home.path, tls).catch((error) => error)
  expect(error.code).toBe(code)
  expect(error.hint).toBeTruthy()
})

test("files that are named but not there yet are waited for when a certificate may be made", async () => {
  await using home = await temporaryHome()
  const clock = turnableClock(Date.now())
  const named = { certPath: "cert.pem", keyPath: "key.pem", autoGenerate: true }
  const tls = await open(home.path, named, clock)
  const renewed = Promise.withResolvers<void>()
  tls.watch(() => renewed.resolve())
  const { pem, fingerprint } = await freshCertificate()
  writePair(home.path, pem)
  clock.turn(5_000)
  await renewed.promise
  expect(tls.current.fingerprint).toBe(fingerprint)
})

test("HTTPS and wss are served, and the log and the note name the certificate", async () => {
  await using gateway = await startGateway({ config: { gateway: { tls: { enabled: true } } } })
  const { running, paths } = gateway
  const path = ownCertificatePath(paths.state)
  expect(running.url).toBe(`https://127.0.0.1:${running.port}/`)
  expect(running.dashboardUrl).toStartWith(running.url)
  expect(running.tlsFingerprint).toBe(readFingerprint(path))
  expect(await servedAt(running.port)).toBe(running.tlsFingerprint!)

  const ca = readFileSync(path, "utf8")
  const page = await fetch(`${running.url}healthz`, { tls: { ca } })
  expect(await page.json()).toMatchObject({ ok: true })
  await expect(fetch(`http://127.0.0.1:${running.port}/healthz`)).rejects.toThrow()

  const note = JSON.parse(readFileSync(join(paths.state, "gateway.json"), "utf8"))
  expect(note).toMatchObject({
    url: `wss://127.0.0.1:${running.port}/`,
    tlsFingerprint: running.tlsFingerprint,
  })
  await gateway.stop()
  expect(readFileSync(running.logFile, "utf8")).toContain(running.tlsFingerprint!)
})

test("a page served over HTTPS may connect; the same address over HTTP is another origin", async () => {
  await using gateway = await startGateway({ config: { gateway: { tls: { enabled: true } } } })
  const { port, tlsFingerprint } = gateway.running
  const from = (origin: string) =>
    new Promise<number>((resolve) => {
      const url = `wss://127.0.0.1:${port}/`
      const tls = { rejectUnauthorized: false }
      const socket = new WebSocket(url, { headers: { origin }, tls } as unknown as string[])
      socket.onmessage = () =>
        socket.send(
          JSON.stringify({
            type: "req",
            id: "1",
            method: "connect",
            params: {
              minProtocol: 4,
              maxProtocol: 4,
              client: { id: "test", version: "1", platform: "linux", mode: "test" },
              auth: { token: "wrong" },
            },
          }),
        )
      socket.addEventListener("message", ({ data }) => {
        const { error } = JSON.parse(String(data))
        if (error) resolve(error.details.code)
      })
    })
  expect(tlsFingerprint).toBeDefined()
  expect(String(await from(`https://127.0.0.1:${port}`))).toBe("AUTH_TOKEN_MISMATCH")
  expect(String(await from(`http://127.0.0.1:${port}`))).toBe("CONTROL_UI_ORIGIN_NOT_ALLOWED")
})

test("new files are taken up without a restart; open connections stay; broken ones change nothing", async () => {
  await using files = await temporaryHome()
  const [first, second] = [await freshCertificate(), await freshCertificate()]
  const tls = { enabled: true, ...writePair(files.path, first.pem) }
  const clock = turnableClock(Date.now())
  await using gateway = await startGateway({ config: { gateway: { tls } }, start: { clock } })
  const { port, logFile } = gateway.running
  expect(await servedAt(port)).toBe(first.fingerprint)

  // A renewal is caught between its two files.
  writeFileSync(tls.certPath, second.pem.slice(0, second.pem.indexOf("-----BEGIN PRIVATE")))
  clock.turn(5_000)
  expect(await servedAt(port)).toBe(first.fingerprint)
  expect(readFileSync(logFile, "utf8")).toContain("the old one stays")

  writePair(files.path, second.pem)
  clock.turn(5_000)
  expect(await servedAt(port)).toBe(second.fingerprint)
  expect(gateway.running.tlsFingerprint).toBe(second.fingerprint)
  expect(await gateway.client.request("health")).toMatchObject({ ok: true })
  const note = JSON.parse(readFileSync(join(gateway.paths.state, "gateway.json"), "utf8"))
  expect(note.tlsFingerprint).toBe(second.fingerprint)

  rmSync(tls.certPath)
  clock.turn(5_000)
  expect(await servedAt(port)).toBe(second.fingerprint)
})

test("doctor sees a certificate that cannot be served, and one that expires soon", async () => {
  await using home = await temporaryHome()
  const { pem } = await freshCertificate()
  const config = (tls: object) => ({
    gateway: gatewaySection.schema.parse({ tls: { enabled: true, ...tls } }),
    paths: resolvePaths({ HOME: home.path }),
  })
  const named = config(writePair(home.path, pem))
  const soon = turnableClock(Date.now() + (825 - 10) * dayMs)
  expect(await certificateUsable.detect({ ...named, clock: systemClock })).toBeNull()
  expect(await certificateLasts.detect({ ...named, clock: systemClock })).toBeNull()
  expect(await certificateUsable.detect({ ...named, clock: soon })).toBeNull()
  const found = await certificateLasts.detect({ ...named, clock: soon })
  expect(certificateLasts.explain(found!)).toContain("expires in 9 days")

  const late = turnableClock(Date.now() + 900 * dayMs)
  expect(await certificateUsable.detect({ ...named, clock: late })).toMatchObject({
    message: expect.stringContaining("expired on"),
    hint: expect.stringContaining("Renew"),
  })
  // Nothing is made by looking.
  const own = config({})
  expect(await certificateUsable.detect({ ...own, clock: systemClock })).toBeNull()
  expect(existsSync(own.paths.state)).toBe(false)
})
