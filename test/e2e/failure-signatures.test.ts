/** The words people and scripts look for in what the binary says, kept word for word. */
import { expect, test } from "bun:test"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { freePort, freshHome, testToken } from "../support/binary.ts"
import type { Home } from "../support/binary.ts"
import { rawDevice } from "../support/raw-device.ts"
import type { RawDevice } from "../support/raw-device.ts"
import { attempt, connectWith } from "../support/raw-socket.ts"

type Produce = (home: Home) => Promise<string>

const words = ({ out, err }: { out: string; err: string }) => out + err

/** What a command says. */
const saying =
  (line: string, config?: Parameters<Home["configure"]>[0]): Produce =>
  async (home) => {
    if (config) home.configure(config)
    return words(await home.fased(line.split(" ")))
  }

/** What a running gateway answers to a connect, and how it closes. */
const answering =
  (params: object | ((nonce: string) => object), headers?: Record<string, string>): Produce =>
  async (home) => {
    home.configure({})
    await using gateway = await home.start()
    await using socket = await attempt(gateway.wsUrl, params, headers)
    const { code, reason } = await socket.closed
    return `${JSON.stringify(socket.answer?.error)} disconnected (${code}): ${reason}`
  }

/** What `gateway status` says where nothing listens. */
const sayingDown: Produce = async (home) =>
  saying("gateway status", { gateway: { port: await freePort() } })(home)

const device = (make: (device: RawDevice, nonce: string) => object) => {
  const someone = rawDevice()
  return (nonce: string) => make(someone, nonce)
}
const auth = { token: testToken }
const proof = (more: object) =>
  device((someone, nonce) => someone.connect({ auth, nonce, signedAt: Date.now(), ...more }))

const proxyHeaders = { "x-forwarded-for": "192.0.2.7", "x-forwarded-user": "ada", "x-team": "core" }
const behindProxy =
  (headers: object): Produce =>
  async (home) => {
    const trustedProxy = {
      userHeader: "X-Forwarded-User",
      requiredHeaders: ["X-Team"],
      allowUsers: ["ada"],
    }
    home.configure({
      gateway: {
        bind: "lan",
        trustedProxies: ["127.0.0.1"],
        controlUi: { allowedOrigins: ["https://fased.example"] },
        auth: { mode: "trusted-proxy", trustedProxy },
      },
    })
    const port = await freePort()
    await using gateway = home.spawn(["gateway", "run", "--port", `${port}`])
    await gateway.printed("listening")
    const given = { ...proxyHeaders, ...headers }
    await using socket = await attempt(`ws://127.0.0.1:${port}`, connectWith({ auth: {} }), given)
    return JSON.stringify(socket.answer?.error)
  }

/** A gateway whose token stands in a file, which goes away and comes back. */
const losingItsSecret =
  (comesBack: boolean): Produce =>
  async (home) => {
    const file = join(home.state, "secrets.json")
    const token = { source: "file", id: "/gateway/token" }
    home.configure({ gateway: { auth: { mode: "token", token } } })
    const keep = () =>
      writeFileSync(file, JSON.stringify({ gateway: { token: testToken } }), { mode: 0o600 })
    keep()
    await using gateway = await home.start()
    const reload = ["gateway", "call", "secrets.reload", "--token", testToken]
    const port = ["--port", `${gateway.port}`]
    rmSync(file)
    await home.fased([...reload, ...port])
    if (comesBack) {
      keep()
      await home.fased([...reload, ...port])
    }
    return words(await home.fased(["logs", ...port, "--token", testToken]))
  }

