/** Accounts of chat networks, set up and taken away over the wire. */
import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fakeTelegram } from "../support/fake-telegram.ts"
import { startGateway } from "../support/gateway.ts"

interface Status {
  channelAccounts: Record<string, { accountId: string; state: string }[]>
  channelMeta: { id: string; login?: true; credentials: object[] }[]
}

const withTelegram = async (telegram: Record<string, unknown> = {}) => {
  const network = await fakeTelegram()
  const gateway = await startGateway({
    config: { channels: { telegram: { apiRoot: network.root, accounts: {}, ...telegram } } },
  })
  const request = <T = unknown>(method: string, params: object) =>
    gateway.client.request(method, params) as Promise<T>
  return {
    network,
    gateway,
    request,
    config: () => JSON.parse(readFileSync(gateway.paths.config, "utf8")),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await network[Symbol.asyncDispose]()
    },
  }
}

test("channels.status says what each network asks for, and which of it is secret", async () => {
  await using gateway = await startGateway()
  const { channelMeta } = (await gateway.client.request("channels.status", {})) as Status
  const meta = (id: string) => channelMeta.find((one) => one.id === id)
  expect(meta("telegram")!.credentials).toEqual([
    { setting: "botToken", prompt: "Bot token from @BotFather", secret: true },
  ])
  expect(meta("signal")).toMatchObject({ login: true, credentials: [{ optional: true }] })
})

test("an account that is given up while it is tried out is not written", async () => {
  const asked = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  using network = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch({ url }) {
      asked.resolve()
      await released.promise
      if (url.endsWith("/getUpdates")) return new Promise<Response>(() => {})
      const bot = { id: 1, is_bot: true, first_name: "Bot", username: "bot" }
      const result = { ...bot, url: "", pending_update_count: 0, has_custom_certificate: false }
      return Response.json({ ok: true, result })
    },
  })
  await using setup = await withTelegram({ apiRoot: network.url.origin })
  const page = await setup.gateway.connect()
  const account = (accountId: string, bot: number) => ({
    channel: "telegram",
    accountId,
    credentials: { botToken: `${bot}:a_token_that_looks_like_one_0123456` },
  })
  const adding = page.request("channels.add", account("office", 123456789)).catch(() => "given up")
  await asked.promise
  page.close()
  expect(await adding).toBe("given up")
  released.resolve()
  // It goes the same way from its beginning, so that the other one is at its end by then.
  await setup.request("channels.add", account("lobby", 223456789))
  expect(Object.keys(setup.config().channels.telegram.accounts)).toEqual(["lobby"])
})

test("an account is tried out, written with its secret elsewhere, connected, and removed again", async () => {
  await using setup = await withTelegram()
  const { network, request, config, gateway } = setup
  const added = await request("channels.add", {
    channel: "telegram",
    accountId: "office",
    name: "Office",
    credentials: { botToken: ` ${network.token} ` },
  })
  expect(added).toMatchObject({ accountId: "office", probe: { ok: true } })
  const { accounts } = config().channels.telegram
  expect(accounts.office).toMatchObject({ enabled: true, name: "Office" })
  expect(JSON.stringify(config())).not.toContain(network.token)
  const kept = readFileSync(join(gateway.paths.state, "secrets.json"), "utf8")
  expect(JSON.parse(kept).channels.telegram.accounts.office.botToken).toBe(network.token)

  const state = async () => {
    const { channelAccounts } = await request<Status>("channels.status", {})
    return channelAccounts.telegram!.find(({ accountId }) => accountId === "office")?.state
  }
  while ((await state()) !== "connected") await Bun.sleep(10)
  await expect(
    request("channels.add", {
      channel: "telegram",
      accountId: "office",
      credentials: { botToken: network.token },
    }),
  ).rejects.toThrow('Telegram has an account "office" already')

  expect(await request("channels.remove", { channel: "telegram", accountId: "office" })).toEqual({
    channel: "telegram",
    accountId: "office",
    last: true,
  })
  expect(config().channels.telegram).toBeUndefined()
})

test("what the network refuses is not written, unless that is asked for", async () => {
  await using setup = await withTelegram()
  const { request, config } = setup
  const wrong = {
    channel: "telegram",
    accountId: "office",
    credentials: { botToken: "123456789:not-the-token-of-this-bot" },
  }
  const before = JSON.stringify(config())
  await expect(request("channels.add", wrong)).rejects.toThrow(/Nothing was written/)
  expect(JSON.stringify(config())).toBe(before)
  await request("channels.add", { ...wrong, check: false })
  expect(config().channels.telegram.accounts.office.enabled).toBe(true)
})

test("the account that was there alone becomes the default one, and both keep their policies", async () => {
  const network = await fakeTelegram()
  await using setup = await withTelegram({
    accounts: undefined,
    botToken: "1:gone",
    groupPolicy: "disabled",
  })
  const { request, config } = setup
  await request("channels.add", {
    channel: "telegram",
    accountId: "office",
    credentials: { botToken: network.token },
    check: false,
  })
  const { telegram } = config().channels
  expect(telegram.accounts.default.botToken).toBe("1:gone")
  expect(telegram.groupPolicy).toBe("disabled")
  expect(telegram.accounts.office.botToken).toMatchObject({ source: "file" })
  await network[Symbol.asyncDispose]()
})

test.each([
  [{ channel: "carrier-pigeon", credentials: {} }, 'no channel "carrier-pigeon"'],
  [{ channel: "telegram", accountId: "x", credentials: {} }, "needs botToken"],
  [
    { channel: "telegram", accountId: "x", credentials: { botToken: "1:a", apiRoot: "http://h" } },
    "apiRoot is no credential",
  ],
  [{ channel: "telegram", accountId: "__proto__", credentials: {} }, "accountId"],
  [{ channel: "telegram", accountId: "a/b", credentials: {} }, "accountId"],
])("refuses %j", async (params, why) => {
  await using setup = await withTelegram()
  await expect(setup.request("channels.add", params)).rejects.toThrow(why)
})

test("secrets.set keeps a secret in fased's own file, for settings that hold one", async () => {
  await using gateway = await startGateway()
  const { client, paths } = gateway
  const path = "tools.web.search.brave.apiKey"
  await client.request("secrets.set", { path, value: "brave-key-0123456789" })
  await client.request("secrets.set", { path, value: "another-key-0123456789" })
  const config = readFileSync(paths.config, "utf8")
  expect(config).not.toContain("key-0123456789")
  expect(JSON.parse(config).tools.web.search.brave.apiKey).toMatchObject({ source: "file" })
  const kept = readFileSync(join(paths.state, "secrets.json"), "utf8")
  expect(kept).toContain("another-key-0123456789")
  expect(kept).not.toContain("brave-key-0123456789")
  for (const wrong of ["logging.level", "gateway.auth.token"])
    await expect(
      client.request("secrets.set", { path: wrong, value: "0123456789abcdef" }),
    ).rejects.toThrow(wrong)
})
