/**
 * For every setting: a change of it in the file of a running gateway, and how to see that it counts.
 * A setting without a line here fails test/gateway/reload-classes.test.ts.
 */
import { createHmac } from "node:crypto"
import { expect } from "bun:test"
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parsePath, valueAt } from "../../src/config/path.ts"
import { freshCertificate, readFingerprint, writePair } from "./certificates.ts"
import { testToken, type TestGateway } from "./gateway.ts"
import { attempt, connectWith } from "./raw-socket.ts"

type Tree = Record<string, unknown>
type Seen = (gateway: TestGateway) => Promise<void> | void

export interface Proof {
  /** The config before and after, over one that only sets mode and token. */
  from: Tree
  to: Tree
  /** Prepares files in the gateway's home; what it gives is merged over `from` and `to`. */
  prepare?: (home: string) => Promise<{ from?: Tree; to?: Tree }>
  /** Sees a live change at work. A change that waits for a restart is seen by the restart. */
  seen?: Seen
  /** Nothing is to come of a restart with it: the gateway says why, and runs on. */
  refused?: true
}

/** `gateway.port` and a value as the tree that holds it there. */
const at = (path: string, value: unknown): Tree =>
  parsePath(path).reduceRight<unknown>(
    (inner, step) => (typeof step === "number" ? [inner] : { [step]: inner }),
    value,
  ) as Tree

export const merged = (base: Tree, over: Tree): Tree => {
  const result: Tree = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const known = result[key]
    const both = isTree(known) && isTree(value)
    result[key] = both ? merged(known, value) : value
  }
  return result
}
const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const rpc = async ({ client }: TestGateway, method: string, params: object = {}) =>
  // oxlint-disable-next-line typescript/no-explicit-any -- a proof looks at whichever field it is about
  (await client.request(method, params)) as any

const http = ({ running }: TestGateway, path: string, headers: Record<string, string> = {}) =>
  fetch(`${running.url}${path}`, { headers, redirect: "manual" })

const letsIn =
  (auth: Tree): Seen =>
  async ({ wsUrl }) => {
    await using socket = await attempt(wsUrl, connectWith({ auth }))
    expect(socket.answer?.ok).toBe(true)
  }

/**
 * The parts get their section anew at each use, so what is in force is what they go by: this sees
 * that the value is.
 */
const reads = (path: string, to: unknown, around: Tree = {}, from?: unknown): Proof => ({
  from: from === undefined ? around : merged(around, at(path, from)),
  to: merged(around, at(path, to)),
  seen: async (gateway) => {
    const { config } = await rpc(gateway, "config.get")
    expect(valueAt(config, parsePath(path))).toEqual(to)
  },
})

const day = { start: "09:00", end: "17:00", timezone: "UTC" }
/** An agent's own block is as it is written: nothing else is filled in. */
const ownHeartbeat = (heartbeat: Tree): Proof => reads("agents.list", [{ id: "main", heartbeat }])

const bound = (match: Tree): Proof =>
  reads("bindings", [{ agentId: "a", match: { channel: "x", ...match } }])

/** A secret is there, and never shown. */
const masked = (path: string, secret: string, around: Tree = {}): Proof => ({
  from: around,
  to: merged(around, at(path, secret)),
  seen: async (gateway) => {
    const { config } = await rpc(gateway, "config.get")
    expect(valueAt(config, parsePath(path))).toBeString()
    expect(valueAt(config, parsePath(path))).not.toContain(secret)
  },
})

const change = (from: Tree, to: Tree, seen: Seen): Proof => ({ from, to, seen })

/** A mapping as it is written, with what it leaves out. */
const mapping = (written: Tree): Proof =>
  change({}, at("hooks.mappings", [written]), async (gateway) => {
    const { config } = await rpc(gateway, "config.get")
    expect(config.hooks.mappings).toEqual([expect.objectContaining(written)])
  })
const hookSecret = "secret-of-a-hook-0123456789"
/** A call that is signed is taken as soon as its mapping says how. */
const signedHook = change(
  at("hooks", { enabled: true, token: "hook-token-0123456789ab" }),
  at("hooks", {
    enabled: true,
    token: "hook-token-0123456789ab",
    mappings: [
      {
        match: { path: "a" },
        action: "wake",
        wakeMode: "next-heartbeat",
        textTemplate: "x",
        auth: {
          scheme: "hmac",
          secret: hookSecret,
          header: "X-A",
          encoding: "base64",
          prefix: "p=",
        },
      },
    ],
  }),
  async ({ running }) => {
    const signature = `p=${createHmac("sha256", hookSecret).update("{}").digest("base64")}`
    const { status } = await fetch(`${running.url}hooks/a`, {
      method: "POST",
      headers: { "x-a": signature },
      body: "{}",
    })
    expect(status).toBe(200)
  },
)

const restarts = (from: Tree, to: Tree): Proof => ({ from, to })

const newToken = "another-token-0123456789abcdef0123456789"
const password = "correct horse battery staple"
const wrong = (gateway: TestGateway) =>
  http(gateway, "readyz", {
    authorization: "Bearer wrong",
    origin: gateway.running.url.slice(0, -1),
  })
const rateLimit = (limit: Tree) => at("gateway.auth.rateLimit", limit)
const lax = { maxAttempts: 3, exemptLoopback: false }

/** The token is whatever the environment says. */
const tokenIsKept = at("gateway.auth.token", { source: "env", id: "KEPT" })

const acme = (provider: Tree = {}, more: Tree = {}): Tree => ({
  models: {
    providers: { acme: { baseUrl: "http://127.0.0.1:9/v1", models: [{ id: "one" }], ...provider } },
    ...more,
  },
})
const model = (path: string, to: unknown, seen: (entry: Tree) => unknown = (one) => one[path]) =>
  change(acme(), acme({ models: [{ id: "one", [path]: to }] }), async (gateway) => {
    const { models } = await rpc(gateway, "models.list", { all: true, includeMetadata: true })
    expect(seen(models.find(({ provider }: Tree) => provider === "acme"))).toEqual(to)
  })
const compat = (path: string, to: unknown) =>
  change(acme(), acme({ models: [{ id: "one", compat: { [path]: to } }] }), async (gateway) => {
    const { config } = await rpc(gateway, "config.get")
    expect(config.models.providers.acme.models[0].compat).toEqual({ [path]: to })
  })
const cost = (path: string) => {
  const cost = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, [path]: 7 }
  return model("cost", cost, ({ metadata }) => (metadata as Tree).cost)
}

/** A server whose program is not there, so that none is started. */
const idleMcp = (more: Tree = {}): Tree => ({
  mcp: { servers: { notes: { command: "/nowhere/notes", ...more } } },
})
const seesMcp =
  (server: Tree): Seen =>
  async (gateway) => {
    const { servers } = await rpc(gateway, "mcp.list")
    expect(servers).toMatchObject([server])
  }
const mcpServer = (more: Tree) =>
  change(idleMcp(), idleMcp(more), async (gateway) => {
    const { config } = await rpc(gateway, "config.get")
    expect(config.mcp.servers.notes).toMatchObject(more)
  })

/** A service that no agent was given, so that nothing is asked. */
const githubService = (more: Tree) =>
  change({}, at("services.github", more), async (gateway) => {
    const { config } = await rpc(gateway, "config.get")
    expect(config.services.github).toMatchObject(more)
  })
/** Hooks are off, so that nobody reads it. */
const aMailbox = at("hooks.gmail", { account: "me@example.test" })
const gmailWatch = (more: Tree) =>
  change(aMailbox, merged(aMailbox, at("hooks.gmail", more)), async (gateway) => {
    const { config } = await rpc(gateway, "config.get")
    expect(config.hooks.gmail).toMatchObject(more)
  })
const gmailService = (more: Tree) =>
  change({}, at("services.gmail", more), async (gateway) => {
    const { config } = await rpc(gateway, "config.get")
    expect(config.services.gmail).toMatchObject(more)
  })
const restService = (more: Tree) =>
  change(at("services.rest.weather", {}), at("services.rest.weather", more), async (gateway) => {
    const { config } = await rpc(gateway, "config.get")
    expect(config.services.rest.weather).toMatchObject(more)
  })
const seesService =
  (service: Tree): Seen =>
  async (gateway) => {
    const { services } = await rpc(gateway, "services.list")
    expect(services).toContainEqual(expect.objectContaining(service))
  }

const usageBudget = (more: Tree) =>
  change({}, at("usage.budgets", [{ usd: 1, ...more }]), async (gateway) => {
    const { config } = await rpc(gateway, "config.get")
    expect(config.usage.budgets).toMatchObject([more])
  })

const agent = (more: Tree = {}): Tree => ({ agents: { list: [{ id: "ada", ...more }] } })
const identity = (path: string, to: string) =>
  change(agent(), agent({ identity: { [path]: to } }), async (gateway) => {
    const { agents } = await rpc(gateway, "agents.list")
    expect(agents[0].identity).toEqual({ [path]: to })
  })
const ownElevated = (elevated: Tree) =>
  change(agent(), agent({ tools: { elevated } }), async (gateway) => {
    const { config } = await rpc(gateway, "config.get")
    expect(config.agents.list[0].tools.elevated).toMatchObject(elevated)
  })
const ownSubagents = (setting: string, to: unknown) =>
  change(agent(), agent({ subagents: { [setting]: to } }), async (gateway) => {
    const { config } = await rpc(gateway, "config.get")
    expect(config.agents.list[0].subagents).toEqual({ [setting]: to })
  })
/** The model of a kind of work is listed as its model. */
const doesTask = (role: string) => async (gateway: TestGateway) => {
  const { assignments } = await rpc(gateway, "models.list")
  expect(assignments).toContainEqual({ role, model: "acme/one" })
}
const assigns = (role: string) =>
  change({}, at(`agents.defaults.taskModels.${role}`, "acme/one"), doesTask(role))
const assignsOwn = (role: string) =>
  change(agent(), agent({ taskModels: { [role]: "acme/one" } }), doesTask(role))
const provider = (path: string, to: unknown) =>
  change(acme(), acme({ [path]: to }), async (gateway) => {
    const { config } = await rpc(gateway, "config.get")
    expect(config.models.providers.acme[path]).toEqual(to)
  })
/** A value for every setting of a sandbox. */
const sandboxValues: Tree = {
  mode: "all",
  scope: "session",
  workspaceAccess: "ro",
  workspaceRoot: "/boxes",
  "docker.image": "mine:1",
  "docker.containerPrefix": "box-",
  "docker.workdir": "/work",
  "docker.readOnlyRoot": false,
  "docker.tmpfs": ["/tmp"],
  "docker.network": "bridge",
  "docker.user": "7:7",
  "docker.capDrop": ["NET_RAW"],
  "docker.env.*": "UTC",
  "docker.setupCommand": "true",
  "docker.pidsLimit": 9,
  "docker.memory": "2g",
  "docker.memorySwap": "3g",
  "docker.cpus": 2,
  "docker.ulimits.*": 64,
  "docker.seccompProfile": "/seccomp.json",
  "docker.apparmorProfile": "fased",
  "docker.dns": ["1.1.1.1"],
  "docker.extraHosts": ["db:10.0.0.1"],
  "docker.binds": ["/srv/data:/data"],
  "docker.dangerouslyAllowContainerNamespaceJoin": true,
  "prune.idleHours": 1,
  "prune.maxAgeDays": 2,
  sessionToolsVisibility: "all",
}
const sandboxProofs = () =>
  Object.fromEntries(
    Object.entries(sandboxValues).flatMap(([setting, value]): [string, Proof][] => {
      const path = setting.replace("*", "nofile")
      return [
        [`agents.defaults.sandbox.${setting}`, reads(`agents.defaults.sandbox.${path}`, value)],
        [
          `agents.list.*.sandbox.${setting}`,
          change(agent(), agent(at(`sandbox.${path}`, value)), async (gateway) => {
            const { config } = await rpc(gateway, "config.get")
            expect(valueAt(config.agents.list[0].sandbox, parsePath(path))).toEqual(value)
          }),
        ],
      ]
    }),
  )

