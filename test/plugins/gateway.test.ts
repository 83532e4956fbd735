import { expect, test } from "bun:test"
import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { known } from "../../src/registry/channels.ts"
import { startGateway, temporaryHome, testToken } from "../support/gateway.ts"
import { relayServer } from "../support/relay-server.ts"

const example = join(import.meta.dir, "../../src/plugins/example")

/** A home with plugins in it, and a config that uses them. */
const withPlugins = async (config: Record<string, unknown>) => {
  const home = await temporaryHome()
  const plugins = join(home.path, ".fased", "plugins")
  mkdirSync(plugins, { recursive: true, mode: 0o700 })
  cpSync(example, join(plugins, "example"), { recursive: true })
  const file = join(home.path, ".fased", "fased.json")
  writeFileSync(
    file,
    JSON.stringify({
      gateway: { mode: "local", auth: { mode: "token", token: testToken } },
      agents: { defaults: { skipBootstrap: true } },
      ...config,
    }),
    { mode: 0o600 },
  )
  return { home, plugins }
}

const stateOf = async (client: { request(method: string, params: object): Promise<unknown> }) => {
  const { channelAccounts } = (await client.request("channels.status", {})) as {
    channelAccounts: Record<string, { state: string; restarts: number; reason?: string }[]>
  }
  return channelAccounts.example?.[0]
}

test("a plugin on disk is a channel like any other, and its process is started anew when it dies", async () => {
  await using relay = relayServer()
  const { home } = await withPlugins({
    channels: { example: { url: relay.url, token: relay.token } },
  })
  await using _ = home
  await using gateway = await startGateway({ home: home.path })
  const until = async (fits: (account: Awaited<ReturnType<typeof stateOf>>) => boolean) => {
    for (;;) {
      const account = await stateOf(gateway.client)
      if (fits(account)) return account!
      await Bun.sleep(50)
    }
  }
  await until((account) => account?.state === "connected")
  const host = await processOf(home.path)
  process.kill(host, "SIGKILL")
  const fallen = await until((account) => account?.state === "backing-off")
  expect(fallen.reason).toContain("The process of the plugin example ended by SIGKILL")
  expect(await until((account) => account?.state === "connected")).toMatchObject({ restarts: 1 })
  const second = await processOf(home.path)
  await gateway.stop()
  expect(() => process.kill(second, 0)).toThrow()
}, 20_000)

test("a plugin that is broken, or that others may write to, is left out and named; the rest goes on", async () => {
  const { home, plugins } = await withPlugins({})
  await using _ = home
  for (const [id, text] of [
    ["half", "{"],
    ["newer", JSON.stringify({ id: "newer", api: 99 })],
  ] as const) {
    mkdirSync(join(plugins, id))
    writeFileSync(join(plugins, id, "fased.plugin.json"), text)
  }
  cpSync(example, join(plugins, "open"), { recursive: true })
  chmodSync(join(plugins, "open"), 0o777)
  await using gateway = await startGateway({ home: home.path })
  const { findings } = (await gateway.client.request("doctor.run", {})) as {
    findings: { id: string; explanation?: string; detail?: string }[]
  }
  const found = JSON.stringify(findings.find(({ id }) => id === "plugins.usable"))
  expect(found).toContain("half")
  expect(found).toContain("newer")
  expect(found).toContain("everybody on this machine may write")
  expect(known.find("example")).toBeDefined()
  expect(known.find("open")).toBeUndefined()
})

/** The child that is the host of this home's plugin. */
const processOf = async (home: string): Promise<number> => {
  const out = await new Response(
    Bun.spawn(["pgrep", "-f", `plugin-host ${home}/.fased/plugins/example`], { stdout: "pipe" })
      .stdout,
  ).text()
  return Number(out.trim().split("\n")[0])
}