const signatures: Record<string, Produce> = {
  "refusing to bind gateway to 0.0.0.0 without auth": saying(
    "gateway run --bind lan --auth none --allow-unconfigured",
  ),
  "another gateway instance is already listening": async (home) => {
    home.configure({})
    await using gateway = await home.start()
    await using other = freshHome(join(home.path, "other"))
    other.configure({})
    return words(await other.fased(["gateway", "run", "--port", `${gateway.port}`]))
  },
  EADDRINUSE: async (home) => {
    await using other = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => new Response(),
    })
    return await saying(`gateway run --port ${other.port}`, {})(home)
  },
  "failed to bind gateway socket on": saying("gateway run", {
    gateway: { bind: "custom", customBindHost: "192.0.2.1", controlUi: { enabled: false } },
  }),
  "Gateway start blocked: set gateway.mode=local": saying("gateway run", "{}"),
  unauthorized: answering(connectWith({ auth: { token: "not-the-token-0123456789abcdef" } })),
  "device identity required": answering(connectWith({ role: "node", scopes: [] })),
  "device nonce required": answering(proof({ nonce: "" })),
  "device nonce mismatch": answering(proof({ nonce: "of-another-day" })),
  "device signature invalid": answering(
    device((someone, nonce) => {
      const params = someone.connect({ auth, nonce, signedAt: Date.now() })
      return { ...params, device: { ...params.device, signature: someone.signed("no") } }
    }),
  ),
  "device signature expired": answering(proof({ signedAt: Date.now() - 3_600_000 })),
  "pairing required": answering(proof({}), { "x-forwarded-for": "203.0.113.9" }),
  "disconnected (1008): pairing required": answering(proof({}), {
    "x-forwarded-for": "203.0.113.9",
  }),
  "gateway connect failed:": sayingDown,
  "RPC probe: failed": async (home) => {
    home.configure({})
    await using _gateway = await home.start()
    return words(await home.fased(["gateway", "status", "--token", "wrong-0123456789abcdef"]))
  },
  "Runtime: stopped": sayingDown,
  "Config (service)": async (home) => {
    const units = join(home.path, ".config", "systemd", "user")
    mkdirSync(units, { recursive: true })
    const unit = `[Service]\nExecStart=/usr/bin/fased gateway run\nEnvironment=FASED_STATE_DIR=${home.path}/elsewhere\n`
    writeFileSync(join(units, "ai.fased.gateway.service"), unit)
    return await saying("gateway status", {})(home)
  },
  "Config (cli)": saying("gateway status", {}),
  trusted_proxy_untrusted_source: behindProxy({ "x-forwarded-for": "127.0.0.1, x" }),
  trusted_proxy_user_missing: behindProxy({ "x-forwarded-user": "" }),
  "trusted_proxy_missing_header_X-Team": behindProxy({ "x-team": "" }),
  trusted_proxy_user_not_allowed: behindProxy({ "x-forwarded-user": "eve" }),
  SECRETS_RELOADER_DEGRADED: losingItsSecret(false),
  SECRETS_RELOADER_RECOVERED: losingItsSecret(true),
  SECRETS_REF_OVERRIDES_PLAINTEXT: async (home) => {
    const token = { source: "env", id: "KEPT" }
    home.configure({ gateway: { auth: { mode: "token", token } } })
    const env = { KEPT: testToken, FASED_GATEWAY_TOKEN: "old-0123456789abcdef0123456789" }
    await using gateway = await home.start({ env })
    return gateway.err() + words(await home.fased(["logs"], { env }))
  },
  "Invalid plan target path for models.providers.apiKey: models.providers.openai.baseUrl": async (
    home,
  ) => {
    home.configure({ models: { providers: { openai: { apiKey: "sk-0123456789abcdef" } } } })
    const plan = join(home.path, "plan.json")
    const target = { type: "models.providers.apiKey", path: "models.providers.openai.baseUrl" }
    const ref = { source: "env", id: "X" }
    const text = JSON.stringify({ version: 1, protocolVersion: 1, targets: [{ ...target, ref }] })
    writeFileSync(plan, text)
    return words(await home.fased(["secrets", "apply", "--from", plan]))
  },
  "[chat.history omitted: message too large]": async (home) => {
    home.configure({})
    await using gateway = await home.start()
    await using socket = await attempt(gateway.wsUrl, connectWith({ auth }))
    const note = { sessionKey: "main", message: "x".repeat(200_000) }
    await socket.request("chat.inject", note)
    return JSON.stringify(await socket.request("chat.history", { sessionKey: "main" }))
  },
  "config reload skipped (invalid config)": async (home) => {
    home.configure({})
    await using gateway = await home.start()
    home.configure({ gateway: { prot: 1 } })
    await gateway.printed("config reload skipped (invalid config)")
    return words(await home.fased(["logs"]))
  },
  "cron: scheduler disabled; jobs will not run automatically": async (home) => {
    home.configure({})
    {
      await using gateway = await home.start()
      const args = ["task", "add", "--every", "1h", "--message", "x", "--port", `${gateway.port}`]
      expect((await home.fased(args)).code).toBe(0)
    }
    home.configure({ cron: { enabled: false } })
    await using gateway = await home.start()
    await gateway.printed("scheduler disabled")
    return words(await home.fased(["logs"]))
  },
  "heartbeat skipped": async (home) => {
    home.configure({ agents: { defaults: { heartbeat: { session: "telegram:group:-1001" } } } })
    await using gateway = await home.start()
    const args = ["system", "event", "--text", "x", "--mode", "now", "--port", `${gateway.port}`]
    expect((await home.fased(args)).code).toBe(0)
    await gateway.printed("heartbeat skipped")
    return words(await home.fased(["logs"]))
  },
}

/** In the contract's table too; what says them is not in this version, or has tests of its own. */
const later = {
  "cron: timer tick failed": "a disk that fails: test/cron/scheduler.test.ts",
  "reason=requests-in-flight": "test/heartbeat/heartbeats.test.ts",
  "reason=alerts-disabled": "test/heartbeat/places.test.ts",
  "reason=dm-blocked": "test/heartbeat/places.test.ts",
  "heartbeat: unknown accountId": "test/heartbeat/places.test.ts",
  "drop guild message (mention required": "channels",
  "mention required": "channels",
  "pairing request": "channels: a sender who writes for the first time",
  "blocked / allowlist": "channels: who may be heard",
  "missing_scope, not_in_channel, Forbidden, 401/403": "channels: a network's own refusals",
  NODE_BACKGROUND_UNAVAILABLE: "paired phones and desktops",
  "*_PERMISSION_REQUIRED": "paired phones and desktops",
  "SYSTEM_RUN_DENIED: approval required / allowlist miss": "approvals of commands",
  "Failed to start Chrome CDP on port, browser.executablePath not found, …": "browser control",
  "bonjour: advertise failed, … conflict resolved, watchdog …":
    "discovery, whose own tests have a network to fail on",
}

test.each(Object.entries(signatures))("%s", async (signature, produce) => {
  await using home = freshHome()
  expect(await produce(home)).toContain(signature)
})

test("a signature is either said by this version, or waits for what will say it", () => {
  expect(Object.keys(later).filter((signature) => signature in signatures)).toEqual([])
})
