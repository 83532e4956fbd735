import { expect, test } from "bun:test"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { commandLine } from "../support/command-line.ts"
import { fakeTelegram } from "../support/fake-telegram.ts"
import { relayServer } from "../support/relay-server.ts"

const local = { gateway: { mode: "local" } }
const configOf = (cli: ReturnType<typeof commandLine>) =>
  JSON.parse(readFileSync(cli.configFile, "utf8")) as {
    channels?: Record<string, Record<string, unknown>>
  }
const tokenIn = (network: { settings: Record<string, unknown> }) =>
  String(network.settings.botToken)
const rootOf = (network: { settings: Record<string, unknown> }) =>
  JSON.stringify({ apiRoot: network.settings.apiRoot })

test("channels add tries the token out, keeps it out of the config and never shows it", async () => {
  using cli = commandLine(local)
  await using network = await fakeTelegram()
  const token = tokenIn(network)
  const added = await cli.fased(["channels", "add", "telegram", "--set", rootOf(network)], {
    stdin: `${token}\n`,
  })
  expect(added.code, added.err).toBe(0)
  expect(added.out).toContain("✓ works")
  expect(configOf(cli).channels!.telegram!.botToken).toMatchObject({
    source: "file",
    id: "/channels/telegram/botToken",
  })
  expect(readFileSync(join(cli.state, "secrets.json"), "utf8")).toContain(token)
  expect(added.out + added.err + readFileSync(cli.configFile, "utf8")).not.toContain(token)
})

test("channels add writes nothing when the network refuses the token, and says why", async () => {
  using cli = commandLine(local)
  await using network = await fakeTelegram()
  const refused = await cli.fased(["channels", "add", "telegram", "--set", rootOf(network)], {
    stdin: "123456:wrong-token-wrong-token-wrong-token",
  })
  expect(refused.code).toBe(1)
  expect(refused.err).toContain("Nothing was written: Telegram does not work like this.")
  expect((refused.out + refused.err).split("refuses the bot token")).toHaveLength(2)
  expect(configOf(cli)).toEqual(local as never)
})

test("what is said of a new account is tried with what it inherits, and only where it is a setting", async () => {
  await using network = await fakeTelegram()
  const { apiRoot } = network.settings
  using cli = commandLine({
    ...local,
    channels: {
      telegram: { apiRoot, proxy: { source: "env", id: "NO_PROXY_HERE" }, botToken: "111:first" },
    },
  })
  const add = (set: object) =>
    cli.fased(["channels", "add", "telegram", "--account", "work", "--set", JSON.stringify(set)], {
      stdin: tokenIn(network),
    })
  const wrong = await add({ apiRoott: apiRoot })
  expect(wrong.code).toBe(2)
  expect(wrong.err).toContain("Did you mean apiRoot?")
  const added = await add({})
  expect(added.out).toContain("✓ works")
})

test("a second account makes the first one the account named default, secrets and all", async () => {
  using cli = commandLine({
    ...local,
    channels: { telegram: { botToken: "111:first", dmPolicy: "pairing", allowFrom: ["42"] } },
  })
  const file = join(cli.home, "token")
  writeFileSync(file, "222:second-second-second\n")
  const added = await cli.fased([
    "channels",
    "add",
    "telegram",
    "--account",
    "work",
    "--token-file",
    file,
    "--no-check",
  ])
  expect(added.code, added.err).toBe(0)
  expect(configOf(cli).channels!.telegram).toMatchObject({
    dmPolicy: "pairing",
    allowFrom: ["42"],
    accounts: {
      default: { botToken: "111:first" },
      work: { enabled: true, botToken: { id: "/channels/telegram/accounts/work/botToken" } },
    },
  })
  expect(configOf(cli).channels!.telegram!.botToken).toBeUndefined()
})

