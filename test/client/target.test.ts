import { expect, test } from "bun:test"
import { httpUrl, isNearHost, resolveTarget } from "../../src/client/target.ts"
import type { TargetSources } from "../../src/client/target.ts"

const everything: TargetSources = {
  flags: { port: 1111, token: "flag" },
  env: { FASED_GATEWAY_PORT: "2222", FASED_GATEWAY_TOKEN: "env", FASED_GATEWAY_PASSWORD: "env-pw" },
  gateway: {
    port: 3333,
    auth: { token: "config", password: "config-pw" },
    remote: { url: "wss://far.example.com/", token: "remote", password: "remote-pw" },
  },
  defaultPort: 18789,
}

test("the port comes from the flag, then the environment, the running gateway, the config, the default", () => {
  const ports = [
    everything,
    { ...everything, flags: {} },
    { ...everything, flags: {}, env: {}, announced: { port: 4444, url: "ws://x" } },
    { ...everything, flags: {}, env: {} },
    { flags: {}, env: { FASED_GATEWAY_PORT: "not a port" }, defaultPort: 18789 },
  ].map((sources) => resolveTarget(sources).url)
  expect(ports).toEqual([1111, 2222, 4444, 3333, 18789].map((port) => `ws://127.0.0.1:${port}`))
})

test("a local gateway's token comes from the flag, the environment, auth, then remote", () => {
  const { auth, ...withoutAuth } = everything.gateway!
  const tokens = [
    everything,
    { ...everything, flags: {} },
    { ...everything, flags: {}, env: {} },
    { ...everything, flags: {}, env: {}, gateway: withoutAuth },
    { env: {}, defaultPort: 1 },
  ].map((sources) => resolveTarget(sources))
  expect(tokens.map(({ token }) => token)).toEqual(["flag", "env", "config", "remote", undefined])
  expect(tokens.map(({ credential }) => credential)).toEqual([
    "--token",
    "FASED_GATEWAY_TOKEN",
    "gateway.auth.token",
    "gateway.remote.token",
    "none found",
  ])
  expect(auth).toBeDefined()
})

test("a remote gateway's token comes from remote first, its password from the environment first", () => {
  const gateway = { ...everything.gateway, mode: "remote" }
  expect(resolveTarget({ ...everything, flags: {}, gateway })).toEqual({
    url: "wss://far.example.com",
    token: "remote",
    password: "env-pw",
    kind: "remote",
    credential: "gateway.remote.token",
  })
})

const setAt = (places: readonly string[], value = "secret") => ({
  flags: {
    ...(places.includes("--token") && { token: value }),
    ...(places.includes("--password") && { password: value }),
  },
  env: Object.fromEntries(
    ["FASED_GATEWAY_TOKEN", "FASED_GATEWAY_PASSWORD"]
      .filter((name) => places.includes(name))
      .map((name) => [name, value]),
  ),
  gateway: {
    auth: {
      ...(places.includes("gateway.auth.token") && { token: value }),
      ...(places.includes("gateway.auth.password") && { password: value }),
    },
    remote: {
      url: "wss://far.example.com",
      ...(places.includes("gateway.remote.token") && { token: value }),
      ...(places.includes("gateway.remote.password") && { password: value }),
    },
  },
})
const inOrder = [
  [
    "local",
    "token",
    ["--token", "FASED_GATEWAY_TOKEN", "gateway.auth.token", "gateway.remote.token"],
  ],
  [
    "local",
    "password",
    ["--password", "FASED_GATEWAY_PASSWORD", "gateway.auth.password", "gateway.remote.password"],
  ],
  [
    "remote",
    "token",
    ["--token", "gateway.remote.token", "FASED_GATEWAY_TOKEN", "gateway.auth.token"],
  ],
  [
    "remote",
    "password",
    ["--password", "FASED_GATEWAY_PASSWORD", "gateway.remote.password", "gateway.auth.password"],
  ],
  ["remote, strictly,", "token", ["--token", "gateway.remote.token"]],
  ["remote, strictly,", "password", ["--password", "gateway.remote.password"]],
] as const

test.each(inOrder)("of a %s gateway's %s, the first that is set counts: %p", (mode, _, places) => {
  const resolved = (set: readonly string[]) => {
    const { gateway, ...sources } = setAt(set)
    return resolveTarget({
      ...sources,
      gateway: { ...gateway, mode: mode.replace(/,.*/, "") },
      defaultPort: 1,
      strict: mode.includes("strictly"),
    })
  }
  for (const [at, place] of places.entries()) {
    expect(resolved(places.slice(at)).credential).toBe(place)
    expect(resolved(["FASED_GATEWAY_PORT", place]).credential).toBe(place)
  }
})

