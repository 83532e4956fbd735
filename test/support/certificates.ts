import { join } from "node:path"
import { X509Certificate } from "node:crypto"
import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { makeSelfSigned } from "../../src/gateway/self-signed.ts"

/** A fresh certificate for this machine, as PEM with its key. */
export const freshCertificate = async (now = Date.now()) => {
  const pem = await makeSelfSigned(["localhost", "127.0.0.1"], now)
  return { pem, fingerprint: new X509Certificate(pem).fingerprint256 }
}

/** Writes a certificate and key as two files, as programs that renew certificates do. */
export const writePair = (folder: string, pem: string) => {
  const at = pem.indexOf("-----BEGIN PRIVATE KEY-----")
  const certPath = join(folder, "cert.pem")
  const keyPath = join(folder, "key.pem")
  writeFileSync(certPath, pem.slice(0, at))
  writeFileSync(keyPath, pem.slice(at))
  chmodSync(keyPath, 0o600)
  return { certPath, keyPath }
}

export const readFingerprint = (path: string) =>
  new X509Certificate(readFileSync(path)).fingerprint256

/** A certificate that an authority nobody knows signed. */
export const signedCertificate = async () => {
  await import("reflect-metadata")
  const x509 = await import("@peculiar/x509")
  const newKeys = () =>
    crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"])
  const [authority, keys] = [await newKeys(), await newKeys()]
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: "02",
    subject: "CN=elsewhere.example",
    issuer: "CN=private authority",
    publicKey: keys.publicKey,
    signingKey: authority.privateKey,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 86_400_000),
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
  })
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey)
  const pem = `${certificate.toString("pem")}\n${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`
  return { pem, fingerprint: new X509Certificate(pem).fingerprint256 }
}