/** A value for every setting of the search in memory. */
const memorySearchValues: Tree = {
  enabled: false,
  extraPaths: ["/srv/notes"],
  provider: "ollama",
  model: "bge-m3",
  fallback: "openai",
  "remote.baseUrl": "http://127.0.0.1:1/v1",
  "local.modelPath": "http://127.0.0.1:1/v1",
  "store.path": "index/{agentId}.sqlite",
  "query.maxResults": 3,
  "query.minScore": 0.2,
  "query.hybrid.enabled": false,
  "query.hybrid.vectorWeight": 0.6,
  "query.hybrid.textWeight": 0.4,
  "query.hybrid.candidateMultiplier": 2,
  "query.hybrid.mmr.enabled": true,
  "query.hybrid.mmr.lambda": 0.5,
  "query.hybrid.temporalDecay.enabled": true,
  "query.hybrid.temporalDecay.halfLifeDays": 7,
  "cache.enabled": false,
  "cache.maxEntries": 10,
  "sync.watch": false,
  "sync.watchDebounceMs": 500,
  "sync.onSearch": false,
  "sync.onSessionStart": false,
}
const memorySearchSecrets = {
  "remote.apiKey": ["remote.apiKey", "a-memory-key-0123456789"],
  "remote.headers.*": ["remote.headers.x-account", "a-memory-header-0123456789"],
} as const
const memorySearchProofs = () => {
  const places = [
    ["agents.defaults", (tree: Tree) => at("agents.defaults", tree), "agents.defaults"],
    ["agents.list.*", (tree: Tree) => agent(tree), "agents.list[0]"],
  ] as const
  return Object.fromEntries(
    places.flatMap(([place, within, shown]) => [
      ...Object.entries(memorySearchValues).map(([path, value]): [string, Proof] => [
        `${place}.memorySearch.${path}`,
        change(within({}), within(at(`memorySearch.${path}`, value)), async (gateway) => {
          const { config } = await rpc(gateway, "config.get")
          expect(valueAt(config, parsePath(`${shown}.memorySearch.${path}`))).toEqual(value)
        }),
      ]),
      ...Object.entries(memorySearchSecrets).map(([path, [one, secret]]): [string, Proof] => [
        `${place}.memorySearch.${path}`,
        change(within({}), within(at(`memorySearch.${one}`, secret)), async (gateway) => {
          const { config } = await rpc(gateway, "config.get")
          const seen = valueAt(config, parsePath(`${shown}.memorySearch.${one}`))
          expect(seen).toBeString()
          expect(seen).not.toContain(secret)
        }),
      ]),
    ]),
  )
}

/**
 * The token stands in the config at first, and is then fetched from where only the setting lets it
 * be fetched from.
 */
const fetches = (
  ref: { source: "env" | "file" | "exec"; id: string; provider?: string },
  secrets: (home: string) => { from: Tree; to: Tree },
): Proof => ({
  from: {},
  to: {},
  async prepare(home) {
    const { from, to } = secrets(home)
    return {
      from: { secrets: from },
      to: { secrets: to, env: { KEPT: newToken }, gateway: { auth: { token: ref } } },
    }
  },
  seen: letsIn({ token: newToken }),
})

/** The same where the setting is one of a provider. */
const place = (
  setting: string,
  { id, ...provider }: { source: "env" | "file" | "exec"; id: string } & Tree,
  value: unknown | ((home: string) => unknown),
  prepared: (home: string) => Tree = () => ({}),
) =>
  fetches({ source: provider.source, provider: "kept", id }, (home) => {
    const around = { ...provider, ...prepared(home) }
    const after = { ...around, [setting]: typeof value === "function" ? value(home) : value }
    return { from: { providers: { kept: around } }, to: { providers: { kept: after } } }
  })

const inFile = (home: string, name: string, text: string) => {
  const path = join(home, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}
const program = (home: string, name: string, script: string) => {
  const path = join(home, name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o700 })
  return path
}
const says = (token: string) => `printf %s '${token}'`
const raw = { source: "exec", id: "token", jsonOnly: false } as const
const linked = (home: string) => {
  const command = join(home, "linked")
  symlinkSync(program(home, "program", says(newToken)), command)
  return { command }
}

/** What a proxy in front says of who comes, and whether they are let in. */
const behindProxy = (to: Tree, ...come: [headers: Record<string, string>, isLetIn: boolean][]) => {
  const proxied = (trustedProxy: Tree): Tree => ({
    gateway: {
      bind: "lan",
      trustedProxies: ["127.0.0.1"],
      controlUi: { allowedOrigins: ["https://box.example"] },
      auth: { mode: "trusted-proxy", trustedProxy },
    },
  })
  const before = { userHeader: "x-who" }
  return change(proxied(before), proxied({ ...before, ...to }), async ({ wsUrl }) => {
    for (const [headers, isLetIn] of come) {
      const forwarded = { ...headers, "x-forwarded-for": "192.0.2.7" }
      await using socket = await attempt(wsUrl, connectWith({ auth: {} }), forwarded)
      expect([headers, socket.answer?.ok]).toEqual([headers, isLetIn])
    }
  })
}

const pages = (origins: string[]) => at("gateway.controlUi.allowedOrigins", origins)
const named =
  (host: string, status: number): Seen =>
  async (gateway) => {
    expect((await http(gateway, "healthz", { host })).status).toBe(status)
  }

const servesNewCertificate: Proof = {
  from: {},
  to: {},
  async prepare(home) {
    const pair = async (folder: string) => {
      const { pem } = await freshCertificate()
      mkdirSync(join(home, folder))
      return at("gateway.tls", { enabled: true, ...writePair(join(home, folder), pem) })
    }
    return { from: await pair("first"), to: await pair("second") }
  },
  async seen(gateway) {
    const wanted = readFingerprint(join(gateway.home, "second", "cert.pem"))
    for (let turns = 0; gateway.running.tlsFingerprint !== wanted && turns < 1_000; turns++)
      await new Promise(setImmediate)
    expect(gateway.running.tlsFingerprint).toBe(wanted)
  },
}

