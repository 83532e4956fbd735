import { expect, test } from "bun:test"
import { startGateway, type TestGateway } from "../support/gateway.ts"
import { headerLines, rawHttp, upgradeHeaders } from "../support/raw-http.ts"
import { attempt, rawSocket, type RawSocket } from "../support/raw-socket.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const behindProxy = { config: { gateway: { trustedProxies: ["127.0.0.1"] } } }
const from = (address: string) => ({ "x-forwarded-for": address })

/** Tries to open that many at once; gives those that were let in to the handshake. */
const crowd = async ({ wsUrl }: TestGateway, size: number, headers: Record<string, string>) => {
  const tried = await Promise.allSettled(
    Array.from({ length: size }, () => rawSocket(wsUrl, headers)),
  )
  return tried.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []))
}
const leave = (sockets: RawSocket[]) =>
  Promise.all(sockets.map((socket) => socket[Symbol.asyncDispose]()))

const upgradeStatus = ({ running }: TestGateway, headers: Record<string, string>) =>
  rawHttp(
    running.port,
    `GET / HTTP/1.1\r\nHost: localhost\r\n${headerLines({ ...upgradeHeaders, ...headers })}\r\n`,
  )

test("of one client, 32 sockets may wait to sign in; the next is told so", async () => {
  await using gateway = await startGateway(behindProxy)
  const first = await crowd(gateway, 40, from("192.0.2.1"))
  expect(first).toHaveLength(32)
  const { status, text } = await upgradeStatus(gateway, from("192.0.2.1"))
  expect(status).toBe(503)
  expect(text).toEndWith("Too many unauthenticated sockets\n")

  // Others come in as before, and those inside notice nothing.
  await using other = await rawSocket(gateway.wsUrl, from("192.0.2.2"))
  await using local = await attempt(gateway.wsUrl)
  expect([other.nonce.length > 0, local.answer?.ok]).toEqual([true, true])
  expect(await gateway.client.request("health")).toBeObject()

  await leave(first.splice(0, 1))
  first.push(await rawSocket(gateway.wsUrl, from("192.0.2.1")))
  await leave(first)
})

test("of one IPv6 network, whichever of its addresses they use", async () => {
  await using gateway = await startGateway(behindProxy)
  const sockets = []
  for (let n = 1; n <= 34; n++)
    sockets.push(...(await crowd(gateway, 1, from(`2001:db8::${n.toString(16)}`))))
  expect(sockets).toHaveLength(32)
  await leave(sockets)
})

test("a page on this machine cannot take the room its programs need", async () => {
  await using gateway = await startGateway()
  const pages = await crowd(gateway, 40, { origin: "https://evil.example" })
  const programs = await crowd(gateway, 100, {})
  expect([pages.length, programs.length]).toEqual([32, 100])
  await leave([...pages, ...programs])
})

test("five thousand that say nothing are capped, and gone when their time is up", async () => {
  const clock = turnableClock(Date.now())
  await using gateway = await startGateway({ start: { clock } })
  await using member = await attempt(gateway.wsUrl)
  const sockets = []
  let tried = 0
  for (; tried < 5_000 && sockets.length === tried; tried += 50)
    sockets.push(...(await crowd(gateway, 50, {})))
  expect(sockets.length).toBe(256)
  expect((await upgradeStatus(gateway, {})).status).toBe(503)
  expect((await member.request("health", {}))?.ok).toBe(true)
  clock.turn(15_000)
  for (const { closed } of sockets) expect((await closed).code).toBe(1008)
  await using next = await attempt(gateway.wsUrl)
  expect(next.answer?.ok).toBe(true)
})

test("whoever signed in waits no more, and counts no more", async () => {
  await using gateway = await startGateway()
  const members = []
  for (let n = 0; n < 300; n++) members.push(await attempt(gateway.wsUrl))
  expect(members.every(({ answer }) => answer?.ok)).toBe(true)
  await leave(members)
})
