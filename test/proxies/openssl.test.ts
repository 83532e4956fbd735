import { expect } from "bun:test"
import { ownCertificatePath } from "../../src/gateway/tls-files.ts"
import { startGateway } from "../support/gateway.ts"
import { programPath, testWith } from "../support/programs.ts"

const openssl = async (...args: string[]) => {
  const child = Bun.spawn([programPath("openssl"), ...args], {
    stdin: new Blob([]),
    stdout: "pipe",
    stderr: "pipe",
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { out, err, code }
}

const secureGateway = () => startGateway({ config: { gateway: { tls: { enabled: true } } } })

testWith("openssl")("openssl s_client sees and verifies the certificate", async () => {
  await using gateway = await secureGateway()
  const { port, tlsFingerprint } = gateway.running
  const file = ownCertificatePath(gateway.paths.state)
  const at = ["s_client", "-connect", `127.0.0.1:${port}`, "-CAfile", file]
  for (const name of [
    ["-verify_hostname", "localhost"],
    ["-verify_ip", "127.0.0.1"],
  ]) {
    const { out } = await openssl(...at, "-verify_return_error", ...name)
    expect(out).toContain("Verify return code: 0 (ok)")
    expect(out).toMatch(/TLSv1\.3/)
  }
  const { out } = await openssl(...at, "-verify_return_error", "-verify_hostname", "evil.example")
  expect(out).not.toContain("Verify return code: 0 (ok)")

  const shown = await openssl("x509", "-in", file, "-noout", "-fingerprint", "-sha256", "-text")
  expect(shown.out).toContain(tlsFingerprint!)
  expect(shown.out).toContain("ASN1 OID: prime256v1")
  expect(shown.out).toContain("CA:FALSE")
})

testWith("openssl")("TLS 1.1 and older is refused", async () => {
  await using gateway = await secureGateway()
  const at = ["s_client", "-connect", `127.0.0.1:${gateway.running.port}`]
  // Debian's openssl asks for no less by itself.
  const legacy = ["-cipher", "DEFAULT@SECLEVEL=0"]
  expect((await openssl(...at, "-tls1_2")).out).toContain("BEGIN CERTIFICATE")
  for (const version of ["-tls1", "-tls1_1"])
    expect((await openssl(...at, version, ...legacy)).out).not.toContain("BEGIN CERTIFICATE")
})
