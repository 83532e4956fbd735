import { afterAll, expect, setDefaultTimeout, test } from "bun:test"
import { copyFileSync, truncateSync } from "node:fs"
import { join } from "node:path"
import type { Log } from "../../../src/kernel/log.ts"
import { endingOf } from "../../../src/plugins/whatsapp/endings.ts"
import { connectAdapter, saysOf } from "../../support/adapter.ts"
import { fakeWhatsapp } from "../../support/fake-whatsapp.ts"
import { whatsappChannel } from "../../support/whatsapp-channel.ts"

// Each starts processes of its own, which takes a while on a busy machine.
setDefaultTimeout(20_000)

const { channel, remove } = await whatsappChannel()
afterAll(remove)

test.each([
  [401, "credentials"],
  [403, "credentials"],
  [411, "credentials"],
  [419, "credentials"],
  [440, "conflict"],
  [409, "conflict"],
])("what ends with %i is not tried again: %s", (code, why) => {
  expect(endingOf(code, "")).toMatchObject({ kind: "over", error: { data: { why } } })
})

test.each([408, 428, 500, 503, undefined])("what ends with %p is tried again", (code) => {
  expect(endingOf(code, "gone").kind).toBe("retry")
})

test("an account that is logged out says so, with what to do, and stays away", async () => {
  await using network = await fakeWhatsapp()
  await using host = await connectAdapter(channel, network)
  network.endWith(401)
  await expect(host.connection.over).rejects.toMatchObject({
    data: { why: "credentials", hint: "Link it again: fased channels login --channel whatsapp" },
  })
  expect(network.connections).toBe(1)
})

test("two programs with one link do not fight over it", async () => {
  await using network = await fakeWhatsapp()
  await using host = await connectAdapter(channel, network)
  network.endWith(440)
  await expect(host.connection.over).rejects.toMatchObject({ data: { why: "conflict" } })
  expect(network.connections).toBe(1)
})

test("a login that WhatsApp refuses ends the attempt to connect", async () => {
  await using network = await fakeWhatsapp()
  network.refuse(401)
  await expect(connectAdapter(channel, network)).rejects.toMatchObject({
    data: { why: "credentials" },
  })
})

test.each([503, 515])("after %i it is connected again, and hears what was said", async (code) => {
  await using network = await fakeWhatsapp()
  await using host = await connectAdapter(channel, network)
  network.endWith(code)
  await network.say(network.ada, network.direct(network.ada), "still there?")
  await host.until(saysOf("still there?"))
  expect(network.connections).toBe(2)
})

test("a client that is too old asks WhatsApp which version it serves, and is that one from then on", async () => {
  await using network = await fakeWhatsapp()
  network.refuse(405, 1)
  await using _ = await connectAdapter(channel, network)
  expect(network.versions).toHaveLength(2)
  expect(network.versions[1]).toBe("2.3000.1999999999")
})

test("what links the account is read from its copy when it was cut short", async () => {
  await using network = await fakeWhatsapp()
  const file = join(network.authDir, "creds.json")
  copyFileSync(file, `${file}.bak`)
  truncateSync(file, 100)
  await using host = await connectAdapter(channel, network)
  expect(host.connection.self.ids[0]).toBe("+4915550000001")
})

test("one whose phone moved on asks for a message again, and hears it then", async () => {
  await using network = await fakeWhatsapp()
  const before = new Map<string, string>()
  const direct = network.direct(network.ada)
  {
    await using host = await connectAdapter(channel, network, { memory: before })
    await network.say(network.ada, direct, "first")
    await host.until(saysOf("first"))
  }
  network.forgetSessions()
  await using host = await connectAdapter(channel, network, { memory: before })
  await network.say(network.ada, direct, "second")
  await host.until(saysOf("second"))
})

test("keys of conversations are in no line of the log", async () => {
  const lines: string[] = []
  const told = (...line: unknown[]) => void lines.push(Bun.inspect(line))
  const log: Log = { trace: told, debug: told, info: told, warn: told, error: told, for: () => log }
  await using network = await fakeWhatsapp()
  await using host = await connectAdapter(channel, network, { log })
  const direct = network.direct(network.ada)
  await network.say(network.ada, direct, "from the old phone")
  await host.until(saysOf("from the old phone"))
  network.renew(network.ada)
  await network.say(network.ada, direct, "from the new phone")
  await host.until(saysOf("from the new phone"))
  expect(lines.join("\n")).toContain("connected")
  expect(lines.join("\n")).not.toMatch(/privKey|rootKey|SessionEntry|Buffer/)
})