export const proofs: Record<string, Proof> = {
  "gateway.mode": { ...restarts({}, at("gateway.mode", "remote")), refused: true },
  "gateway.port": restarts({}, at("gateway.port", 1)),
  "gateway.bind": restarts({}, at("gateway.bind", "auto")),
  "gateway.customBindHost": restarts(
    { gateway: { bind: "custom", customBindHost: "127.0.0.1" } },
    { gateway: { bind: "custom", customBindHost: "127.0.0.2" } },
  ),
  "gateway.auth.mode": change(
    {},
    { gateway: { auth: { mode: "password", password } } },
    letsIn({ password }),
  ),
  "gateway.auth.token": change({}, at("gateway.auth.token", newToken), letsIn({ token: newToken })),
  "gateway.auth.password": change(
    {},
    { gateway: { auth: { mode: "password", password } } },
    letsIn({ password }),
  ),
  "gateway.auth.trustedProxy.userHeader": behindProxy(
    { userHeader: "x-user" },
    [{ "x-user": "ada" }, true],
    [{ "x-who": "ada" }, false],
  ),
  "gateway.auth.trustedProxy.requiredHeaders": behindProxy(
    { requiredHeaders: ["x-proxy"] },
    [{ "x-who": "ada", "x-proxy": "1" }, true],
    [{ "x-who": "ada" }, false],
  ),
  "gateway.auth.trustedProxy.allowUsers": behindProxy(
    { allowUsers: ["ada"] },
    [{ "x-who": "ada" }, true],
    [{ "x-who": "bob" }, false],
  ),
  "gateway.auth.allowTailscale": reads("gateway.auth.allowTailscale", true),
  "gateway.auth.rateLimit.maxAttempts": change(
    rateLimit({ ...lax, maxAttempts: 100 }),
    rateLimit({ ...lax, maxAttempts: 1 }),
    async (gateway) => {
      expect([(await wrong(gateway)).status, (await wrong(gateway)).status]).toEqual([401, 429])
    },
  ),
  "gateway.auth.rateLimit.windowMs": reads("gateway.auth.rateLimit.windowMs", 5_000),
  "gateway.auth.rateLimit.lockoutMs": change(
    rateLimit({ maxAttempts: 1 }),
    rateLimit({ maxAttempts: 1, lockoutMs: 7_000 }),
    async (gateway) => {
      await wrong(gateway)
      expect((await wrong(gateway)).headers.get("retry-after")).toBe("7")
    },
  ),
  "gateway.auth.rateLimit.exemptLoopback": change(
    rateLimit({ maxAttempts: 1 }),
    rateLimit({ maxAttempts: 1, exemptLoopback: false }),
    async (gateway) => {
      const ask = () => http(gateway, "readyz", { authorization: "Bearer wrong" })
      expect([(await ask()).status, (await ask()).status]).toEqual([401, 429])
    },
  ),
  "gateway.trustedProxies": change(
    {},
    at("gateway.trustedProxies", ["127.0.0.1"]),
    async (gateway) => {
      const headers = { authorization: `Bearer ${testToken}`, "x-forwarded-for": "10.1.2.3" }
      expect((await http(gateway, "readyz", headers)).status).toBe(200)
    },
  ),
  "gateway.allowRealIpFallback": change(
    at("gateway.trustedProxies", ["127.0.0.1"]),
    { gateway: { trustedProxies: ["127.0.0.1"], allowRealIpFallback: true } },
    async (gateway) => {
      const headers = { authorization: `Bearer ${testToken}`, "x-real-ip": "10.1.2.3" }
      expect((await http(gateway, "readyz", headers)).status).toBe(200)
    },
  ),
  "gateway.controlUi.enabled": change(
    {},
    at("gateway.controlUi.enabled", false),
    async (gateway) => void expect((await http(gateway, "")).status).toBe(404),
  ),
  "gateway.controlUi.basePath": change(
    {},
    at("gateway.controlUi.basePath", "/deep"),
    async (gateway) => {
      expect([(await http(gateway, "")).status, (await http(gateway, "deep/")).status]).toEqual([
        404, 200,
      ])
      expect(gateway.running.dashboardUrl).toContain("/deep/")
    },
  ),
  "gateway.controlUi.allowedOrigins": change(
    {},
    pages(["https://box.example"]),
    named("box.example", 200),
  ),
  "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback": change(
    {},
    at("gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback", true),
    named("anything.example", 200),
  ),
  "gateway.remote.url": reads("gateway.remote.url", "ws://127.0.0.1:9"),
  "gateway.remote.transport": reads("gateway.remote.transport", "direct"),
  "gateway.remote.sshTarget": reads("gateway.remote.sshTarget", "ada@box"),
  "gateway.remote.sshIdentity": reads("gateway.remote.sshIdentity", "~/.ssh/box"),
  "gateway.remote.token": masked("gateway.remote.token", newToken),
  "gateway.remote.password": masked("gateway.remote.password", password),
  "gateway.remote.tlsFingerprint": reads("gateway.remote.tlsFingerprint", "ab".repeat(32)),
  "gateway.tls.enabled": restarts({}, at("gateway.tls.enabled", true)),
  "gateway.tls.certPath": servesNewCertificate,
  "gateway.tls.keyPath": servesNewCertificate,
  "gateway.tls.autoGenerate": reads("gateway.tls.autoGenerate", true),
  "gateway.tailscale.mode": reads("gateway.tailscale.mode", "serve"),
  "gateway.tailscale.resetOnExit": reads("gateway.tailscale.resetOnExit", true),
  "gateway.reload.mode": change({}, at("gateway.reload.mode", "hot"), async (gateway) => {
    expect((await rpc(gateway, "status")).config.mode).toBe("hot")
  }),
  "gateway.reload.debounceMs": reads("gateway.reload.debounceMs", 50_000),
  "gateway.tools.allow": reads("gateway.tools.allow", ["write"]),
  "gateway.tools.deny": reads("gateway.tools.deny", ["read"]),
  "gateway.nodes.allowCommands": reads("gateway.nodes.allowCommands", ["camera.snap"]),
  "gateway.nodes.denyCommands": reads("gateway.nodes.denyCommands", ["system.run"]),
  "gateway.http.maxConcurrent": reads("gateway.http.maxConcurrent", 7),
  "gateway.http.securityHeaders.strictTransportSecurity": change(
    {},
    at("gateway.http.securityHeaders.strictTransportSecurity", "max-age=60"),
    async (gateway) => {
      const { headers } = await http(gateway, "healthz")
      expect(headers.get("strict-transport-security")).toBe("max-age=60")
    },
  ),
  "gateway.http.endpoints.chatCompletions.enabled": reads(
    "gateway.http.endpoints.chatCompletions.enabled",
    true,
  ),
  "gateway.http.endpoints.chatCompletions.maxBodyBytes": reads(
    "gateway.http.endpoints.chatCompletions.maxBodyBytes",
    5_000,
  ),
  "gateway.http.endpoints.chatCompletions.maxUrlParts": reads(
    "gateway.http.endpoints.chatCompletions.maxUrlParts",
    2,
  ),
  "gateway.http.endpoints.responses.enabled": change(
    {},
    at("gateway.http.endpoints.responses.enabled", true),
    async (gateway) => {
      expect((await http(gateway, "v1/responses")).status).toBe(405)
    },
  ),
  "gateway.http.endpoints.responses.maxBodyBytes": reads(
    "gateway.http.endpoints.responses.maxBodyBytes",
    5000,
  ),
  "gateway.http.endpoints.responses.maxUrlParts": reads(
    "gateway.http.endpoints.responses.maxUrlParts",
    3,
  ),
  "gateway.http.endpoints.responses.files.allowUrl": reads(
    "gateway.http.endpoints.responses.files.allowUrl",
    false,
  ),
  "gateway.http.endpoints.responses.files.urlAllowlist": reads(
    "gateway.http.endpoints.responses.files.urlAllowlist",
    ["example.com"],
  ),
  "gateway.http.endpoints.responses.files.allowedMimes": reads(
    "gateway.http.endpoints.responses.files.allowedMimes",
    ["text/plain"],
  ),
  "gateway.http.endpoints.responses.files.maxBytes": reads(
    "gateway.http.endpoints.responses.files.maxBytes",
    5000,
  ),
  "gateway.http.endpoints.responses.files.maxRedirects": reads(
    "gateway.http.endpoints.responses.files.maxRedirects",
    1,
  ),
  "gateway.http.endpoints.responses.files.timeoutMs": reads(
    "gateway.http.endpoints.responses.files.timeoutMs",
    5000,
  ),
  "gateway.http.endpoints.responses.files.maxChars": reads(
    "gateway.http.endpoints.responses.files.maxChars",
    5000,
  ),
  "gateway.http.endpoints.responses.images.allowUrl": reads(
    "gateway.http.endpoints.responses.images.allowUrl",
    false,
  ),
  "gateway.http.endpoints.responses.images.urlAllowlist": reads(
    "gateway.http.endpoints.responses.images.urlAllowlist",
    ["example.com"],
  ),
  "gateway.http.endpoints.responses.images.allowedMimes": reads(
    "gateway.http.endpoints.responses.images.allowedMimes",
    ["image/png"],
  ),
  "gateway.http.endpoints.responses.images.maxBytes": reads(
    "gateway.http.endpoints.responses.images.maxBytes",
    5000,
  ),
  "gateway.http.endpoints.responses.images.maxRedirects": reads(
    "gateway.http.endpoints.responses.images.maxRedirects",
    1,
  ),
  "gateway.http.endpoints.responses.images.timeoutMs": reads(
    "gateway.http.endpoints.responses.images.timeoutMs",
    5000,
  ),

  "discovery.mdns.mode": reads("discovery.mdns.mode", "full"),

  "agents.defaults.workspace": change(
    {},
    at("agents.defaults.workspace", "/elsewhere"),
    async (gateway) =>
      void expect((await rpc(gateway, "agents.list")).agents[0].workspace).toBe("/elsewhere"),
  ),
  "agents.defaults.skipBootstrap": reads("agents.defaults.skipBootstrap", false),
  "agents.defaults.bootstrapMaxChars": reads("agents.defaults.bootstrapMaxChars", 700),
  "agents.defaults.bootstrapTotalMaxChars": reads("agents.defaults.bootstrapTotalMaxChars", 900),
  "agents.defaults.model.primary": change(
    {},
    at("agents.defaults.model.primary", "acme/one"),
    async (gateway) => {
      expect((await rpc(gateway, "agents.list")).agents[0].model.primary).toBe("acme/one")
    },
  ),
  "agents.defaults.model.fallbacks.*": change(
    {},
    at("agents.defaults.model.fallbacks", ["acme/one"]),
    async (gateway) => {
      expect((await rpc(gateway, "agents.list")).agents[0].model).toMatchObject({
        primary: "acme/one",
      })
    },
  ),
  "agents.defaults.imageModel.primary": reads("agents.defaults.imageModel.primary", "acme/one"),
  "agents.defaults.imageModel.fallbacks.*": reads("agents.defaults.imageModel.fallbacks", [
    "acme/one",
  ]),
  "agents.defaults.models.*.alias": change(
    acme(),
    merged(acme(), { agents: { defaults: { models: { "acme/one": { alias: "uno" } } } } }),
    async (gateway) => {
      const wish = { all: true, provider: "acme", includeMetadata: true }
      const { models } = await rpc(gateway, "models.list", wish)
      expect(models[0].metadata.aliases).toContain("uno")
    },
  ),
  "agents.defaults.models.*.params": change(
    {},
    { agents: { defaults: { models: { "acme/one": { params: { temperature: 0.5 } } } } } },
    async (gateway) => {
      const { config } = await rpc(gateway, "config.get")
      expect(config.agents.defaults.models["acme/one"].params).toEqual({ temperature: 0.5 })
    },
  ),
  "agents.defaults.taskModels.cheapCheck": assigns("cheapCheck"),
  "agents.defaults.taskModels.strong": assigns("strong"),
  "agents.defaults.taskModels.escalation": assigns("escalation"),
  "agents.defaults.taskModels.coding": assigns("coding"),
  "agents.defaults.taskModels.summarizer": assigns("summarizer"),
  "agents.defaults.stuckAfterSeconds": reads("agents.defaults.stuckAfterSeconds", 60),
  "agents.defaults.verboseDefault": reads("agents.defaults.verboseDefault", "on"),
  "agents.defaults.subagents.maxSpawnDepth": reads("agents.defaults.subagents.maxSpawnDepth", 2),
  "agents.defaults.subagents.maxChildrenPerAgent": reads(
    "agents.defaults.subagents.maxChildrenPerAgent",
    3,
  ),
  "agents.defaults.subagents.maxConcurrent": reads("agents.defaults.subagents.maxConcurrent", 2),
  "agents.defaults.subagents.runTimeoutSeconds": reads(
    "agents.defaults.subagents.runTimeoutSeconds",
    60,
  ),
  "agents.defaults.subagents.archiveAfterMinutes": reads(
    "agents.defaults.subagents.archiveAfterMinutes",
    5,
  ),
  "agents.defaults.subagents.model": reads("agents.defaults.subagents.model", "acme/one"),
  "agents.defaults.subagents.thinking": reads("agents.defaults.subagents.thinking", "low"),
  "commands.native": reads("commands.native", false),
  "commands.nativeSkills": reads("commands.nativeSkills", false),
  "commands.text": reads("commands.text", false),
  "commands.bash": reads("commands.bash", true),
  "commands.bashForegroundMs": reads("commands.bashForegroundMs", 5),
  "commands.config": reads("commands.config", true),
  "commands.debug": reads("commands.debug", true),
  "commands.restart": reads("commands.restart", false),
  "commands.allowFrom.*": reads("commands.allowFrom", { x: ["eve"] }),
  "commands.ownerAllowFrom": reads("commands.ownerAllowFrom", ["telegram:42"]),
  "commands.useAccessGroups": reads("commands.useAccessGroups", false),
  "messages.inbound.debounceMs": reads("messages.inbound.debounceMs", 5),
  "messages.inbound.byChannel.*": reads("messages.inbound.byChannel", { x: 5 }),
  "messages.groupChat.mentionPatterns": reads("messages.groupChat.mentionPatterns", ["fred"]),
  "messages.groupChat.historyLimit": reads("messages.groupChat.historyLimit", 5),
  "agents.defaults.envelopeTimezone": reads("agents.defaults.envelopeTimezone", "utc"),
  "agents.defaults.envelopeTimestamp": reads("agents.defaults.envelopeTimestamp", "off"),
  "agents.defaults.envelopeElapsed": reads("agents.defaults.envelopeElapsed", "off"),
  "agents.list.*.groupChat.mentionPatterns": reads("agents.list", [
    { id: "main", groupChat: { mentionPatterns: ["fred"] } },
  ]),
  "channels.defaults.groupPolicy": reads("channels.defaults.groupPolicy", "open"),
  "channels.defaults.heartbeat.showOk": reads("channels.defaults.heartbeat.showOk", true),
  "channels.defaults.heartbeat.showAlerts": reads("channels.defaults.heartbeat.showAlerts", false),
  "channels.defaults.heartbeat.useIndicator": reads(
    "channels.defaults.heartbeat.useIndicator",
    false,
  ),
  "channels.modelByChannel.*.*": reads("channels.modelByChannel", { x: { y: "a/b" } }),
  "bindings.*.agentId": reads("bindings", [{ agentId: "a", match: { channel: "x" } }]),
  "bindings.*.match.channel": reads("bindings", [{ agentId: "a", match: { channel: "x" } }]),
  "bindings.*.match.accountId": bound({ accountId: "*" }),
  "bindings.*.match.peer.kind": bound({ peer: { kind: "group", id: "1" } }),
  "bindings.*.match.peer.id": bound({ peer: { kind: "direct", id: "1" } }),
  "bindings.*.match.guildId": bound({ guildId: "1" }),
  "bindings.*.match.teamId": bound({ teamId: "1" }),
  "bindings.*.match.roles": bound({ guildId: "1", roles: ["2"] }),
  "messages.queue.mode": reads("messages.queue.mode", "steer"),
  "messages.queue.debounceMs": reads("messages.queue.debounceMs", 5),
  "messages.queue.debounceMsByChannel.*": reads("messages.queue.debounceMsByChannel", { x: 5 }),
  "messages.queue.cap": reads("messages.queue.cap", 5),
  "messages.queue.drop": reads("messages.queue.drop", "old"),
  "messages.queue.byChannel.*": reads("messages.queue.byChannel", { x: "steer" }),
  "messages.responsePrefix": reads("messages.responsePrefix", "auto"),
  "messages.ackReaction": reads("messages.ackReaction", "🦊"),
  "messages.ackReactionScope": reads("messages.ackReactionScope", "all"),
  "messages.removeAckAfterReply": reads("messages.removeAckAfterReply", true),
  "agents.defaults.typingMode": reads("agents.defaults.typingMode", "never"),
  "agents.defaults.typingIntervalSeconds": reads("agents.defaults.typingIntervalSeconds", 9),
  "agents.defaults.humanDelay.mode": reads("agents.defaults.humanDelay.mode", "natural"),
  "agents.defaults.humanDelay.minMs": reads("agents.defaults.humanDelay.minMs", 9),
  "agents.defaults.humanDelay.maxMs": reads("agents.defaults.humanDelay.maxMs", 9),
  "agents.defaults.blockStreamingDefault": reads("agents.defaults.blockStreamingDefault", "on"),
  "agents.defaults.blockStreamingBreak": reads(
    "agents.defaults.blockStreamingBreak",
    "message_end",
  ),
  "agents.defaults.blockStreamingChunk.minChars": reads(
    "agents.defaults.blockStreamingChunk.minChars",
    9,
  ),
  "agents.defaults.blockStreamingChunk.maxChars": reads(
    "agents.defaults.blockStreamingChunk.maxChars",
    9,
  ),
  "agents.defaults.blockStreamingChunk.breakPreference": reads(
    "agents.defaults.blockStreamingChunk.breakPreference",
    "newline",
  ),
  "agents.defaults.blockStreamingCoalesce.idleMs": reads(
    "agents.defaults.blockStreamingCoalesce.idleMs",
    9,
  ),
  "agents.defaults.blockStreamingCoalesce.minChars": reads(
    "agents.defaults.blockStreamingCoalesce.minChars",
    9,
  ),
  "agents.defaults.blockStreamingCoalesce.maxChars": reads(
    "agents.defaults.blockStreamingCoalesce.maxChars",
    9,
  ),
  "tools.media.audio.enabled": reads("tools.media.audio.enabled", false),
  "tools.media.audio.models.*.provider": reads("tools.media.audio.models", [
    { provider: "openai", model: "whisper-1" },
  ]),
  "tools.media.audio.models.*.model": reads("tools.media.audio.models", [
    { provider: "groq", model: "whisper-large-v3" },
  ]),
  "tools.media.audio.maxBytes": reads("tools.media.audio.maxBytes", 5),
  "tools.media.audio.timeoutSeconds": reads("tools.media.audio.timeoutSeconds", 5),
  "tools.sessions.visibility": reads("tools.sessions.visibility", "all"),
  "tools.agentToAgent.enabled": reads("tools.agentToAgent.enabled", true),
  "tools.agentToAgent.allow.*": reads("tools.agentToAgent.allow", ["main"]),
  "agents.defaults.thinkingDefault": reads("agents.defaults.thinkingDefault", "high"),
  "agents.defaults.imageMaxDimensionPx": reads("agents.defaults.imageMaxDimensionPx", 800),
  "agents.defaults.mediaMaxMb": reads("agents.defaults.mediaMaxMb", 3),
  "agents.defaults.contextTokens": reads("agents.defaults.contextTokens", 9000),
  "agents.defaults.repoRoot": reads("agents.defaults.repoRoot", "/src/app"),
  "agents.defaults.bootstrapPromptTruncationWarning": reads(
    "agents.defaults.bootstrapPromptTruncationWarning",
    "always",
  ),
  "agents.defaults.compaction.mode": reads("agents.defaults.compaction.mode", "default"),
  "agents.defaults.compaction.reserveTokens": reads(
    "agents.defaults.compaction.reserveTokens",
    9000,
  ),
  "agents.defaults.compaction.reserveTokensFloor": reads(
    "agents.defaults.compaction.reserveTokensFloor",
    9000,
  ),
  "agents.defaults.compaction.keepRecentTokens": reads(
    "agents.defaults.compaction.keepRecentTokens",
    9000,
  ),
  "agents.defaults.compaction.maxHistoryShare": reads(
    "agents.defaults.compaction.maxHistoryShare",
    0.3,
  ),
  "agents.defaults.compaction.timeoutSeconds": reads(
    "agents.defaults.compaction.timeoutSeconds",
    9,
  ),
  "agents.defaults.compaction.identifierPolicy": reads(
    "agents.defaults.compaction.identifierPolicy",
    "off",
  ),
  "agents.defaults.compaction.identifierInstructions": reads(
    "agents.defaults.compaction.identifierInstructions",
    "Keep ids.",
  ),
  "agents.defaults.compaction.model": reads("agents.defaults.compaction.model", "acme/one"),
  "agents.defaults.compaction.memoryFlush.enabled": reads(
    "agents.defaults.compaction.memoryFlush.enabled",
    false,
  ),
  "agents.defaults.compaction.memoryFlush.softThresholdTokens": reads(
    "agents.defaults.compaction.memoryFlush.softThresholdTokens",
    9,
  ),
  "agents.defaults.compaction.memoryFlush.prompt": reads(
    "agents.defaults.compaction.memoryFlush.prompt",
    "Write.",
  ),
  "agents.defaults.compaction.memoryFlush.systemPrompt": reads(
    "agents.defaults.compaction.memoryFlush.systemPrompt",
    "Silent.",
  ),
  "agents.defaults.contextPruning.mode": reads("agents.defaults.contextPruning.mode", "off"),
  "agents.defaults.contextPruning.ttl": reads("agents.defaults.contextPruning.ttl", "9m"),
  "agents.defaults.contextPruning.keepLastAssistants": reads(
    "agents.defaults.contextPruning.keepLastAssistants",
    9,
  ),
  "agents.defaults.contextPruning.softTrimRatio": reads(
    "agents.defaults.contextPruning.softTrimRatio",
    0.9,
  ),
  "agents.defaults.contextPruning.hardClearRatio": reads(
    "agents.defaults.contextPruning.hardClearRatio",
    0.9,
  ),
  "agents.defaults.contextPruning.minPrunableToolChars": reads(
    "agents.defaults.contextPruning.minPrunableToolChars",
    9,
  ),
  "agents.defaults.contextPruning.softTrim.maxChars": reads(
    "agents.defaults.contextPruning.softTrim.maxChars",
    9,
  ),
  "agents.defaults.contextPruning.softTrim.headChars": reads(
    "agents.defaults.contextPruning.softTrim.headChars",
    9,
  ),
  "agents.defaults.contextPruning.softTrim.tailChars": reads(
    "agents.defaults.contextPruning.softTrim.tailChars",
    9,
  ),
  "agents.defaults.contextPruning.hardClear.enabled": reads(
    "agents.defaults.contextPruning.hardClear.enabled",
    false,
  ),
  "agents.defaults.contextPruning.hardClear.placeholder": reads(
    "agents.defaults.contextPruning.hardClear.placeholder",
    "gone",
  ),
  "agents.defaults.contextPruning.tools.allow": change(
    {},
    at("agents.defaults.contextPruning.tools.allow", ["read"]),
    async (gateway) => {
      const { config } = await rpc(gateway, "config.get")
      expect(config.agents.defaults.contextPruning.tools.allow).toEqual(["read"])
    },
  ),
  "agents.defaults.contextPruning.tools.deny": change(
    {},
    at("agents.defaults.contextPruning.tools.deny", ["read"]),
    async (gateway) => {
      const { config } = await rpc(gateway, "config.get")
      expect(config.agents.defaults.contextPruning.tools.deny).toEqual(["read"])
    },
  ),
  "agents.defaults.userTimezone": reads("agents.defaults.userTimezone", "Asia/Tokyo"),
  "agents.defaults.timeoutSeconds": reads("agents.defaults.timeoutSeconds", 7),
  "agents.defaults.maxConcurrent": reads("agents.defaults.maxConcurrent", 9),
  "agents.defaults.heartbeat.every": reads("agents.defaults.heartbeat.every", "5m"),
  "agents.defaults.heartbeat.model": reads("agents.defaults.heartbeat.model", "fased/guide"),
  "agents.defaults.heartbeat.includeReasoning": reads(
    "agents.defaults.heartbeat.includeReasoning",
    true,
  ),
  "agents.defaults.heartbeat.session": reads("agents.defaults.heartbeat.session", "watch"),
  "agents.defaults.heartbeat.target": reads("agents.defaults.heartbeat.target", "last"),
  "agents.defaults.heartbeat.to": reads("agents.defaults.heartbeat.to", "42"),
  "agents.defaults.heartbeat.accountId": reads("agents.defaults.heartbeat.accountId", "work"),
  "agents.defaults.heartbeat.directPolicy": reads(
    "agents.defaults.heartbeat.directPolicy",
    "block",
  ),
  "agents.defaults.heartbeat.prompt": reads("agents.defaults.heartbeat.prompt", "Look around."),
  "agents.defaults.heartbeat.ackMaxChars": reads("agents.defaults.heartbeat.ackMaxChars", 5),
  "agents.defaults.heartbeat.suppressToolErrorWarnings": reads(
    "agents.defaults.heartbeat.suppressToolErrorWarnings",
    true,
  ),
  "agents.defaults.heartbeat.lightContext": reads("agents.defaults.heartbeat.lightContext", true),
  "agents.defaults.heartbeat.isolatedSession": reads(
    "agents.defaults.heartbeat.isolatedSession",
    true,
  ),
  "agents.defaults.heartbeat.activeHours.start": reads(
    "agents.defaults.heartbeat.activeHours.start",
    "10:00",
    at("agents.defaults.heartbeat.activeHours", { start: "09:00", end: "17:00", timezone: "UTC" }),
  ),
  "agents.defaults.heartbeat.activeHours.end": reads(
    "agents.defaults.heartbeat.activeHours.end",
    "24:00",
    at("agents.defaults.heartbeat.activeHours", { start: "09:00", end: "17:00", timezone: "UTC" }),
  ),
  "agents.defaults.heartbeat.activeHours.timezone": reads(
    "agents.defaults.heartbeat.activeHours.timezone",
    "local",
    at("agents.defaults.heartbeat.activeHours", { start: "09:00", end: "17:00", timezone: "UTC" }),
  ),
  "agents.list.*.heartbeat.every": ownHeartbeat({ every: "5m" }),
  "agents.list.*.heartbeat.model": ownHeartbeat({ model: "fased/guide" }),
  "agents.list.*.heartbeat.includeReasoning": ownHeartbeat({ includeReasoning: true }),
  "agents.list.*.heartbeat.session": ownHeartbeat({ session: "watch" }),
  "agents.list.*.heartbeat.target": ownHeartbeat({ target: "last" }),
  "agents.list.*.heartbeat.to": ownHeartbeat({ to: "42" }),
  "agents.list.*.heartbeat.accountId": ownHeartbeat({ accountId: "work" }),
  "agents.list.*.heartbeat.directPolicy": ownHeartbeat({ directPolicy: "block" }),
  "agents.list.*.heartbeat.prompt": ownHeartbeat({ prompt: "Look around." }),
  "agents.list.*.heartbeat.ackMaxChars": ownHeartbeat({ ackMaxChars: 5 }),
  "agents.list.*.heartbeat.suppressToolErrorWarnings": ownHeartbeat({
    suppressToolErrorWarnings: true,
  }),
  "agents.list.*.heartbeat.lightContext": ownHeartbeat({ lightContext: true }),
  "agents.list.*.heartbeat.isolatedSession": ownHeartbeat({ isolatedSession: true }),
  "agents.list.*.heartbeat.activeHours.start": ownHeartbeat({
    activeHours: { ...day, start: "10:00" },
  }),
  "agents.list.*.heartbeat.activeHours.end": ownHeartbeat({
    activeHours: { ...day, end: "24:00" },
  }),
  "agents.list.*.heartbeat.activeHours.timezone": ownHeartbeat({
    activeHours: { ...day, timezone: "local" },
  }),
  "agents.list.*.id": change(
    {},
    agent(),
    async (gateway) => void expect((await rpc(gateway, "agents.list")).defaultId).toBe("ada"),
  ),
  "agents.list.*.default": change(
    { agents: { list: [{ id: "ada" }, { id: "bob" }] } },
    { agents: { list: [{ id: "ada" }, { id: "bob", default: true }] } },
    async (gateway) => void expect((await rpc(gateway, "agents.list")).defaultId).toBe("bob"),
  ),
  "agents.list.*.name": change(
    agent(),
    agent({ name: "Ada" }),
    async (gateway) => void expect((await rpc(gateway, "agents.list")).agents[0].name).toBe("Ada"),
  ),
  "agents.list.*.identity.name": identity("name", "Ada"),
  "agents.list.*.identity.theme": identity("theme", "dry"),
  "agents.list.*.identity.emoji": identity("emoji", "A"),
  "agents.list.*.identity.avatar": identity("avatar", "ada.png"),
  "agents.list.*.subagents.allowAgents": ownSubagents("allowAgents", ["*"]),
  "agents.list.*.subagents.model": ownSubagents("model", "acme/one"),
  "agents.list.*.subagents.thinking": ownSubagents("thinking", "low"),
  "agents.list.*.workspace": change(
    agent(),
    agent({ workspace: "/ada" }),
    async (gateway) =>
      void expect((await rpc(gateway, "agents.list")).agents[0].workspace).toBe("/ada"),
  ),
  "agents.list.*.taskModels.cheapCheck": assignsOwn("cheapCheck"),
  "agents.list.*.taskModels.strong": assignsOwn("strong"),
  "agents.list.*.taskModels.escalation": assignsOwn("escalation"),
  "agents.list.*.taskModels.coding": assignsOwn("coding"),
  "agents.list.*.taskModels.summarizer": assignsOwn("summarizer"),
  "agents.list.*.params": change(agent(), agent({ params: { seed: 7 } }), async (gateway) => {
    const { config } = await rpc(gateway, "config.get")
    expect(config.agents.list[0].params).toEqual({ seed: 7 })
  }),
  "agents.list.*.model.primary": change(
    agent(),
    agent({ model: { primary: "acme/one" } }),
    async (gateway) => {
      expect((await rpc(gateway, "agents.list")).agents[0].model.primary).toBe("acme/one")
    },
  ),
  "agents.list.*.model.fallbacks.*": change(
    agent({ model: { primary: "acme/one" } }),
    agent({ model: { primary: "acme/one", fallbacks: ["acme/two"] } }),
    async (gateway) => {
      const { agents } = await rpc(gateway, "agents.list")
      expect(agents[0].model.fallbacks).toEqual(["acme/two"])
    },
  ),

  "auth.profiles.*.provider": reads("auth.profiles", {
    "acme:a": { provider: "acme", mode: "token" },
  }),
  "auth.profiles.*.mode": reads("auth.profiles", { "acme:a": { provider: "acme", mode: "oauth" } }),
  "auth.profiles.*.email": reads("auth.profiles", {
    "acme:a": { provider: "acme", mode: "oauth", email: "ada@example.com" },
  }),
  "auth.order.*.*": reads("auth.order", { acme: ["acme:b", "acme:a"] }),
  "auth.logins.*.clientId": reads("auth.logins.acme.clientId", "fased-test"),
  "auth.logins.*.clientSecret": masked("auth.logins.acme.clientSecret", "hush-hush"),
  "auth.logins.*.authorizeUrl": reads("auth.logins.acme.authorizeUrl", "https://acme.test/yes"),
  "auth.logins.*.tokenUrl": reads("auth.logins.acme.tokenUrl", "https://acme.test/token"),
  "auth.logins.*.deviceUrl": reads("auth.logins.acme.deviceUrl", "https://acme.test/device"),
  "auth.logins.*.redirectUri": reads("auth.logins.acme.redirectUri", "http://127.0.0.1:9/back"),
  "auth.logins.*.scopes": reads("auth.logins.acme.scopes", ["chat"]),
  "auth.cooldowns.billingBackoffHours": reads("auth.cooldowns.billingBackoffHours", 2),
  "auth.cooldowns.billingBackoffHoursByProvider.*": reads(
    "auth.cooldowns.billingBackoffHoursByProvider.acme",
    2,
  ),
  "auth.cooldowns.billingMaxHours": reads("auth.cooldowns.billingMaxHours", 12),
  "auth.cooldowns.failureWindowHours": reads("auth.cooldowns.failureWindowHours", 12),
  "auth.cooldowns.overloadedProfileRotations": reads(
    "auth.cooldowns.overloadedProfileRotations",
    3,
  ),
  "auth.cooldowns.overloadedBackoffMs": reads("auth.cooldowns.overloadedBackoffMs", 50),
  "mcp.servers.*.enabled": change(
    idleMcp(),
    idleMcp({ enabled: false }),
    seesMcp({ enabled: false, state: "off" }),
  ),
  "mcp.servers.*.command": change(
    idleMcp(),
    idleMcp({ command: "/nowhere/else" }),
    seesMcp({ where: "else" }),
  ),
  "mcp.servers.*.args": mcpServer({ args: ["--read-only"] }),
  "mcp.servers.*.env.*": masked("mcp.servers.notes.env.NOTES_WORD", "xyzzy-plugh", idleMcp()),
  "mcp.servers.*.cwd": mcpServer({ cwd: "/" }),
  "mcp.servers.*.url": change(
    idleMcp({ command: undefined, url: "http://127.0.0.1:9/mcp" }),
    idleMcp({ command: undefined, url: "http://127.0.0.1:8/mcp" }),
    seesMcp({ where: "http://127.0.0.1:8" }),
  ),
  "mcp.servers.*.headers.*": masked("mcp.servers.notes.headers.team", "red-team", idleMcp()),
  "mcp.servers.*.token": masked("mcp.servers.notes.token", "sesame-open", idleMcp()),
  "mcp.servers.*.tools.allow": mcpServer({ tools: { allow: ["read_*"] } }),
  "mcp.servers.*.tools.deny": mcpServer({ tools: { deny: ["write_*"] } }),
  "mcp.servers.*.connectSeconds": mcpServer({ connectSeconds: 7 }),
  "mcp.servers.*.callSeconds": mcpServer({ callSeconds: 7 }),
  "mcp.servers.*.idleMinutes": mcpServer({ idleMinutes: 7 }),
  "services.github.enabled": change(
    {},
    at("services.github.enabled", false),
    seesService({ id: "github", state: "off" }),
  ),
  "services.github.access": change(
    {},
    at("services.github.access", "write"),
    seesService({ id: "github", access: "write" }),
  ),
  "services.github.agents": change(
    {},
    at("services.github.agents", ["ada"]),
    seesService({ id: "github", agents: ["ada"] }),
  ),
  "services.github.token": masked("services.github.token", "gh-sesame-open"),
  "services.github.app.id": githubService({ app: { id: "2" } }),
  "services.github.app.installation": githubService({ app: { installation: 2 } }),
  "services.github.app.privateKey": masked("services.github.app.privateKey", "other-sesame"),
  "services.github.baseUrl": githubService({ baseUrl: "http://127.0.0.1:9" }),
  "services.github.repositories": githubService({ repositories: ["acme/*"] }),
  "services.gmail.enabled": change(
    {},
    at("services.gmail.enabled", false),
    seesService({ id: "gmail", state: "off" }),
  ),
  "services.gmail.access": change(
    {},
    at("services.gmail.access", "write"),
    seesService({ id: "gmail", access: "write" }),
  ),
  "services.gmail.agents": change(
    {},
    at("services.gmail.agents", ["ada"]),
    seesService({ id: "gmail", agents: ["ada"] }),
  ),
  "services.gmail.user": change(
    {},
    at("services.gmail.user", "me@example.test"),
    seesService({ id: "gmail", lacks: "a password" }),
  ),
  "services.gmail.password": masked("services.gmail.password", "app-sesame-open"),
  "services.gmail.imap.host": gmailService({ imap: { host: "imap.example.test" } }),
  "services.gmail.imap.port": gmailService({ imap: { port: 1993 } }),
  "services.gmail.imap.tls": gmailService({ imap: { host: "127.0.0.1", tls: false } }),
  "services.gmail.smtp.host": gmailService({ smtp: { host: "smtp.example.test" } }),
  "services.gmail.smtp.port": gmailService({ smtp: { port: 1465 } }),
  "services.gmail.smtp.tls": gmailService({ smtp: { host: "127.0.0.1", tls: false } }),
  "services.gmail.recipients": gmailService({ recipients: ["*@example.test"] }),
  "services.gmail.signIn": change(
    {},
    at("services.gmail.signIn", "google"),
    seesService({ id: "gmail", lacks: "an OAuth client (services.google)" }),
  ),
  "services.google.clientId": reads("services.google.clientId", "client-1"),
  "services.google.clientSecret": masked("services.google.clientSecret", "client-sesame-open"),
  "services.google.account": reads("services.google.account", "me@example.test"),
  "services.google.pubsub": reads("services.google.pubsub", true),
  "services.google.redirectPort": reads("services.google.redirectPort", 8087),
  "services.google.baseUrl": reads("services.google.baseUrl", "http://127.0.0.1:9"),
  "services.calendar.enabled": change(
    {},
    at("services.calendar.enabled", false),
    seesService({ id: "calendar", state: "off" }),
  ),
  "services.calendar.access": change(
    {},
    at("services.calendar.access", "write"),
    seesService({ id: "calendar", access: "write" }),
  ),
  "services.calendar.agents": change(
    {},
    at("services.calendar.agents", ["ada"]),
    seesService({ id: "calendar", agents: ["ada"] }),
  ),
  "services.calendar.calendars": reads("services.calendar.calendars", ["primary"]),
  "services.rest.*.enabled": restService({ enabled: false }),
  "services.rest.*.access": restService({ access: "write" }),
  "services.rest.*.agents": change(
    at("services.rest.weather", {}),
    at("services.rest.weather", { agents: ["ada"] }),
    seesService({ id: "weather", agents: ["ada"] }),
  ),
  "services.rest.*.document": change(
    at("services.rest.weather", {}),
    at("services.rest.weather", { document: "/nowhere/weather.json" }),
    seesService({ id: "weather", state: "ready" }),
  ),
  "services.rest.*.baseUrl": restService({ baseUrl: "https://weather.example.test" }),
  "services.rest.*.token": masked(
    "services.rest.weather.token",
    "sesame-open-api",
    at("services.rest.weather", {}),
  ),
  "services.rest.*.tokenIn": restService({ tokenIn: "query" }),
  "services.rest.*.tokenName": restService({ tokenName: "X-Api-Key" }),
  "services.rest.*.tokenPrefix": restService({ tokenPrefix: "" }),
  "services.rest.*.operations": restService({ operations: ["get*"] }),
  "models.mode": change(acme(), acme({}, { mode: "replace" }), async (gateway) => {
    const { models } = await rpc(gateway, "models.list", { all: true })
    expect(models.map(({ provider }: Tree) => provider)).toEqual(["acme", "fased"])
  }),
  "models.providers.*.baseUrl": change(
    acme(),
    acme({ baseUrl: "http://127.0.0.1:8/v1" }),
    async (gateway) => {
      const { config } = await rpc(gateway, "config.get")
      expect(config.models.providers.acme.baseUrl).toBe("http://127.0.0.1:8/v1")
    },
  ),
  "models.providers.*.apiKey": change(
    acme({ baseUrl: "https://acme.example/v1" }),
    acme({ baseUrl: "https://acme.example/v1", apiKey: "sk-0123456789abcdef0123" }),
    async (gateway) => {
      const { models } = await rpc(gateway, "models.list", { provider: "acme" })
      expect(models).toMatchObject([{ available: true }])
    },
  ),
  "models.providers.*.api": provider("api", "anthropic-messages"),
  "models.providers.*.auth": provider("auth", "none"),
  "models.providers.*.authHeader": provider("authHeader", true),
  "models.providers.*.headers.*": masked("models.providers.acme.headers.team", "red", acme()),
  "models.providers.*.request.allowPrivateNetwork": provider("request", {
    allowPrivateNetwork: false,
  }),
  "models.providers.*.models.*.id": change(
    acme(),
    acme({ models: [{ id: "two" }] }),
    async (gateway) => {
      const { models } = await rpc(gateway, "models.list", { provider: "acme", all: true })
      expect(models).toMatchObject([{ id: "two" }])
    },
  ),
  "models.providers.*.models.*.name": model("name", "The One"),
  "models.providers.*.models.*.reasoning": model("reasoning", true),
  "models.providers.*.models.*.input": model("input", ["text", "image"]),
  "models.providers.*.models.*.compat.supportsReasoningEffort": compat(
    "supportsReasoningEffort",
    false,
  ),
  "models.providers.*.models.*.compat.thinkingFormat": compat("thinkingFormat", "qwen"),
  "models.providers.*.models.*.cost.input": cost("input"),
  "models.providers.*.models.*.cost.output": cost("output"),
  "models.providers.*.models.*.cost.cacheRead": cost("cacheRead"),
  "models.providers.*.models.*.cost.cacheWrite": cost("cacheWrite"),
  "models.providers.*.models.*.contextWindow": model("contextWindow", 4_000),
  "models.providers.*.models.*.maxTokens": model("maxTokens", 400),
  "models.timeouts.answerSeconds": reads("models.timeouts.answerSeconds", 7),
  "models.timeouts.silenceSeconds": reads("models.timeouts.silenceSeconds", 7),

  ...Object.fromEntries(
    (
      [
        ["profile", "minimal", ["session_status"]],
        ["allow", ["read"], ["read"]],
        ["deny", ["*"], []],
      ] as const
    ).flatMap(([rule, value, left]) => {
      const proof = (rules: Tree) =>
        change({}, { agents: { list: [{ id: "main", tools: rules }] } }, async (gateway) =>
          expect(await toolNames(gateway)).toEqual([...left]),
        )
      return [
        [`agents.list.*.tools.${rule}`, proof({ [rule]: value })],
        [
          `agents.list.*.tools.byProvider.*.${rule}`,
          proof({ byProvider: { fased: { [rule]: value } } }),
        ],
      ]
    }),
  ),
  "agents.list.*.tools.alsoAllow": change(
    { agents: { list: [{ id: "main", tools: { profile: "minimal" } }] } },
    { agents: { list: [{ id: "main", tools: { profile: "minimal", alsoAllow: ["read"] } }] } },
    async (gateway) => expect(await toolNames(gateway)).toContain("read"),
  ),
  "agents.list.*.tools.byProvider.*.alsoAllow": change(
    minimalFor({}),
    minimalFor({ alsoAllow: ["read"] }),
    async (gateway) => expect(await toolNames(gateway)).toContain("read"),
  ),

  "tools.profile": change({}, at("tools.profile", "minimal"), async (gateway) => {
    const { profile } = await rpc(gateway, "tools.effective", { sessionKey: "agent:main:main" })
    expect(profile).toBe("minimal")
  }),
  "tools.allow": change({}, at("tools.allow", ["read"]), async (gateway) => {
    expect(await toolNames(gateway)).toEqual(["read"])
  }),
  "tools.deny": change({}, at("tools.deny", ["read"]), async (gateway) => {
    expect(await toolNames(gateway)).not.toContain("read")
  }),
  "tools.alsoAllow": change(
    at("tools.profile", "minimal"),
    merged(at("tools.profile", "minimal"), at("tools.alsoAllow", ["read"])),
    async (gateway) => expect(await toolNames(gateway)).toContain("read"),
  ),
  "tools.byProvider.*.profile": change(
    {},
    at("tools.byProvider.fased.profile", "minimal"),
    async (gateway) => expect(await toolNames(gateway)).toEqual(["session_status"]),
  ),
  "tools.byProvider.*.alsoAllow": change(
    at("tools.byProvider.fased.profile", "minimal"),
    at("tools.byProvider.fased", { profile: "minimal", alsoAllow: ["read"] }),
    async (gateway) => expect(await toolNames(gateway)).toContain("read"),
  ),
  "tools.byProvider.*.allow": change(
    {},
    at("tools.byProvider.fased.allow", ["read"]),
    async (gateway) => expect(await toolNames(gateway)).toEqual(["read"]),
  ),
  "tools.byProvider.*.deny": change(
    {},
    at("tools.byProvider.fased.deny", ["read"]),
    async (gateway) => expect(await toolNames(gateway)).not.toContain("read"),
  ),
  "tools.fs.workspaceOnly": reads("tools.fs.workspaceOnly", false),
  ...sandboxProofs(),
  ...memorySearchProofs(),
  "memory.citations": reads("memory.citations", "off"),
  "approvals.exec.enabled": reads("approvals.exec.enabled", true),
  "approvals.exec.mode": reads("approvals.exec.mode", "both"),
  "approvals.exec.agentFilter": reads("approvals.exec.agentFilter", ["main"]),
  "approvals.exec.sessionFilter": reads("approvals.exec.sessionFilter", ["main"]),
  "approvals.exec.targets.*.channel": reads("approvals.exec.targets", [
    { channel: "telegram", to: "42" },
  ]),
  "approvals.exec.targets.*.to": reads("approvals.exec.targets", [
    { channel: "telegram", to: "43" },
  ]),
  "approvals.exec.targets.*.accountId": reads("approvals.exec.targets", [
    { channel: "telegram", to: "42", accountId: "work" },
  ]),
  "tools.exec.host": reads("tools.exec.host", "gateway"),
  "tools.exec.security": reads("tools.exec.security", "deny"),
  "tools.exec.ask": reads("tools.exec.ask", "always"),
  "tools.exec.node": reads("tools.exec.node", "desk"),
  "tools.exec.backgroundMs": reads("tools.exec.backgroundMs", 500),
  "tools.exec.timeoutSec": reads("tools.exec.timeoutSec", 7),
  "tools.exec.cleanupMs": reads("tools.exec.cleanupMs", 70_000),
  "tools.exec.notifyOnExit": reads("tools.exec.notifyOnExit", false),
  "tools.exec.notifyOnExitEmptySuccess": reads("tools.exec.notifyOnExitEmptySuccess", true),
  "tools.exec.approvalRunningNoticeMs": reads("tools.exec.approvalRunningNoticeMs", 0),
  "tools.exec.pathPrepend": reads("tools.exec.pathPrepend", ["/opt/bin"]),
  "tools.exec.safeBins": reads("tools.exec.safeBins", ["wc"]),
  "tools.exec.safeBinTrustedDirs": reads("tools.exec.safeBinTrustedDirs", ["/opt/bin"]),
  ...Object.fromEntries(
    (
      [
        ["minPositional", 1],
        ["maxPositional", 2],
        ["allowedValueFlags", ["-n"]],
        ["deniedFlags", ["-o"]],
      ] as const
    ).map(([rule, value]) => [
      `tools.exec.safeBinProfiles.*.${rule}`,
      reads(`tools.exec.safeBinProfiles.cat.${rule}`, value),
    ]),
  ),
  "tools.elevated.enabled": reads("tools.elevated.enabled", false),
  "tools.elevated.allowFrom.*": reads("tools.elevated.allowFrom.telegram", ["id:42"]),
  "agents.list.*.tools.elevated.enabled": ownElevated({ enabled: false }),
  "agents.list.*.tools.elevated.allowFrom.*": ownElevated({ allowFrom: { telegram: ["id:42"] } }),
  "tools.exec.applyPatch.enabled": reads("tools.exec.applyPatch.enabled", true),
  "tools.exec.applyPatch.workspaceOnly": reads("tools.exec.applyPatch.workspaceOnly", false),
  "tools.exec.applyPatch.allowModels": reads("tools.exec.applyPatch.allowModels", ["gpt-5"]),
  "tools.loopDetection.enabled": reads("tools.loopDetection.enabled", true),
  "tools.loopDetection.historySize": reads("tools.loopDetection.historySize", 50),
  "tools.loopDetection.warningThreshold": reads("tools.loopDetection.warningThreshold", 5),
  "tools.loopDetection.criticalThreshold": reads("tools.loopDetection.criticalThreshold", 25),
  "tools.loopDetection.globalCircuitBreakerThreshold": reads(
    "tools.loopDetection.globalCircuitBreakerThreshold",
    40,
  ),
  "tools.loopDetection.detectors.genericRepeat": reads(
    "tools.loopDetection.detectors.genericRepeat",
    false,
  ),
  "tools.loopDetection.detectors.knownPollNoProgress": reads(
    "tools.loopDetection.detectors.knownPollNoProgress",
    false,
  ),
  "tools.loopDetection.detectors.pingPong": reads("tools.loopDetection.detectors.pingPong", false),
  "plugins.enabled": reads("plugins.enabled", false),
  "plugins.allow": reads("plugins.allow", ["example"]),
  "plugins.deny": reads("plugins.deny", ["example"]),
  "plugins.entries.*.enabled": reads("plugins.entries.example.enabled", false),
  "skills.allowBundled": reads("skills.allowBundled", ["fased"]),
  "skills.load.extraDirs": reads("skills.load.extraDirs", ["~/more"]),
  "skills.load.watch": reads("skills.load.watch", false),
  "skills.load.watchDebounceMs": reads("skills.load.watchDebounceMs", 9),
  "skills.install.preferBrew": reads("skills.install.preferBrew", false),
  "skills.install.nodeManager": reads("skills.install.nodeManager", "bun"),
  "skills.entries.*.enabled": reads("skills.entries.mail.enabled", false),
  "skills.entries.*.apiKey": masked("skills.entries.mail.apiKey", "a-key-of-9"),
  "skills.entries.*.env.*": masked("skills.entries.mail.env.MAIL_HOST", "a-host-of-9"),
  "skills.entries.*.config.*": reads("skills.entries.mail.config.folder", "inbox"),
  "agents.defaults.skills": reads("agents.defaults.skills", ["mail"]),
  "agents.list.*.skills": change(agent(), agent({ skills: ["mail"] }), async (gateway) => {
    const { config } = await rpc(gateway, "config.get")
    expect(config.agents.list[0].skills).toEqual(["mail"])
  }),
  "tools.sandbox.tools.allow": reads("tools.sandbox.tools.allow", ["read"]),
  "tools.sandbox.tools.deny": reads("tools.sandbox.tools.deny", ["read"]),
  "tools.subagents.tools.allow": reads("tools.subagents.tools.allow", ["read"]),
  "tools.subagents.tools.deny": reads("tools.subagents.tools.deny", ["read"]),

  "env.vars.*": change(
    { env: { vars: { KEPT: testToken } }, ...tokenIsKept },
    { env: { vars: { KEPT: newToken } }, ...tokenIsKept },
    letsIn({ token: newToken }),
  ),
  "env.*": change(
    { env: { KEPT: testToken }, ...tokenIsKept },
    { env: { KEPT: newToken }, ...tokenIsKept },
    letsIn({ token: newToken }),
  ),
  "env.shellEnv.enabled": reads("env.shellEnv.enabled", true),
  "env.shellEnv.timeoutMs": reads("env.shellEnv.timeoutMs", 2_000),

  "secrets.providers.*.source": fetches({ source: "env", provider: "kept", id: "KEPT" }, () => ({
    from: { providers: { kept: { source: "file", path: "/here" } } },
    to: { providers: { kept: { source: "env" } } },
  })),
  "secrets.providers.*.allowlist": place(
    "allowlist",
    { source: "env", id: "KEPT", allowlist: ["OTHER"] },
    ["KEPT"],
  ),
  "secrets.providers.*.path": place(
    "path",
    { source: "file", id: "value", mode: "singleValue", path: "/nowhere" },
    (home: string) => inFile(home, "token", newToken),
  ),
  "secrets.providers.*.mode": place(
    "mode",
    { source: "file", id: "value" },
    "singleValue",
    (home) => ({ path: inFile(home, "token", newToken) }),
  ),
  "secrets.providers.*.timeoutMs": place("timeoutMs", { ...raw, timeoutMs: 1 }, 60_000, (home) => ({
    command: program(home, "slow", `sleep 0.05; ${says(newToken)}`),
  })),
  "secrets.providers.*.command": place(
    "command",
    { ...raw, command: "/bin/false" },
    (home: string) => program(home, "right", says(newToken)),
  ),
  "secrets.providers.*.args": place("args", raw, [newToken], (home) => ({
    command: program(home, "echo", 'printf %s "$1"'),
  })),
  "secrets.providers.*.passEnv": place("passEnv", raw, ["KEPT"], (home) => ({
    command: program(home, "echo", 'printf %s "$KEPT"'),
  })),
  "secrets.providers.*.allowSymlinkCommand": place("allowSymlinkCommand", raw, true, linked),
  "secrets.providers.*.trustedDirs": place(
    "trustedDirs",
    { ...raw, allowSymlinkCommand: true, trustedDirs: ["/nowhere"] },
    (home: string) => [home],
    linked,
  ),
  "secrets.providers.*.jsonOnly": place(
    "jsonOnly",
    { source: "exec", id: "token" },
    false,
    (home) => ({ command: program(home, "plain", says(newToken)) }),
  ),
  "secrets.providers.*.noOutputTimeoutMs": place(
    "noOutputTimeoutMs",
    { ...raw, noOutputTimeoutMs: 1 },
    60_000,
    (home) => ({ command: program(home, "slow", `sleep 0.05; ${says(newToken)}`) }),
  ),
  "secrets.providers.*.maxOutputBytes": place(
    "maxOutputBytes",
    { source: "exec", id: "token", maxOutputBytes: 256 },
    1_000,
    (home) => {
      const answer = JSON.stringify({ protocolVersion: 1, values: { token: newToken } })
      return { command: program(home, "wordy", says(answer.padEnd(300))) }
    },
  ),
  "secrets.defaults.env": fetches({ source: "env", id: "KEPT" }, () => {
    const providers = { default: { source: "env", allowlist: ["OTHER"] }, other: { source: "env" } }
    return { from: { providers }, to: { providers, defaults: { env: "other" } } }
  }),
  "secrets.defaults.file": fetches({ source: "file", id: "value" }, (home) => {
    const path = inFile(home, "token", newToken)
    const providers = { other: { source: "file", mode: "singleValue", path } }
    return { from: { providers }, to: { providers, defaults: { file: "other" } } }
  }),
  "secrets.defaults.exec": fetches({ source: "exec", id: "token" }, (home) => {
    const command = program(home, "right", says(newToken))
    const providers = { other: { source: "exec", jsonOnly: false, command } }
    return { from: { providers }, to: { providers, defaults: { exec: "other" } } }
  }),
  "secrets.resolution.maxProviderConcurrency": reads(
    "secrets.resolution.maxProviderConcurrency",
    2,
  ),
  "secrets.resolution.maxRefsPerProvider": reads("secrets.resolution.maxRefsPerProvider", 20),
  "secrets.resolution.maxBatchBytes": reads("secrets.resolution.maxBatchBytes", 9_000),

  "logging.level": reads("logging.level", "debug"),
  "logging.file": {
    from: {},
    to: at("logging.file", "one.log"),
    seen: async (gateway) => {
      await gateway.stop()
      expect(existsSync(join(gateway.paths.logs, "one.log"))).toBe(true)
    },
  },
  "logging.maxFileBytes": reads("logging.maxFileBytes", 5_000),
  "logging.maxTotalBytes": reads("logging.maxTotalBytes", 50_000),
  "logging.consoleLevel": reads("logging.consoleLevel", "error"),
  "logging.consoleStyle": reads("logging.consoleStyle", "json"),
  "logging.redactSensitive": reads("logging.redactSensitive", "off"),
  "logging.redactPatterns": reads("logging.redactPatterns", ["zzz"]),

  "session.scope": change({}, at("session.scope", "global"), async (gateway) => {
    const { key } = await rpc(gateway, "sessions.messages.subscribe", { key: "main" })
    expect(key).toBe("global")
  }),
  "session.dmScope": reads("session.dmScope", "per-peer"),
  "session.identityLinks.*": reads("session.identityLinks", { ada: ["telegram:1"] }),
  "session.reset.mode": reads("session.reset.mode", "off"),
  "session.reset.atHour": reads("session.reset.atHour", 5),
  "session.reset.idleMinutes": reads("session.reset.idleMinutes", 30),
  "session.resetByType.direct.mode": reads("session.resetByType.direct.mode", "off"),
  "session.resetByType.direct.atHour": reads("session.resetByType.direct.atHour", 5),
  "session.resetByType.direct.idleMinutes": reads("session.resetByType.direct.idleMinutes", 30),
  "session.resetByType.dm.mode": reads("session.resetByType.dm.mode", "off"),
  "session.resetByType.dm.atHour": reads("session.resetByType.dm.atHour", 5),
  "session.resetByType.dm.idleMinutes": reads("session.resetByType.dm.idleMinutes", 30),
  "session.resetByType.group.mode": reads("session.resetByType.group.mode", "off"),
  "session.resetByType.group.atHour": reads("session.resetByType.group.atHour", 5),
  "session.resetByType.group.idleMinutes": reads("session.resetByType.group.idleMinutes", 30),
  "session.resetByType.thread.mode": reads("session.resetByType.thread.mode", "off"),
  "session.resetByType.thread.atHour": reads("session.resetByType.thread.atHour", 5),
  "session.resetByType.thread.idleMinutes": reads("session.resetByType.thread.idleMinutes", 30),
  "session.resetByChannel.*.mode": reads("session.resetByChannel.telegram.mode", "off"),
  "session.resetByChannel.*.atHour": reads("session.resetByChannel.telegram.atHour", 5),
  "session.resetByChannel.*.idleMinutes": reads("session.resetByChannel.telegram.idleMinutes", 30),
  "session.resetTriggers": change({}, at("session.resetTriggers", ["/fresh"]), async (gateway) => {
    const listed = await rpc(gateway, "config.get")
    expect(valueAt(listed.config, parsePath("session.resetTriggers"))).toEqual(["/fresh"])
  }),
  "session.parentForkMaxTokens": reads("session.parentForkMaxTokens", 7),
  "usage.keepCalls": reads("usage.keepCalls", 7),
  "usage.keepSums": reads("usage.keepSums", 70),
  "usage.budgets.*.per": usageBudget({ per: "month" }),
  "usage.budgets.*.of": usageBudget({ of: "agent" }),
  "usage.budgets.*.agentId": usageBudget({ agentId: "main" }),
  "usage.budgets.*.usd": change({}, at("usage.budgets", [{ usd: 2 }]), async (gateway) => {
    const { budgets } = await rpc(gateway, "usage.status")
    expect(budgets).toMatchObject([{ unit: "usd", limit: 2 }])
  }),
  "usage.budgets.*.tokens": change({}, at("usage.budgets", [{ tokens: 2 }]), async (gateway) => {
    const { budgets } = await rpc(gateway, "usage.status")
    expect(budgets).toMatchObject([{ unit: "tokens", limit: 2 }])
  }),
  "usage.budgets.*.action": usageBudget({ action: "stop" }),
  "usage.budgets.*.warnAt": usageBudget({ warnAt: 0.5 }),
  "session.maintenance.mode": change(
    {},
    at("session.maintenance.mode", "enforce"),
    async (gateway) => {
      expect((await rpc(gateway, "sessions.cleanup")).mode).toBe("enforce")
    },
  ),
  "session.maintenance.pruneAfter": reads("session.maintenance.pruneAfter", "7d"),
  "session.maintenance.maxEntries": reads("session.maintenance.maxEntries", 9),
  "session.maintenance.resetArchiveRetention": reads(
    "session.maintenance.resetArchiveRetention",
    "1d",
  ),
  "session.maintenance.maxDiskBytes": change(
    {},
    at("session.maintenance.maxDiskBytes", "64mb"),
    async (gateway) => {
      expect((await rpc(gateway, "sessions.cleanup")).bytesLimit).toBe(64 * 1024 ** 2)
    },
  ),
  "session.maintenance.highWaterBytes": reads("session.maintenance.highWaterBytes", 1000),
  "session.threadBindings.enabled": reads("session.threadBindings.enabled", false),
  "session.threadBindings.idleHours": reads("session.threadBindings.idleHours", 1),
  "session.threadBindings.maxAgeHours": reads("session.threadBindings.maxAgeHours", 1),
  "session.agentToAgent.maxPingPongTurns": reads("session.agentToAgent.maxPingPongTurns", 1),
  "session.sendPolicy.default": reads("session.sendPolicy.default", "deny"),
  "session.sendPolicy.rules.*.action": reads("session.sendPolicy.rules", [
    { action: "deny", match: {} },
  ]),
  "session.sendPolicy.rules.*.match.channel": reads("session.sendPolicy.rules", [
    { action: "deny", match: { channel: "telegram" } },
  ]),
  "session.sendPolicy.rules.*.match.chatType": reads("session.sendPolicy.rules", [
    { action: "deny", match: { chatType: "group" } },
  ]),
  "session.sendPolicy.rules.*.match.keyPrefix": reads("session.sendPolicy.rules", [
    { action: "deny", match: { keyPrefix: "telegram" } },
  ]),
  "session.sendPolicy.rules.*.match.rawKeyPrefix": reads("session.sendPolicy.rules", [
    { action: "deny", match: { rawKeyPrefix: "telegram" } },
  ]),

  "cron.enabled": change({}, at("cron.enabled", false), async (gateway) => {
    expect(await rpc(gateway, "cron.status")).toMatchObject({ enabled: false })
  }),
  "cron.maxConcurrentRuns": reads("cron.maxConcurrentRuns", 2),
  "cron.missedRuns": reads("cron.missedRuns", "once"),
  "cron.staleAfter": reads("cron.staleAfter", "2h"),
  "cron.sessionRetention": reads("cron.sessionRetention", false),
  "cron.runLog.maxBytes": reads("cron.runLog.maxBytes", 5000),
  "cron.runLog.keepLines": reads("cron.runLog.keepLines", 5),
  "cron.webhook": reads("cron.webhook", "https://hooks.test/end"),
  "cron.webhookToken": masked("cron.webhookToken", "hook-token-0123456789ab"),
  "cron.retry.maxAttempts": reads("cron.retry.maxAttempts", 1),
  "cron.retry.backoffMs": reads("cron.retry.backoffMs", [5000]),
  "cron.retry.retryOn": reads("cron.retry.retryOn", ["network"]),
  "cron.failureAlert.enabled": reads("cron.failureAlert.enabled", true),
  "cron.failureAlert.after": reads("cron.failureAlert.after", 5),
  "cron.failureAlert.cooldownMs": reads("cron.failureAlert.cooldownMs", 5),
  "cron.failureAlert.mode": reads("cron.failureAlert.mode", "webhook"),
  "cron.failureAlert.channel": reads("cron.failureAlert.channel", "telegram"),
  "cron.failureAlert.to": reads("cron.failureAlert.to", "42"),
  "cron.failureAlert.accountId": reads("cron.failureAlert.accountId", "work"),
  "cron.budget.runs": change({}, at("cron.budget.runs", 5), async (gateway) => {
    expect(await rpc(gateway, "cron.status")).toMatchObject({ budget: { limits: { runs: 5 } } })
  }),
  "cron.budget.tokens": reads("cron.budget.tokens", 500),
  "cron.budget.usd": reads("cron.budget.usd", 5),

  "hooks.enabled": reads("hooks.enabled", true, at("hooks.token", "hook-token-0123456789ab")),
  "hooks.token": masked("hooks.token", "hook-token-0123456789ab"),
  "hooks.path": reads("hooks.path", "/in"),
  "hooks.maxBodyBytes": reads("hooks.maxBodyBytes", 1000),
  "hooks.defaultSessionKey": reads("hooks.defaultSessionKey", "hook:all"),
  "hooks.allowRequestSessionKey": reads("hooks.allowRequestSessionKey", true),
  "hooks.allowedSessionKeyPrefixes": reads("hooks.allowedSessionKeyPrefixes", ["hook:"]),
  "hooks.allowedAgentIds": reads("hooks.allowedAgentIds", ["main"]),
  "hooks.presets": reads("hooks.presets", ["github"]),
  "hooks.internal.enabled": reads("hooks.internal.enabled", false),
  "hooks.internal.entries.*.enabled": reads("hooks.internal.entries.boot-md.enabled", true),
  "hooks.internal.entries.*.paths": reads("hooks.internal.entries.bootstrap-extra-files.paths", [
    "packages/*/AGENTS.md",
  ]),
  "hooks.internal.entries.*.messages": reads("hooks.internal.entries.session-memory.messages", 3),
  "hooks.internal.load.extraDirs": reads("hooks.internal.load.extraDirs", ["/somewhere"]),
  "hooks.internal.load.workspaces": reads("hooks.internal.load.workspaces", true),
  "hooks.gmail.account": gmailWatch({ account: "you@example.test" }),
  "hooks.gmail.label": gmailWatch({ label: "Orders" }),
  "hooks.gmail.topic": gmailWatch({ topic: "projects/p/topics/gmail" }),
  "hooks.gmail.subscription": gmailWatch({ subscription: "projects/p/subscriptions/gmail" }),
  "hooks.gmail.hookUrl": gmailWatch({ hookUrl: "https://hooks.example.test/hooks/gmail" }),
  "hooks.gmail.pushToken": masked("hooks.gmail.pushToken", "push-sesame-open-wide", aMailbox),
  "hooks.gmail.pushServiceAccount": gmailWatch({ pushServiceAccount: "push@example.test" }),
  "hooks.gmail.pushAudience": gmailWatch({ pushAudience: "https://example.test" }),
  "hooks.gmail.includeBody": gmailWatch({ includeBody: false }),
  "hooks.gmail.maxBytes": gmailWatch({ maxBytes: 1_000 }),
  "hooks.gmail.renewEveryMinutes": gmailWatch({ renewEveryMinutes: 60 }),
  "hooks.gmail.pollSeconds": gmailWatch({ pollSeconds: 30 }),
  "hooks.gmail.model": gmailWatch({ model: "fased/guide" }),
  "hooks.gmail.thinking": gmailWatch({ thinking: "low" }),
  "hooks.gmail.allowUnsafeExternalContent": gmailWatch({ allowUnsafeExternalContent: true }),
  "hooks.transformsDir": reads("hooks.transformsDir", "/somewhere"),
  "hooks.mappings.*.match.path": mapping({ match: { path: "a" } }),
  "hooks.mappings.*.match.source": mapping({ match: { source: "a" } }),
  "hooks.mappings.*.action": mapping({ match: { path: "a" }, action: "wake" }),
  "hooks.mappings.*.wakeMode": mapping({ match: { path: "a" }, wakeMode: "next-heartbeat" }),
  "hooks.mappings.*.name": mapping({ match: { path: "a" }, name: "A" }),
  "hooks.mappings.*.agentId": mapping({ match: { path: "a" }, agentId: "main" }),
  "hooks.mappings.*.sessionKey": mapping({ match: { path: "a" }, sessionKey: "hook:a" }),
  "hooks.mappings.*.messageTemplate": mapping({ match: { path: "a" }, messageTemplate: "{{a}}" }),
  "hooks.mappings.*.textTemplate": mapping({ match: { path: "a" }, textTemplate: "{{a}}" }),
  "hooks.mappings.*.model": mapping({ match: { path: "a" }, model: "fased/guide" }),
  "hooks.mappings.*.thinking": mapping({ match: { path: "a" }, thinking: "low" }),
  "hooks.mappings.*.deliver": mapping({ match: { path: "a" }, deliver: true }),
  "hooks.mappings.*.channel": mapping({ match: { path: "a" }, deliver: true, channel: "telegram" }),
  "hooks.mappings.*.to": mapping({
    match: { path: "a" },
    deliver: true,
    channel: "telegram",
    to: "42",
  }),
  "hooks.mappings.*.timeoutSeconds": mapping({ match: { path: "a" }, timeoutSeconds: 9 }),
  "hooks.mappings.*.transform.module": mapping({
    match: { path: "a" },
    transform: { module: "b.ts", export: "b" },
  }),
  "hooks.mappings.*.transform.export": mapping({
    match: { path: "a" },
    transform: { module: "a.ts", export: "b" },
  }),
  "hooks.mappings.*.allowUnsafeExternalContent": mapping({
    match: { path: "a" },
    allowUnsafeExternalContent: true,
  }),
  "hooks.mappings.*.auth.scheme": signedHook,
  "hooks.mappings.*.auth.secret": signedHook,
  "hooks.mappings.*.auth.header": signedHook,
  "hooks.mappings.*.auth.encoding": signedHook,
  "hooks.mappings.*.auth.prefix": signedHook,

  "tools.web.search.enabled": reads("tools.web.search.enabled", false),
  "tools.web.search.provider": reads("tools.web.search.provider", "brave"),
  "tools.web.search.maxResults": reads("tools.web.search.maxResults", 3),
  "tools.web.search.timeoutSeconds": reads("tools.web.search.timeoutSeconds", 9),
  "tools.web.search.cacheTtlMinutes": reads("tools.web.search.cacheTtlMinutes", 1),
  "tools.web.search.brave.apiKey": masked("tools.web.search.brave.apiKey", "a-key-of-9"),
  "tools.web.search.brave.baseUrl": reads("tools.web.search.brave.baseUrl", "https://search.test"),
  "tools.web.search.gemini.apiKey": masked("tools.web.search.gemini.apiKey", "a-key-of-9"),
  "tools.web.search.gemini.baseUrl": reads(
    "tools.web.search.gemini.baseUrl",
    "https://search.test",
  ),
  "tools.web.search.gemini.model": reads("tools.web.search.gemini.model", "another"),
  "tools.web.search.kimi.apiKey": masked("tools.web.search.kimi.apiKey", "a-key-of-9"),
  "tools.web.search.kimi.baseUrl": reads("tools.web.search.kimi.baseUrl", "https://search.test"),
  "tools.web.search.kimi.model": reads("tools.web.search.kimi.model", "another"),
  "tools.web.search.perplexity.apiKey": masked("tools.web.search.perplexity.apiKey", "a-key-of-9"),
  "tools.web.search.perplexity.baseUrl": reads(
    "tools.web.search.perplexity.baseUrl",
    "https://search.test",
  ),
  "tools.web.search.perplexity.model": reads("tools.web.search.perplexity.model", "another"),
  "tools.web.search.grok.apiKey": masked("tools.web.search.grok.apiKey", "a-key-of-9"),
  "tools.web.search.grok.baseUrl": reads("tools.web.search.grok.baseUrl", "https://search.test"),
  "tools.web.search.grok.model": reads("tools.web.search.grok.model", "another"),
  "tools.web.search.exa.apiKey": masked("tools.web.search.exa.apiKey", "a-key-of-9"),
  "tools.web.search.exa.baseUrl": reads("tools.web.search.exa.baseUrl", "https://search.test"),
  "tools.web.search.tavily.apiKey": masked("tools.web.search.tavily.apiKey", "a-key-of-9"),
  "tools.web.search.tavily.baseUrl": reads(
    "tools.web.search.tavily.baseUrl",
    "https://search.test",
  ),
  "tools.web.search.firecrawl.apiKey": masked("tools.web.search.firecrawl.apiKey", "a-key-of-9"),
  "tools.web.search.firecrawl.baseUrl": reads(
    "tools.web.search.firecrawl.baseUrl",
    "https://search.test",
  ),
  "tools.web.search.searxng.baseUrl": reads(
    "tools.web.search.searxng.baseUrl",
    "https://search.test",
  ),
  "tools.web.search.duckduckgo.baseUrl": reads(
    "tools.web.search.duckduckgo.baseUrl",
    "https://search.test",
  ),
  "tools.web.fetch.enabled": reads("tools.web.fetch.enabled", false),
  "tools.web.fetch.maxChars": reads("tools.web.fetch.maxChars", 900),
  "tools.web.fetch.maxCharsCap": reads("tools.web.fetch.maxCharsCap", 900),
  "tools.web.fetch.maxResponseBytes": reads("tools.web.fetch.maxResponseBytes", 5000),
  "tools.web.fetch.timeoutSeconds": reads("tools.web.fetch.timeoutSeconds", 9),
  "tools.web.fetch.cacheTtlMinutes": reads("tools.web.fetch.cacheTtlMinutes", 1),
  "tools.web.fetch.maxRedirects": reads("tools.web.fetch.maxRedirects", 1),
  "tools.web.fetch.readability": reads("tools.web.fetch.readability", false),
  "tools.web.fetch.userAgent": reads("tools.web.fetch.userAgent", "me"),
  "tools.web.fetch.firecrawl.enabled": reads("tools.web.fetch.firecrawl.enabled", true),
  "tools.web.fetch.firecrawl.apiKey": masked("tools.web.fetch.firecrawl.apiKey", "a-key-of-9"),
  "tools.web.fetch.firecrawl.baseUrl": reads(
    "tools.web.fetch.firecrawl.baseUrl",
    "https://search.test",
  ),
  "tools.web.fetch.firecrawl.onlyMainContent": reads(
    "tools.web.fetch.firecrawl.onlyMainContent",
    false,
  ),
  "tools.web.fetch.firecrawl.maxAgeMs": reads("tools.web.fetch.firecrawl.maxAgeMs", 5),
  "tools.web.fetch.firecrawl.timeoutSeconds": reads("tools.web.fetch.firecrawl.timeoutSeconds", 9),

  "update.baseUrl": reads("update.baseUrl", "https://updates.example"),
  "update.channel": reads("update.channel", "beta"),

  "wizard.lastRunAt": reads("wizard.lastRunAt", "2026-01-01T00:00:00.000Z"),
  "wizard.lastRunVersion": reads("wizard.lastRunVersion", "1.0.0"),
  "wizard.lastRunCommand": reads("wizard.lastRunCommand", "onboard"),
  "wizard.lastRunMode": reads("wizard.lastRunMode", "local"),
}

function minimalFor(rules: Tree): Tree {
  const tools = { byProvider: { fased: { profile: "minimal", ...rules } } }
  return { agents: { list: [{ id: "main", tools }] } }
}

const toolNames = async (gateway: TestGateway) => {
  const { groups } = await rpc(gateway, "tools.effective", { sessionKey: "agent:main:main" })
  return groups.flatMap(({ tools }: { tools: { id: string }[] }) => tools.map(({ id }) => id))
}
