import { expect, test } from "bun:test"
import { known } from "../../src/registry/channels.ts"
import { startGateway } from "../support/gateway.ts"
import { scriptedChannel } from "../support/scripted-channel.ts"

/** A gateway that knows one more channel while it runs. */
const withScript = async (
  config: Record<string, unknown>,
  connect?: Parameters<typeof scriptedChannel>[0],
) => {
  const { channel, held } = scriptedChannel(connect)
  const leave = known.join(channel)
  const gateway = await startGateway({ config: { channels: { script: config } } }).catch(
    (error) => {
      leave()
      throw error
    },
  )
  const connected = async () => {
    while ((await status()).state !== "connected") await Bun.sleep(5)
  }
  const status = async (account = "default", probe = false) => {
    const { channelAccounts } = (await gateway.client.request("channels.status", { probe })) as {
      channelAccounts: Record<string, { accountId: string; state: string }[]>
    }
    return channelAccounts.script!.find(({ accountId }) => accountId === account) as {
      state: string
    } & Record<string, unknown>
  }
  return {
    gateway,
    held,
    status,
    connected,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      leave()
    },
  }
}

test("a gateway without channels is ready at once, and says which it knows", async () => {
  await using gateway = await startGateway()
  const response = await fetch(new URL("/readyz", gateway.running.url))
  expect(response.status).toBe(200)
  const status = (await gateway.client.request("channels.status", {})) as {
    channelOrder: string[]
    channelSetup: Record<string, string>
  }
  expect(Object.keys(status.channelSetup)).toEqual(status.channelOrder)
})

test("an account of the config is connected once the gateway runs, and its state is told", async () => {
  await using script = await withScript({ token: "abcdefgh" })
  await script.connected()
  expect(await script.status()).toMatchObject({
    configured: true,
    running: true,
    connected: true,
    self: "@script_bot",
    credentialSource: "config",
  })
  const health = (await script.gateway.client.request("health", { probe: true })) as {
    channels: object
  }
  expect(health.channels).toMatchObject({ script: { connected: true } })
  const summary = (await script.gateway.client.request("status", {})) as {
    channelSummary: string[]
  }
  expect(summary.channelSummary).toEqual(["Script: connected as @script_bot"])
})

test("a probe tells what a network finds missing", async () => {
  await using script = await withScript({ token: "abcdefgh" }, () => ({
    probe: async () => ({
      ok: false,
      account: "@script_bot (id 1)",
      findings: [{ text: "It may not read messages.", hint: "Switch the intent on." }],
    }),
  }))
  await script.connected()
  expect((await script.status("default", true)).probe).toMatchObject({
    ok: false,
    findings: [{ text: "It may not read messages.", hint: "Switch the intent on." }],
  })
})

test("an account is stopped and started by hand", async () => {
  await using script = await withScript({ token: "abcdefgh" })
  await script.connected()
  const { client } = script.gateway
  expect(await client.request("channels.stop", { channel: "script" })).toEqual({
    channel: "script",
    accountId: null,
    action: "stop",
    accounts: ["default"],
  })
  expect(await script.status()).toMatchObject({ state: "stopped", reason: "Stopped by hand." })
  await client.request("channels.start", { channel: "script" })
  await script.connected()
  expect(script.held).toHaveLength(2)
})

test("N140: an account that the config disables is gone with that reload", async () => {
  await using script = await withScript({ token: "abcdefgh" })
  await script.connected()
  await script.gateway.client.request("config.patch", {
    raw: JSON.stringify({ channels: { script: { enabled: false } } }),
    baseHash: ((await script.gateway.client.request("config.get", {})) as { hash: string }).hash,
  })
  expect(await script.status()).toMatchObject({ state: "disabled", connected: false })
  expect(script.held[0]!.closed).toBe(true)
})

test("a blank token means closed: nothing is connected, and status says what is missing", async () => {
  await using script = await withScript({ token: "  " })
  expect(await script.status()).toMatchObject({
    state: "unconfigured",
    configured: false,
    credentialSource: "none",
    reason: "The setting token is missing: Token.",
  })
  expect(script.held).toEqual([])
})

test("a webhook path belongs to one account, asks for that account's proof and ends with it", async () => {
  await using script = await withScript({ token: "abcdefgh" }, ({ context }) => {
    context.mount(
      "/script-webhook",
      async (_, body) => Response.json({ got: body.toString() }),
      (headers) => headers.get("x-secret") === "right",
    )
    return {}
  })
  await script.connected()
  const post = (secret: string, method = "POST") =>
    fetch(new URL("/script-webhook", script.gateway.running.url), {
      method,
      headers: { "x-secret": secret },
      ...(method === "POST" && { body: "hello" }),
    })
  expect((await post("wrong")).status).toBe(401)
  expect(await (await post("right")).json()).toEqual({ got: "hello" })
  expect((await post("right", "GET")).status).toBe(405)
  await script.gateway.client.request("channels.stop", { channel: "script" })
  expect((await post("right")).status).toBe(405) // the page, which only reads
})

test("N114: of two accounts on one path the second does not start, and the first one's proof alone counts", async () => {
  await using script = await withScript(
    { accounts: { a: { token: "secret-of-a" }, b: { token: "secret-of-b" } } },
    ({ context }) => {
      context.mount(
        "/script-webhook",
        async () => Response.json({ heard: context.account }),
        (headers) => headers.get("x-secret") === `secret-of-${context.account}`,
      )
      return {}
    },
  )
  const { gateway, status } = script
  while ((await status("b")).state !== "backing-off") await Bun.sleep(5)
  expect(await status("b")).toMatchObject({
    reason: expect.stringContaining("/script-webhook is used by script/a"),
    hint: "Give each account a path of its own, then start it again.",
  })
  const post = (secret: string) =>
    fetch(new URL("/script-webhook", gateway.running.url), {
      method: "POST",
      headers: { "x-secret": secret },
    })
  expect(await (await post("secret-of-a")).json()).toEqual({ heard: "a" })
  expect((await post("secret-of-b")).status).toBe(401)
  await gateway.client.request("channels.stop", { channel: "script", accountId: "a" })
  await gateway.client.request("channels.stop", { channel: "script", accountId: "b" })
  await gateway.client.request("channels.start", { channel: "script", accountId: "b" })
  while ((await status("b")).state !== "connected") await Bun.sleep(5)
  expect(await (await post("secret-of-b")).json()).toEqual({ heard: "b" })
  expect((await post("secret-of-a")).status).toBe(401)
})

test("what an adapter keeps outlasts its connection", async () => {
  await using script = await withScript({ token: "abcdefgh" })
  await script.connected()
  await script.held[0]!.context.memory.set("offset", "42")
  const { client } = script.gateway
  await client.request("channels.stop", { channel: "script" })
  await client.request("channels.start", { channel: "script" })
  await script.connected()
  expect(script.held[1]!.context.memory.get("offset")).toBe("42")
})

test("the menu of commands is what a chat understands", async () => {
  await using script = await withScript({ token: "abcdefgh" })
  await script.connected()
  const menu = await script.held[0]!.context.menu()
  expect(menu.map(({ name }) => name)).toContain("help")
})