test("a probe of a remote gateway is not tried with this machine's own secrets", () => {
  const own = [
    "FASED_GATEWAY_TOKEN",
    "gateway.auth.token",
    "FASED_GATEWAY_PASSWORD",
    "gateway.auth.password",
  ]
  const { gateway, ...sources } = setAt(own)
  const target = resolveTarget({
    ...sources,
    gateway: { ...gateway, mode: "remote" },
    defaultPort: 1,
    strict: true,
  })
  expect(target).toMatchObject({ kind: "remote", credential: "none found" })
  expect([target.token, target.password]).toEqual([undefined, undefined])
})

test.each([
  ["nothing", {}],
  ["an empty token", { token: "" }],
  ["a port", { port: 1 }],
  ["a pin", { tlsFingerprint: "ab" }],
])("--url with %s and no credential is refused, whatever is configured", (_, flags) => {
  const url = "wss://far.example.com"
  for (const mode of ["local", "remote"])
    expect(() =>
      resolveTarget({
        ...everything,
        flags: { url, ...flags },
        gateway: { ...everything.gateway, mode },
      }),
    ).toThrow("credential of its own")
})

test("--url never gets this machine's secrets, and without a credential of its own is refused", () => {
  const flags = { url: "wss://far.example.com" }
  expect(() => resolveTarget({ ...everything, flags })).toThrow("credential of its own")
  const target = resolveTarget({ ...everything, flags: { ...flags, password: "mine" } })
  expect(target).toMatchObject({ kind: "explicit", password: "mine" })
  expect(target.token).toBeUndefined()
})

test("an address pasted from the browser works", () => {
  const target = resolveTarget({
    ...everything,
    flags: { url: "https://far.example.com/", token: "t" },
  })
  expect(target.url).toBe("wss://far.example.com")
})

test("values of the wrong type in a broken config are ignored", () => {
  const gateway = {
    port: "x",
    auth: { token: 7 },
    remote: { url: 5 },
    mode: "remote",
  }
  expect(resolveTarget({ env: {}, gateway, defaultPort: 18789 })).toMatchObject({
    url: "ws://127.0.0.1:18789",
    credential: "none found",
  })
})

const ref = { source: "env", id: "MY_TOKEN" }

test("a reference counts as a credential, and no other takes its place", () => {
  const gateway = { ...everything.gateway, auth: { token: ref } }
  const target = resolveTarget({ ...everything, env: {}, flags: {}, gateway })
  expect(target).toMatchObject({
    credential: "gateway.auth.token",
    references: { token: { path: "gateway.auth.token", ref } },
  })
  expect(target.token).toBeUndefined()
})

test("a reference goes before the variable an old shell may export, and a flag before both", () => {
  const local = { ...everything.gateway, auth: { token: ref, password: ref } }
  const remote = { ...everything.gateway, mode: "remote" }
  const { url } = remote.remote!
  const elsewhere = { ...remote, auth: { token: ref }, remote: { url } }
  const credentials = [
    { ...everything, flags: {}, gateway: local },
    { ...everything, gateway: local },
    { ...everything, flags: {}, gateway: { ...remote, remote: { ...remote.remote, token: ref } } },
    { ...everything, flags: {}, gateway: elsewhere },
  ].map((sources) => resolveTarget(sources).credential)
  expect(credentials).toEqual([
    "gateway.auth.token",
    "--token",
    "gateway.remote.token",
    "FASED_GATEWAY_TOKEN",
  ])
})

test("something that is no reference, where one stands, is kept to be told of", () => {
  const gateway = { auth: { token: { source: "nowhere" } }, remote: { token: "other" } }
  expect(resolveTarget({ env: {}, gateway, defaultPort: 1 }).token).toBeUndefined()
})

const pin = "AB:".repeat(31) + "AB"

test("this machine's gateway is asked over TLS, and pinned, where it says so itself", () => {
  const announced = { port: 4444, url: "wss://127.0.0.1:4444/", tlsFingerprint: pin }
  const own = { env: {}, announced, defaultPort: 18789, ownFingerprint: () => "from the file" }
  expect(resolveTarget(own)).toMatchObject({ url: "wss://127.0.0.1:4444", tlsFingerprint: pin })
  // Another port is another gateway: what the config says of it counts.
  const elsewhere = { ...own, flags: { port: 5555 } }
  expect(resolveTarget(elsewhere).url).toBe("ws://127.0.0.1:5555")
  const secure = { ...elsewhere, gateway: { tls: { enabled: true } } }
  expect(resolveTarget(secure)).toMatchObject({
    url: "wss://127.0.0.1:5555",
    tlsFingerprint: "from the file",
  })
  // A gateway that runs without TLS is asked without, whatever its config says by now.
  const plain = { port: 4444, url: "ws://127.0.0.1:4444/" }
  const changed = { ...own, announced: plain, gateway: { tls: { enabled: true } } }
  expect(resolveTarget(changed)).toMatchObject({ url: "ws://127.0.0.1:4444" })
  expect(resolveTarget(changed).tlsFingerprint).toBeUndefined()
})

