import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { ownCertificatePath } from "../../src/gateway/tls-files.ts"
import { freshCertificate, readFingerprint } from "../support/certificates.ts"
import { commandLine } from "../support/command-line.ts"
import { startFakeGateway } from "../support/fake-gateway.ts"
import { startGateway, testToken } from "../support/gateway.ts"

/** A gateway with TLS, and commands in its home. */
const secureGateway = async () => {
  const line = commandLine()
  const gateway = await startGateway({
    home: line.home,
    config: { gateway: { tls: { enabled: true } } },
  })
  const { port } = gateway.running
  return {
    ...line,
    port,
    fingerprint: readFingerprint(ownCertificatePath(gateway.paths.state)),
    async [Symbol.asyncDispose]() {
      await gateway.stop()
      line[Symbol.dispose]()
    },
  }
}

test("commands trust the certificate of their own instance's gateway, and no other", async () => {
  await using gateway = await secureGateway()
  const { code, out } = await gateway.fased(["gateway", "call", "health"])
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ ok: true })

  // Somebody else's gateway took the port.
  const { pem } = await freshCertificate()
  await using impostor = startFakeGateway({ pem })
  const args = ["gateway", "call", "health", "--port", String(impostor.port)]
  const refused = await gateway.fased(args)
  expect(refused.code).toBe(1)
  expect(refused.err).toContain("another certificate")
  expect(impostor.asked()).toBe(0)
})

test("gateway status shows the certificate's fingerprint, and links are https", async () => {
  await using gateway = await secureGateway()
  const { fingerprint, port } = gateway
  const text = await gateway.fased(["gateway", "status"])
  expect(text.out).toContain(fingerprint)
  expect(text.out).toContain("RPC probe: ok")
  expect(text.out).toContain(`Dashboard: https://127.0.0.1:${port}/`)

  const json = JSON.parse((await gateway.fased(["gateway", "status", "--json"])).out)
  expect(json).toMatchObject({
    runtime: { status: "running", pid: process.pid },
    rpc: { ok: true },
    gateway: { url: `wss://127.0.0.1:${port}`, tlsFingerprint: fingerprint },
    dashboard: `https://127.0.0.1:${port}/`,
  })
  const dashboard = await gateway.fased(["dashboard", "--no-open"])
  expect(dashboard).toMatchObject({
    out: `https://127.0.0.1:${port}/#token=${testToken}\n`,
    err: "",
  })
})

test("--url takes its certificate from --tls-fingerprint, and a wrong one is told before anything is sent", async () => {
  const { pem, fingerprint } = await freshCertificate()
  await using gateway = startFakeGateway({
    pem,
    token: "t",
    methods: { health: () => ({ ok: true }) },
  })
  using line = commandLine()
  const at = ["gateway", "call", "health", "--url", gateway.url, "--token", "t"]
  const right = await line.fased([...at, "--tls-fingerprint", fingerprint.toLowerCase()])
  expect(right).toMatchObject({ code: 0, err: "" })
  const without = await line.fased(at)
  expect(without.code).toBe(1)
  expect(without.err).toContain("not trusted")
  const wrong = await line.fased([...at, "--tls-fingerprint", "ab".repeat(32)])
  expect(wrong.code).toBe(1)
  expect(wrong.err).toContain("Nothing was sent")
  const empty = await line.fased([...at, "--tls-fingerprint", ""])
  expect(empty.code).not.toBe(0)
  expect(gateway.connects).toHaveLength(1)
})

test("the config's pin holds for the remote gateway", async () => {
  const { pem, fingerprint } = await freshCertificate()
  await using gateway = startFakeGateway({
    pem,
    token: "t",
    methods: { health: () => ({ ok: true }) },
  })
  const remote = { url: gateway.url, token: "t", tlsFingerprint: fingerprint.replaceAll(":", "") }
  using line = commandLine({ gateway: { mode: "remote", remote } })
  expect(await line.fased(["gateway", "call", "health"])).toMatchObject({ code: 0 })
  remote.tlsFingerprint = "00".repeat(32)
  line.writeConfig(JSON.stringify({ gateway: { mode: "remote", remote } }))
  expect((await line.fased(["gateway", "call", "health"])).err).toContain("another certificate")
})

test("ws:// beyond this machine is refused, and with --allow-plaintext warned about", async () => {
  await using gateway = startFakeGateway({ token: "t", methods: { health: () => ({ ok: true }) } })
  using line = commandLine()
  const url = gateway.url.replace("127.0.0.1", "0.0.0.0")
  const at = ["gateway", "call", "health", "--url", url, "--token", "t"]
  const refused = await line.fased(at)
  expect(refused.code).toBe(1)
  expect(refused.err).toContain("unencrypted")
  expect(gateway.asked()).toBe(0)
  for (const [args, env] of [
    [[...at, "--allow-plaintext"], {}],
    [at, { FASED_ALLOW_PLAINTEXT_WS: "1" }],
  ] as const) {
    const { code, err } = await line.fased(args, { env })
    expect(code).toBe(0)
    expect(err).toContain("warning: the credential goes to")
  }
  // The device and its token belong to this installation; the config was never needed.
  expect(readFileSync(join(line.state, "identity", "device.json"), "utf8")).toContain("privateKey")
})
