import { expect, test } from "bun:test"
import type { NetworkInterfaceInfo } from "node:os"
import { createSettings } from "../../src/config/create.ts"
import { type Env, resolvePaths } from "../../src/config/paths.ts"
import {
  beyondLoopback,
  listenHosts,
  localHost,
  ownNames,
  tailnetAddress,
} from "../../src/gateway/address.ts"
import { resolveAuth } from "../../src/gateway/auth.ts"
import { gateway, type GatewayConfig } from "../../src/gateway/config.ts"
import { decideEntry, type EntryFlags } from "../../src/gateway/entry.ts"
import { sections } from "../../src/registry.ts"
import { writeFileAtomic } from "../../src/store/files.ts"
import { fetchSecrets } from "../support/no-secrets.ts"
import { temporaryHome, testToken } from "../support/gateway.ts"

const decide = async (
  flags: EntryFlags,
  env: Env,
  port: number | undefined,
  instance: { dev?: boolean } = {},
) => {
  await using home = await temporaryHome()
  const paths = resolvePaths({ HOME: home.path }, instance)
  writeFileAtomic(
    paths.config,
    JSON.stringify({ gateway: { mode: "local", port, auth: { token: testToken } } }),
  )
  const settings = await createSettings({ paths, env, sections, fetchSecrets })
  return (await decideEntry(flags, { settings, env, paths })).port
}

test("the port is the flag's, else the environment's, else the config's, else the instance's own", async () => {
  const env = { FASED_GATEWAY_PORT: "4002" }
  expect(await decide({ port: 4001 }, env, 4003)).toBe(4001)
  expect(await decide({}, env, 4003)).toBe(4002)
  expect(await decide({}, { FASED_GATEWAY_PORT: " " }, 4003)).toBe(4003)
  expect(await decide({}, {}, 4003)).toBe(4003)
  expect(await decide({}, {}, undefined)).toBe(18789)
  expect(await decide({}, {}, undefined, { dev: true })).toBe(19001)
})

type Bind = GatewayConfig["bind"]
const binds: [
  bind: Bind,
  custom: string | undefined,
  tailnet: string | undefined,
  hosts: string[],
][] = [
  ["loopback", undefined, undefined, ["127.0.0.1"]],
  ["auto", undefined, undefined, ["127.0.0.1"]],
  ["lan", undefined, undefined, ["0.0.0.0"]],
  ["custom", "10.1.2.3", undefined, ["10.1.2.3"]],
  ["tailnet", undefined, "100.64.0.9", ["100.64.0.9", "127.0.0.1"]],
]
test.each(binds)("bind %s listens where it says", (bind, custom, tailnet, hosts) => {
  expect(listenHosts(bind, custom, () => tailnet)).toEqual(hosts)
})

test("bind tailnet without a tailnet says so", () => {
  expect(() => listenHosts("tailnet", undefined, () => undefined)).toThrow(
    "this machine has no Tailscale address",
  )
})

const loopback: NetworkInterfaceInfo = {
  address: "127.0.0.1",
  netmask: "255.0.0.0",
  family: "IPv4",
  mac: "00:00:00:00:00:00",
  internal: true,
  cidr: null,
}

test("the tailnet's address is the one in 100.64.0.0/10", () => {
  const at = (...addresses: string[]) =>
    tailnetAddress({ if0: addresses.map((address) => ({ ...loopback, address })) })
  expect(at("192.168.1.2", "100.63.255.255", "100.128.0.1", "fd7a::1")).toBeUndefined()
  expect(at("127.0.0.1", "100.64.0.1")).toBe("100.64.0.1")
  expect(at("100.127.255.254")).toBe("100.127.255.254")
})

test("programs on this machine use loopback where it is served", () => {
  expect(localHost(["0.0.0.0"])).toBe("127.0.0.1")
  expect(localHost(["100.64.0.1", "127.0.0.1"])).toBe("127.0.0.1")
  expect(localHost(["10.1.2.3"])).toBe("10.1.2.3")
  expect(beyondLoopback(["127.0.0.1"])).toBeUndefined()
  expect(beyondLoopback(["100.64.0.1", "127.0.0.1"])).toBe("100.64.0.1")
  expect(ownNames("Box.lan".toLowerCase())).toEqual(["box.lan", "box", "box.local"])
})

const flagToken = "flag-token-0123456789"
const envToken = "env-token-0123456789"
const fileToken = "file-token-0123456789"
const password = "correct horse battery staple"
test.each([
  [
    "the flag's token wins",
    { token: fileToken },
    { FASED_GATEWAY_TOKEN: envToken },
    { token: flagToken },
    { mode: "token", secret: flagToken },
  ],
  [
    "then the environment's",
    { token: fileToken },
    { FASED_GATEWAY_TOKEN: envToken },
    {},
    { mode: "token", secret: envToken },
  ],
  [
    "then the file's",
    { token: fileToken },
    { FASED_GATEWAY_TOKEN: " " },
    {},
    { mode: "token", secret: fileToken },
  ],
  ["a password alone is the mode", { password }, {}, {}, { mode: "password", secret: password }],
  [
    "a password from the environment",
    {},
    { FASED_GATEWAY_PASSWORD: password },
    {},
    { mode: "password", secret: password },
  ],
  [
    "--token beside a password in the file",
    { password },
    {},
    { token: flagToken },
    { mode: "token", secret: flagToken },
  ],
  [
    "--password beside a token in the file",
    { token: fileToken },
    {},
    { password },
    { mode: "password", secret: password },
  ],
  [
    "--auth decides",
    { token: fileToken, password, mode: "token" },
    {},
    { auth: "password" },
    { mode: "password", secret: password },
  ],
  ["--auth none", { token: fileToken }, {}, { auth: "none" }, { mode: "none" }],
] as const)("auth: %s", (_, config, env, flags, expected) => {
  const { auth } = gateway.schema.parse({ auth: config })
  expect(resolveAuth(auth, env, flags)).toEqual(expected)
})