test("a remote gateway's pin comes from the flag, then the config, and holds for its address alone", () => {
  const url = "wss://far.example.com"
  const gateway = { mode: "remote", remote: { url: `${url}/`, token: "t", tlsFingerprint: pin } }
  const at = (flags: TargetSources["flags"], more = gateway) =>
    resolveTarget({ flags, env: {}, gateway: more, defaultPort: 1 }).tlsFingerprint
  expect(at({})).toBe(pin)
  expect(at({ tlsFingerprint: "flag" })).toBe("flag")
  expect(at({ url: "https://far.example.com", token: "t" })).toBe(pin)
  expect(at({ url: "wss://other.example.com", token: "t" })).toBeUndefined()
  expect(at({ port: 1 })).toBeUndefined()
  // A blank pin is a mistake to be told, not no pin.
  expect(at({ tlsFingerprint: "" })).toBe("")
  expect(at({}, { ...gateway, remote: { ...gateway.remote, tlsFingerprint: "" } })).toBe("")
})

test("only a flag or FASED_ALLOW_PLAINTEXT_WS=1 allows an unencrypted way to another machine", () => {
  const flags = { url: "ws://far.example.com", token: "t" }
  const allowed = (more: TargetSources["flags"], env: Record<string, string> = {}) =>
    resolveTarget({ flags: { ...flags, ...more }, env, defaultPort: 1 }).allowPlaintext
  expect(allowed({})).toBeUndefined()
  expect(allowed({}, { FASED_ALLOW_PLAINTEXT_WS: "0" })).toBeUndefined()
  expect(allowed({}, { FASED_ALLOW_PLAINTEXT_WS: "" })).toBeUndefined()
  expect(allowed({ allowPlaintext: true })).toBe(true)
  expect(allowed({}, { FASED_ALLOW_PLAINTEXT_WS: "1" })).toBe(true)
})

test("plain ws:// is a matter of private networks, whatever is allowed", () => {
  const near = ["10.0.0.7", "192.168.1.5", "172.16.0.1", "100.101.102.103", "[fd00::5]", "desk"]
  const named = ["desk.local", "desk.example.ts.net", "desk.lan", "desk.home.arpa"]
  const far = ["example.com", "203.0.113.7", "[2001:db8::1]", "100.128.0.1", "ts.net.example.com"]
  expect([...near, ...named].filter((host) => !isNearHost(host))).toEqual([])
  expect(far.filter(isNearHost)).toEqual([])
})

test("the page's address has the path it lives under on this machine, and only here", () => {
  const gateway = { ...everything.gateway, controlUi: { basePath: "/fased/" } }
  const here = resolveTarget({ ...everything, gateway })
  expect([here.url, httpUrl(here)]).toEqual(["ws://127.0.0.1:1111", "http://127.0.0.1:1111/fased/"])
  const far = resolveTarget({ ...everything, flags: {}, gateway: { ...gateway, mode: "remote" } })
  expect(httpUrl(far)).toBe("https://far.example.com/")
})

test("a remote gateway behind SSH is asked on its own loopback, whatever its address says", () => {
  const remote = { token: "t", sshTarget: "ada@vps", sshIdentity: "/keys/vps" }
  const at = (more: object, mode = "remote") => {
    const { url, ssh, kind } = resolveTarget({
      env: {},
      gateway: { mode, remote: { ...remote, ...more } },
      defaultPort: 18_789,
    })
    return { url, ssh, kind }
  }
  const ssh = { target: "ada@vps", identity: "/keys/vps", port: 18_789 }
  expect(at({})).toEqual({ url: "ws://127.0.0.1:18789", ssh, kind: "remote" })
  expect(at({ url: "wss://vps.example:19001/" })).toEqual({
    url: "wss://127.0.0.1:19001",
    ssh: { ...ssh, port: 19_001 },
    kind: "remote",
  })
  expect(at({ url: "wss://vps.example", transport: "direct" })).toEqual({
    url: "wss://vps.example",
    ssh: undefined,
    kind: "remote",
  })
  expect(at({}, "local")).toMatchObject({ kind: "local" })
})
