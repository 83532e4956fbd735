import { expect, test } from "bun:test"
import type { LoginStep } from "../../src/kernel/connect-context.ts"
import { connectionOver } from "../../src/kernel/network.ts"
import { known } from "../../src/registry/channels.ts"
import { startGateway } from "../support/gateway.ts"
import { scriptedChannel } from "../support/scripted-channel.ts"

/** A gateway with one account that a person has to link, and the phone to do it with. */
const unlinked = async () => {
  let linked = false
  const { channel } = scriptedChannel(
    () => {
      if (!linked) throw connectionOver({ why: "credentials", text: "It is not linked." })
      return {}
    },
    { login: true },
  )
  const phone = Promise.withResolvers<void>()
  let show: (step: LoginStep) => void = () => undefined
  const shown = Promise.withResolvers<void>()
  const leave = known.join({
    ...channel,
    credentials: [],
    async login(_config, _context, step) {
      show = step
      step({ kind: "qr", text: "first-code" })
      shown.resolve()
      await phone.promise
      linked = true
    },
    async logout() {
      linked = false
    },
  })
  const gateway = await startGateway({ config: { channels: { script: {} } } })
  return {
    gateway,
    phone,
    shown: shown.promise,
    show: (step: LoginStep) => show(step),
    async state() {
      const { channelAccounts } = (await gateway.client.request("channels.status", {})) as {
        channelAccounts: Record<string, { state: string; linked?: boolean }[]>
      }
      return channelAccounts.script![0]!
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      leave()
    },
  }
}

test("an account is linked by a code that changes until it is scanned, and connected then", async () => {
  await using account = await unlinked()
  const { client } = account.gateway
  while ((await account.state()).state !== "needs-login") await Bun.sleep(20)
  const begun = await client.request("web.login.start", {})
  expect(begun).toMatchObject({
    connected: false,
    qr: "first-code",
    qrDataUrl: expect.stringMatching(/^data:image\/svg\+xml;base64,/),
  })
  await account.shown
  account.show({ kind: "qr", text: "second-code" })
  expect(await client.request("web.login.wait", { seen: "first-code" })).toMatchObject({
    qr: "second-code",
  })
  account.phone.resolve()
  expect(await client.request("web.login.wait", { seen: "second-code" })).toMatchObject({
    connected: true,
    message: "Script is linked.",
  })
  while ((await account.state()).state !== "connected") await Bun.sleep(20)
  expect(await client.request("channels.logout", { channel: "script" })).toEqual({
    channel: "script",
    accountId: "default",
    cleared: true,
  })
  expect(await account.state()).toMatchObject({ state: "needs-login", linked: false })
})

test("to wait for a login that nobody began says how to begin one", async () => {
  await using account = await unlinked()
  await expect(
    account.gateway.client.request("web.login.wait", { channel: "script" }),
  ).rejects.toThrow("No login of script (default) is under way.")
})