test("channels add takes the token from a variable by its name, and keeps the reference", async () => {
  using cli = commandLine(local)
  const added = await cli.fased(["channels", "add", "telegram", "--env", "MY_BOT", "--no-check"], {
    env: { MY_BOT: "333:from-the-environment" },
  })
  expect(added.code, added.err).toBe(0)
  expect(configOf(cli).channels!.telegram!.botToken).toEqual({ source: "env", id: "MY_BOT" })
})

test("channels add does not put one account in the place of another", async () => {
  using cli = commandLine({ ...local, channels: { telegram: { botToken: "111:first" } } })
  const again = await cli.fased(["channels", "add", "telegram", "--no-check"], { stdin: "222:x" })
  expect(again.code).toBe(2)
  expect(again.err).toContain("Telegram has an account default already.")
})

test("channels remove switches an account off, and with --delete forgets it", async () => {
  using cli = commandLine({ ...local, channels: { telegram: { botToken: "111:first" } } })
  expect((await cli.fased(["channels", "remove", "telegram"])).code).toBe(0)
  expect(configOf(cli).channels!.telegram!.enabled).toBe(false)
  const unsure = await cli.fased(["channels", "remove", "telegram", "--delete"])
  expect(unsure.code).toBe(1)
  expect((await cli.fased(["channels", "remove", "telegram", "--delete", "--yes"])).code).toBe(0)
  expect(configOf(cli).channels?.telegram).toBeUndefined()
})

test("channels add names what there is, where nobody can be asked", async () => {
  using cli = commandLine(local)
  const { code, err } = await cli.fased(["channels", "add"])
  expect(code).toBe(2)
  expect(err).toContain("There is: telegram, discord, slack, signal")
})

test("a word behind channels is one of its commands, or else the channel that is asked about", async () => {
  using cli = commandLine(local)
  const about = async (word: string) => (await cli.fased(["channels", word])).err
  expect(await about("telegram")).toContain("No gateway answers")
  expect(await about("carrier-pigeon")).toContain('There is no channel "carrier-pigeon"')
  expect(await about("statsu")).toContain("Did you mean: fased channels status")
})

test("channels list and capabilities answer without a gateway", async () => {
  using cli = commandLine({ ...local, channels: { telegram: { botToken: "111:first" } } })
  const { channels } = JSON.parse((await cli.fased(["channels", "list", "--json"])).out) as {
    channels: { id: string; accounts: string[]; setup: string }[]
  }
  expect(channels.find(({ id }) => id === "telegram")!.accounts).toEqual(["default"])
  for (const { setup } of channels) expect(setup).not.toBe("")
  const told = await cli.fased(["channels", "capabilities", "telegram"])
  expect(told.out).toContain("4096")
})

test("a plugin is installed after a look at what it needs, added like any channel, and removed", async () => {
  using cli = commandLine(local)
  await using relay = relayServer()
  const unsure = await cli.fased(["plugins", "install", "example"])
  expect(unsure.code).toBe(1)
  expect(unsure.out).toContain("Network: the server of channels.example.url")
  expect((await cli.fased(["plugins", "install", "example", "--yes"])).code).toBe(0)
  const settings = JSON.stringify({ url: relay.url })
  const wrong = await cli.fased(["channels", "add", "example", "--set", settings], {
    stdin: "wrong-token",
  })
  expect(wrong.out).toContain("The server does not know the token.")
  const added = await cli.fased(["channels", "add", "example", "--set", settings], {
    stdin: relay.token,
  })
  expect(added.code, added.err).toBe(0)
  expect((await cli.fased(["plugins", "disable", "example"])).code).toBe(0)
  expect((await cli.fased(["plugins", "list"])).out).toContain(
    "plugins.entries.example.enabled is false",
  )
  expect((await cli.fased(["plugins", "remove", "example", "--yes"])).code).toBe(0)
  expect((await cli.fased(["plugins", "list"])).out).toContain("No plugin is installed.")
}, 30_000)
