import type { PeerCertificate } from "node:tls"
import { certificateMismatch, notAGateway } from "./faults.ts"
import { readFingerprint } from "./fingerprint.ts"

/**
 * TLS options for a connection that takes the one certificate with this fingerprint, whoever signed
 * it and whatever names are in it, and no other.
 *
 * Bun calls `checkServerIdentity` only for a certificate it trusts, so the certificate is fetched
 * first, over a connection of its own, and made the one that is trusted. What counts is still what
 * the connection itself is shown.
 */
export const pinTls = async (url: string, fingerprint: string, timeoutMs: number) => {
  const pin = readFingerprint(fingerprint)
  const problem = (seen: string) => certificateMismatch({ url, expected: pin, seen })
  const shown = await fetchCertificate(url, timeoutMs)
  if (shown && shown.fingerprint256 !== pin) throw problem(shown.fingerprint256)
  let mismatch: ReturnType<typeof problem> | undefined
  return {
    tls: {
      ...(shown && { ca: toPem(shown.raw), allowPartialTrustChain: true }),
      checkServerIdentity(_: string, { fingerprint256 }: PeerCertificate) {
        if (fingerprint256 !== pin) mismatch = problem(fingerprint256)
        return mismatch
      },
    },
    /** What was wrong with the certificate, if that was why the connection failed. */
    mismatch: () => mismatch,
  }
}

/** What a server shows, trusted or not; nothing when there is no TLS to be had. */
const fetchCertificate = async (url: string, timeoutMs: number) => {
  const { connect } = await import("node:tls")
  const { promise, resolve, reject } = Promise.withResolvers<PeerCertificate | undefined>()
  const { hostname, port: given } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, "")
  const port = Number(given || 443)
  const socket = connect({ host, port, rejectUnauthorized: false }, () =>
    resolve(socket.getPeerCertificate()),
  )
  // The connection that is to be secure will fail in the same way, and is asked why.
  socket.on("error", () => resolve(undefined))
  socket.setTimeout(timeoutMs, () =>
    reject(notAGateway({ url, reason: `no answer within ${timeoutMs / 1000} s` })),
  )
  return promise.finally(() => socket.destroy())
}

const toPem = (der: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`
