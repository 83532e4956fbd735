import { randomBytes } from "node:crypto"
import { isIP } from "node:net"
import { loadAside } from "../kernel/aside.ts"
import type * as Library from "./library/x509.ts"

const dayMs = 24 * 3_600_000
/** Apple's systems refuse anything longer, and say no more than that. */
const lifeMs = 825 * dayMs
/** Clocks on a network differ: the certificate is a little older than it is. */
const slackMs = 3_600_000

/** By this organisation a certificate is known as one of ours, to be renewed when its time comes. */
export const selfSignedBy = "fased self-signed"

/**
 * Makes a self-signed EC P-256 certificate for these names and addresses: one PEM text with the
 * certificate first and its key after it.
 */
export const makeSelfSigned = async (names: readonly string[], now: number): Promise<string> => {
  const x509 = await loadAside<typeof Library>("gateway/library/x509")
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: `01${randomBytes(15).toString("hex")}`,
    name: [{ O: [selfSignedBy] }, { CN: [names[0] ?? "localhost"] }],
    notBefore: new Date(now - slackMs),
    notAfter: new Date(now - slackMs + lifeMs),
    keys,
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) ? ("ip" as const) : ("dns" as const), value })),
      ),
    ],
  })
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey)
  return `${certificate.toString("pem")}\n${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`
}
