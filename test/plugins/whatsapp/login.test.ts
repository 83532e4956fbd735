import { afterAll, expect, setDefaultTimeout, test } from "bun:test"
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { systemClock } from "../../../src/kernel/clock.ts"
import type { LoginStep } from "../../../src/kernel/connect-context.ts"
import { connectAdapter, saysOf } from "../../support/adapter.ts"
import { fakeWhatsapp, type FakeWhatsapp } from "../../support/fake-whatsapp.ts"
import { silentLog } from "../../support/silent-log.ts"
import { whatsappChannel } from "../../support/whatsapp-channel.ts"

// Each starts processes of its own, which takes a while on a busy machine.
setDefaultTimeout(20_000)

const { channel, remove } = await whatsappChannel()
const folder = mkdtempSync(join(tmpdir(), "fased-login-"))
afterAll(() => {
  remove()
  rmSync(folder, { recursive: true, force: true })
})

/** Goes through a login, with somebody who scans what is shown. */
const logIn = async (network: FakeWhatsapp, signal = new AbortController().signal) => {
  const steps: LoginStep[] = []
  const context = {
    account: "default",
    folder,
    environment: {},
    clock: systemClock,
    log: silentLog,
    signal,
  }
  await channel.login!(network.settings, context, (step) => {
    steps.push(step)
    if (step.kind === "qr") network.scan(step.text)
  })
  return steps
}

test("a phone links the account; the restart that follows is part of it", async () => {
  await using network = await fakeWhatsapp({ linked: false })
  const steps = await logIn(network)
  expect(steps.map(({ kind }) => kind)).toEqual(["qr", "waiting", "done"])
  expect(steps[0]).toMatchObject({ text: expect.stringContaining("first-code") })
  expect(steps[2]).toEqual({ kind: "done", message: "Linked as +4915550000001." })
  expect(network.connections).toBe(2)
  for (const name of ["creds.json", "creds.json.bak"])
    expect(statSync(join(network.authDir, name)).mode & 0o777).toBe(0o600)

  await using host = await connectAdapter(channel, network)
  expect(host.connection.self.ids).toEqual(["+4915550000001", "100000000000001@lid"])
  await network.say(network.ada, network.direct(network.ada), "welcome")
  await host.until(saysOf("welcome"))
})

test("an account that WhatsApp logged out is linked from the beginning", async () => {
  await using network = await fakeWhatsapp()
  network.refuse(401, 1)
  const steps = await logIn(network)
  expect(steps.map(({ kind }) => kind)).toEqual(["qr", "waiting", "done"])
})

test("a client that is too old to be linked becomes the one that WhatsApp serves", async () => {
  await using network = await fakeWhatsapp({ linked: false })
  network.refuse(405, 1)
  expect((await logIn(network)).at(-1)?.kind).toBe("done")
  expect(network.versions.at(-1)).toBe("2.3000.1999999999")
})

test("a login that is given up ends, and links nothing", async () => {
  await using network = await fakeWhatsapp({ linked: false })
  const abort = new AbortController()
  const context = {
    account: "default",
    folder,
    environment: {},
    clock: systemClock,
    log: silentLog,
    signal: abort.signal,
  }
  const work = channel.login!(network.settings, context, () => abort.abort(new Error("enough")))
  await expect(work).rejects.toThrow()
  await expect(connectAdapter(channel, network)).rejects.toMatchObject({
    data: {
      why: "credentials",
      text: "Not linked (QR required).",
      hint: "Link it: fased channels login --channel whatsapp",
    },
  })
})

test("logging out tells WhatsApp, and removes what linked the account and nothing else", async () => {
  await using network = await fakeWhatsapp()
  await Bun.write(join(network.authDir, "oauth.json"), "{}")
  await channel.logout!(network.settings, { account: "default", folder, log: silentLog })
  expect(
    readdirSync(network.authDir)
      .filter((name) => name.endsWith(".json"))
      .toSorted(),
  ).toEqual(["network.json", "oauth.json"])
  const farewell = network.nodes.find(
    ({ tag, attrs }) => tag === "iq" && attrs.xmlns === "md" && attrs.type === "set",
  )
  expect(JSON.stringify(farewell)).toContain("remove-companion-device")
})
