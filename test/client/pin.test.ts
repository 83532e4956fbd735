import { expect, test } from "bun:test"
import { connect as connectTcp, createServer, type Socket } from "node:net"
import { connect } from "../../src/client/connect.ts"
import { freshCertificate, signedCertificate } from "../support/certificates.ts"
import { startFakeGateway } from "../support/fake-gateway.ts"

const version = "0.0.0-test"
const token = "secret"

/** Passes every connection on: the nth to the nth port, all after that to the last. */
const switchboard = async (ports: readonly number[]) => {
  let count = 0
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connectTcp(ports[Math.min(count++, ports.length - 1)]!, "127.0.0.1")
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on("error", () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as { port: number }
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test("a pinned certificate is taken, however its fingerprint is spelled", async () => {
  const { pem, fingerprint } = await freshCertificate()
  await using gateway = startFakeGateway({ pem, token })
  for (const tlsFingerprint of [
    fingerprint,
    fingerprint.toLowerCase(),
    fingerprint.replaceAll(":", ""),
    ` ${fingerprint.replaceAll(":", "").toLowerCase()}\n`,
  ]) {
    await using client = await connect({ url: gateway.url, token, tlsFingerprint, version })
    expect(client.hello.protocol).toBe(4)
  }
})

test("a pin is enough for a certificate with other names, of an authority nobody knows", async () => {
  const { pem, fingerprint } = await signedCertificate()
  await using gateway = startFakeGateway({ pem })
  await using client = await connect({ url: gateway.url, tlsFingerprint: fingerprint, version })
  expect(client.hello.protocol).toBe(4)
})

test("another certificate than the pinned one ends the connection before anything is sent", async () => {
  const [{ pem }, other] = [await freshCertificate(), await freshCertificate()]
  await using gateway = startFakeGateway({ pem })
  const options = { url: gateway.url, token, tlsFingerprint: other.fingerprint, version }
  const error = await connect(options).catch((error) => error)
  expect(error).toMatchObject({
    code: "client.certificate-mismatch",
    data: { expected: other.fingerprint },
  })
  expect(`${error.message} ${error.hint}`).not.toContain(token)
  expect(gateway.asked()).toBe(0)
  expect(gateway.connects).toEqual([])
})

test("a man in the middle who shows the pinned certificate first and his own after gets nothing", async () => {
  const [real, his] = [await freshCertificate(), await freshCertificate()]
  await using gateway = startFakeGateway({ pem: real.pem })
  await using middle = startFakeGateway({ pem: his.pem })
  await using between = await switchboard([gateway.port, middle.port])
  const url = `wss://127.0.0.1:${between.port}`
  await expect(
    connect({ url, token, tlsFingerprint: real.fingerprint, version }),
  ).rejects.toMatchObject({ code: expect.stringMatching(/^client\.certificate-/) })
  expect(middle.asked()).toBe(0)
  expect(middle.connects).toEqual([])
})

test("a self-signed certificate that is not pinned is refused, and the fault says how to pin it", async () => {
  const { pem } = await freshCertificate()
  await using gateway = startFakeGateway({ pem })
  const error = await connect({ url: gateway.url, token, version }).catch((error) => error)
  expect(error).toMatchObject({ code: "client.certificate-untrusted" })
  expect(error.hint).toContain("--tls-fingerprint")
  expect(gateway.asked()).toBe(0)
})

test("a pinned certificate that expired is refused, and the fault says that it did", async () => {
  const { pem, fingerprint } = await freshCertificate(Date.now() - 1000 * 86_400_000)
  await using gateway = startFakeGateway({ pem })
  const error = await connect({
    url: gateway.url,
    token,
    tlsFingerprint: fingerprint,
    version,
  }).catch((error) => error)
  expect(error).toMatchObject({ code: "client.certificate-untrusted" })
  expect(error.message).toContain("expired")
  expect(gateway.asked()).toBe(0)
})

test.each(["", "abc", "zz".repeat(32), "ab".repeat(31), "ab".repeat(33)])(
  "%p is no fingerprint",
  async (tlsFingerprint) => {
    const url = "wss://127.0.0.1:1"
    const { code } = await connect({ url, tlsFingerprint, version }).catch((error) => error)
    expect(code).toBe("client.bad-fingerprint")
  },
)

test("a pin for a ws:// address is refused instead of being forgotten", async () => {
  const options = { url: "ws://127.0.0.1:1", tlsFingerprint: "ab".repeat(32), version }
  await expect(connect(options)).rejects.toMatchObject({ code: "client.pin-without-tls" })
})

test("wss:// to a port without TLS, and ws:// to one with, are told apart from a closed port", async () => {
  const { pem, fingerprint } = await freshCertificate()
  await using plain = startFakeGateway()
  await using secure = startFakeGateway({ pem })
  const attempts = [
    { url: plain.url.replace("ws", "wss") },
    { url: plain.url.replace("ws", "wss"), tlsFingerprint: fingerprint },
    { url: secure.url.replace("wss", "ws") },
  ]
  for (const attempt of attempts)
    await expect(connect({ ...attempt, version })).rejects.toMatchObject({
      code: "client.not-a-gateway",
      message: expect.stringContaining("TLS"),
    })
})

test("a port that takes the connection and says nothing is given up on in time", async () => {
  const server = createServer(() => {})
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as { port: number }
  const url = `wss://127.0.0.1:${port}`
  await expect(
    connect({ url, tlsFingerprint: "ab".repeat(32), version, timeoutMs: 50 }),
  ).rejects.toMatchObject({ code: "client.not-a-gateway" })
  server.close()
})

test("an unencrypted way to another machine is taken only when it is allowed by name", async () => {
  await using gateway = startFakeGateway({ token })
  // Reaches this machine, yet does not say so.
  const url = gateway.url.replace("127.0.0.1", "0.0.0.0")
  await expect(connect({ url, token, version })).rejects.toMatchObject({
    code: "client.plaintext-refused",
  })
  expect(gateway.asked()).toBe(0)
  await using client = await connect({ url, token, version, allowPlaintext: true })
  expect(client.hello.protocol).toBe(4)
})
