import { createPrivateKey, X509Certificate } from "node:crypto"
import { readFileSync } from "node:fs"
import { createSecureContext } from "node:tls"
import { tlsExpired, tlsFileMissing, tlsUnusable } from "./faults.ts"
import { selfSignedBy } from "./self-signed.ts"

/** A certificate and its key, known to fit each other. */
export interface Certificate {
  /** File the certificate came from. */
  readonly path: string
  /** PEM: the certificate, and what else of its chain the file holds. */
  readonly cert: string
  readonly key: string
  /** SHA-256 of the certificate, as `AB:CD:…`. */
  readonly fingerprint: string
  readonly validFrom: number
  readonly expiresAt: number
  /** One that this program made for itself. */
  readonly selfMade: boolean
}

/** Reads a certificate and its key, or throws what is wrong with them. Dates are judged apart. */
export const readCertificate = (certPath: string, keyPath: string): Certificate => {
  const cert = readText(certPath)
  const key = keyPath === certPath ? cert : readText(keyPath)
  const certificate = parse(certPath, "it holds no certificate", () => new X509Certificate(cert))
  const privateKey = parse(keyPath, "it holds no private key that can be read", () =>
    createPrivateKey(key),
  )
  if (!certificate.checkPrivateKey(privateKey))
    throw tlsUnusable({ path: keyPath, why: `it is not the key of ${certPath}` })
  parse(certPath, "the TLS library does not take it", () => createSecureContext({ cert, key }))
  return {
    path: certPath,
    cert,
    key,
    fingerprint: certificate.fingerprint256,
    validFrom: Date.parse(certificate.validFrom),
    expiresAt: Date.parse(certificate.validTo),
    selfMade: certificate.subject.split("\n").includes(`O=${selfSignedBy}`),
  }
}

/** Throws when clients would refuse the certificate today. */
export const guardDates = (certificate: Certificate, now: number) => {
  const { path, validFrom, expiresAt } = certificate
  if (expiresAt <= now) throw tlsExpired({ path, at: dayOf(expiresAt) })
  if (validFrom > now)
    throw tlsUnusable({ path, why: `it is not valid before ${dayOf(validFrom)}` })
  return certificate
}

export const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)

const readText = (path: string) => {
  try {
    return readFileSync(path, "utf8")
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === "ENOENT") throw tlsFileMissing({ path }, error)
    throw tlsUnusable({ path, why: code ?? message }, error)
  }
}

const parse = <T>(path: string, why: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    throw tlsUnusable({ path, why }, error)
  }
}
