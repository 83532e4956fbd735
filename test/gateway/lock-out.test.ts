import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { parsePath } from "../../src/config/path.ts"
import { get } from "../../src/config/methods.ts"
import { createSettings } from "../../src/config/create.ts"
import { refuseLockOut, refuseUseless } from "../../src/gateway/lock-out.ts"
import { sections } from "../../src/registry.ts"
import { writeFileAtomic } from "../../src/store/files.ts"
import { startGateway, temporaryHome } from "../support/gateway.ts"
import { fetchSecrets } from "../support/no-secrets.ts"

const long = "a-token-that-is-long-enough-0123456789"
const openWith = async (home: string, auth: unknown, env = {}) => {
  const paths = { config: `${home}/fased.json`, state: home }
  writeFileAtomic(paths.config, JSON.stringify({ gateway: { mode: "local", auth } }))
  return createSettings({ paths, env, sections, fetchSecrets, guard: refuseLockOut })
}

/** Without a value the setting goes. */
const editsOf = (changes: [string, unknown?][]) =>
  changes.map(([path, ...value]) => ({
    path: parsePath(path),
    ...(value.length && { value: value[0] }),
  }))

const refused: [string, unknown, [string, unknown?][], string][] = [
  ["a short token", { token: long }, [["gateway.auth.token", "short"]], "shorter than 16"],
  ["a placeholder", { token: long }, [["gateway.auth.token", "changeme"]], "placeholder"],
  ["a blank token", { token: long }, [["gateway.auth.token", " "]], "no token is set"],
  ["no token", { token: long }, [["gateway.auth.token"]], "no token is set"],
  ["no auth", { token: long }, [["gateway.auth"]], "no token is set"],
  ["a short one where none is", undefined, [["gateway.auth.token", "short"]], "shorter than 16"],
  ["another short one", { token: "short" }, [["gateway.auth.token", "small"]], "shorter than 16"],
  ["a mode without its secret", { token: long }, [["gateway.auth.mode", "password"]], "password"],
  ["two secrets", { token: long }, [["gateway.auth.password", long]], "does not say which"],
  ["a proxy on loopback", { token: long }, [["gateway.auth", proxied()]], "loopback"],
]
function proxied() {
  return { mode: "trusted-proxy", trustedProxy: { userHeader: "x-user" } }
}

test.each(refused)(
  "what comes to %s is refused, for it would lock everybody out",
  async (...row) => {
    const [, auth, changes, words] = row
    await using home = await temporaryHome()
    const settings = await openWith(home.path, auth)
    const before = settings.current().text
    const edits = editsOf(changes)
    for (const dryRun of [true, false])
      await expect(settings.change(edits, { dryRun })).rejects.toMatchObject({
        code: "gateway.would-lock-out",
        message: expect.stringContaining(words),
        hint: expect.stringContaining("fased c"),
      })
    expect(readFileSync(`${home.path}/fased.json`, "utf8")).toBe(before)
  },
)

test.each([
  [
    "the page for the network and none of its addresses",
    [["gateway.bind", "lan"]],
    "allowedOrigins",
  ],
  ["a funnel with a token", [["gateway.tailscale.mode", "funnel"]], "needs a password"],
  [
    "serve beside a port for the network",
    [
      ["gateway.bind", "lan"],
      ["gateway.tailscale.mode", "serve"],
    ],
    "by loopback",
  ],
] satisfies [string, [string, unknown?][], string][])(
  "%s is refused, for no gateway would start with it",
  async (_, changes, words) => {
    await using home = await temporaryHome()
    const settings = await openWith(home.path, { token: long })
    await expect(settings.change(editsOf(changes))).rejects.toMatchObject({
      code: "gateway.would-not-start",
      message: expect.stringContaining(words),
    })
  },
)

test("what belongs together may be changed together", async () => {
  await using home = await temporaryHome()
  const settings = await openWith(home.path, { token: long })
  const changes: [string, unknown][] = [
    ["gateway.bind", "lan"],
    ["gateway.controlUi.allowedOrigins", ["http://box:18789"]],
  ]
  await settings.change(editsOf(changes))
  expect((await settings.read()).issues).toEqual([])
})

const taken: [string, unknown, [string, unknown?][]][] = [
  ["a longer token", { token: long }, [["gateway.auth.token", `${long}x`]]],
  ["a reference", { token: long }, [["gateway.auth.token", { source: "env", id: "SOME" }]]],
  [
    "a mode that names one of two",
    { token: long, password: long },
    [["gateway.auth.mode", "token"]],
  ],
  ["a step towards the first secret", undefined, [["gateway.auth.mode", "password"]]],
  ["what has to do with something else", { token: "short" }, [["logging.level", "debug"]]],
  ["a step out of what is shut", { token: "short" }, [["gateway.auth.token"]]],
  [
    "a mode and its secret at once",
    { token: long },
    [
      ["gateway.auth.mode", "password"],
      ["gateway.auth.password", long],
    ],
  ],
  ["being a client of another gateway", { token: long }, [["gateway", { mode: "remote" }]]],
]
test.each(taken)("%s is written", async (_, auth, changes) => {
  await using home = await temporaryHome()
  const settings = await openWith(home.path, auth)
  const edits = editsOf(changes)
  expect((await settings.change(edits)).values).toBeDefined()
})

test("what the environment says counts as well", async () => {
  await using home = await temporaryHome()
  const settings = await openWith(home.path, { token: long }, { FASED_GATEWAY_TOKEN: long })
  expect((await settings.unset("gateway.auth.token")).values).toBeDefined()
})

test("a secret for the file of secrets is held to the same", () => {
  const token = parsePath("gateway.auth.token")
  expect(() => refuseUseless(token, "short")).toThrow("shorter than 16")
  refuseUseless(token, long)
  refuseUseless(parsePath("models.providers.openai.apiKey"), "short")
})

test("a running gateway refuses it in every shape, and goes on letting people in", async () => {
  await using gateway = await startGateway()
  const before = readFileSync(gateway.paths.config, "utf8")
  const { hash: baseHash } = await gateway.client.call(get, {})
  const calls: [string, string][] = [
    ["config.patch", "{ gateway: { auth: null } }"],
    ["config.patch", "{ gateway: null }"],
    ["config.set", '{ gateway: { mode: "local", auth: { token: "changeme" } } }'],
    ["config.set", "{}"],
    ["config.apply", '{ gateway: { mode: "local", auth: { mode: "password" } } }'],
  ]
  for (const [method, raw] of calls)
    await expect(
      gateway.client.request(method, { raw, baseHash }),
      `${method} ${raw}`,
    ).rejects.toThrow("nobody could sign in")
  expect(readFileSync(gateway.paths.config, "utf8")).toBe(before)
  expect((await gateway.connect()).hello).toBeDefined()
})
