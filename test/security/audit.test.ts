import { describe, expect, test } from "bun:test"
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { severities } from "../../src/kernel/risk.ts"
import { risks } from "../../src/registry.ts"
import { probes } from "../../src/security/probe.ts"
import type { AuditReport } from "../../src/security/audit.ts"
import { commandLine } from "../support/command-line.ts"
import { startGateway, testToken } from "../support/gateway.ts"

type Config = Record<string, unknown>
const token = "an-audit-test-token-of-enough-length"
const local = (gateway: Config = {}, more: Config = {}) => ({
  gateway: { mode: "local", auth: { token }, ...gateway },
  ...more,
})
const provider = (baseUrl: string, more: Config = {}) => ({
  models: { providers: { mine: { baseUrl, ...more } } },
})

/** Runs the audit on a config of its own. */
const auditOf = async (config: Config, env: Record<string, string> = {}) => {
  using cli = commandLine(config)
  const { out, code } = await cli.fased(["security", "audit", "--json"], { env })
  return { ...(JSON.parse(out) as AuditReport), code }
}

test("a fresh gateway's own config has nothing to report", async () => {
  expect(await auditOf(local())).toEqual({
    summary: { critical: 0, warn: 0, info: 0 },
    findings: [],
    code: 0,
  })
})

const behindProxy = (trustedProxy: Config, more: Config = {}) =>
  local({
    bind: "lan",
    controlUi: { enabled: false },
    trustedProxies: ["10.0.0.2"],
    auth: { mode: "trusted-proxy", trustedProxy },
    ...more,
  })
const user = { userHeader: "x-user", allowUsers: ["ada"] }
const proxied: [what: string, config: Config, checkId: string, severity: string][] = [
  ["sign-in by proxy", behindProxy(user), "gateway.trusted_proxy_auth", "critical"],
  [
    "sign-in by a proxy that is not named",
    behindProxy(user, { trustedProxies: [] }),
    "gateway.trusted_proxy_no_proxies",
    "critical",
  ],
  [
    "sign-in by proxy without a user",
    behindProxy({ allowUsers: ["ada"] }),
    "gateway.trusted_proxy_no_user_header",
    "critical",
  ],
  [
    "sign-in of everyone a proxy knows",
    behindProxy({ userHeader: "x-user" }),
    "gateway.trusted_proxy_no_allowlist",
    "warn",
  ],
  [
    "a network of proxies",
    local({ trustedProxies: ["10.0.0.0/8"] }),
    "gateway.trusted_proxy_wide_network",
    "warn",
  ],
  [
    "a page elsewhere and no proxy",
    local({ controlUi: { allowedOrigins: ["https://fased.example.com"] } }),
    "gateway.trusted_proxies_missing",
    "warn",
  ],
  ["X-Real-IP", local({ allowRealIpFallback: true }), "gateway.real_ip_fallback_enabled", "warn"],
  [
    "the network without TLS",
    local({ bind: "lan", controlUi: { enabled: false } }),
    "gateway.bind_no_tls",
    "warn",
  ],
  [
    "a thousand tries",
    local({
      bind: "lan",
      controlUi: { enabled: false },
      auth: { token, rateLimit: { maxAttempts: 1000 } },
    }),
    "gateway.auth_no_rate_limit",
    "warn",
  ],
]

const rows: [what: string, config: Config, checkId: string, severity: string][] = [
  [
    "a port open to the network without a secret",
    { gateway: { mode: "local", bind: "lan", controlUi: { enabled: false } } },
    "gateway.bind_no_auth",
    "critical",
  ],
  ["no secret at all", { gateway: { mode: "local" } }, "gateway.loopback_no_auth", "critical"],
  [
    "a token that is a placeholder",
    local({ auth: { token: "changeme" } }),
    "gateway.token_too_short",
    "critical",
  ],
  [
    "a token of 16 characters",
    local({ auth: { token: "x7Fq29mLp0aVz3Kd" } }),
    "gateway.token_too_short",
    "warn",
  ],
  [
    "a page on the network without origins",
    local({ bind: "lan" }),
    "gateway.control_ui.allowed_origins_required",
    "critical",
  ],
  [
    "an origin with a star",
    local({ controlUi: { allowedOrigins: ["https://*.example.com"] } }),
    "gateway.control_ui.allowed_origins_wildcard",
    "warn",
  ],
  [
    "trust in the Host header",
    local({ controlUi: { dangerouslyAllowHostHeaderOriginFallback: true } }),
    "gateway.control_ui.host_header_origin_fallback",
    "warn",
  ],
  [
    "trust in the Host header, on the network",
    local({ bind: "lan", controlUi: { dangerouslyAllowHostHeaderOriginFallback: true } }),
    "gateway.control_ui.host_header_origin_fallback",
    "critical",
  ],
  [
    "any setting named dangerous",
    local({ controlUi: { dangerouslyAllowHostHeaderOriginFallback: true } }),
    "config.insecure_or_dangerous_flags",
    "warn",
  ],
  ["a funnel", local({ tailscale: { mode: "funnel" } }), "gateway.tailscale_funnel", "critical"],
  ["serve", local({ tailscale: { mode: "serve" } }), "gateway.tailscale_serve", "info"],
  [
    "a password in the config",
    local({ auth: { password: "correct horse battery staple" } }),
    "config.secrets.gateway_password_in_config",
    "warn",
  ],
  [
    "a key in the config",
    local({}, provider("https://api.example.com/v1", { apiKey: "k-123" })),
    "config.secrets.plaintext",
    "warn",
  ],
  [
    "a secret header in the config",
    local({}, provider("https://api.example.com/v1", { headers: { "x-key": "k-123" } })),
    "config.secrets.plaintext",
    "warn",
  ],
  [
    "a log without masks",
    local({}, { logging: { redactSensitive: "off" } }),
    "logging.redact_off",
    "warn",
  ],
  [
    "masks of one's own",
    local({}, { logging: { redactPatterns: ["x"] } }),
    "logging.redact_patterns_replaced",
    "info",
  ],
  [
    "file tools without a fence",
    local({}, { tools: { fs: { workspaceOnly: false } } }),
    "tools.fs.workspace_only_off",
    "warn",
  ],
  [
    "a model over plain HTTP",
    local({}, provider("http://models.example.com/v1")),
    "models.plain_http",
    "warn",
  ],
  [
    "a model in the LAN",
    local({}, provider("http://192.168.1.7/v1")),
    "models.private_network",
    "info",
  ],
  ...proxied,
  ["a config nobody can read", { gateway: 7 }, "config.invalid", "critical"],
]

describe("the audit tells of", () => {
  test.each(rows)("%s", async (_, config, checkId, severity) => {
    const { findings, summary, code } = await auditOf(config)
    expect(findings.map((one) => [one.checkId, one.severity])).toContainEqual([checkId, severity])
    expect(code).toBe(summary.critical ? 1 : 0)
    const ranks = findings.map((one) => severities.indexOf(one.severity))
    expect(ranks).toEqual(ranks.toSorted())
  })
})

test("a secret that is a reference is where it should be, and never printed", async () => {
  const key = "sk-canary-0123456789abcdef"
  const headers = { "x-key": "${MY_KEY}" }
  const config = local({}, provider("https://api.example.com/v1", { apiKey: "${MY_KEY}", headers }))
  const { findings } = await auditOf(config, { MY_KEY: key })
  expect(findings).toEqual([])
})

test("no finding shows a secret it is about", async () => {
  const secret = "pw-canary-0123456789abcdef"
  const config = local(
    { auth: { password: secret } },
    provider("http://user:canary-login@models.example.com/v1", { apiKey: "sk-canary-key" }),
  )
  using cli = commandLine(config)
  for (const args of [[], ["--json"], ["--deep"]]) {
    const { out, err } = await cli.fased(["security", "audit", ...args])
    expect(out + err).not.toContain("canary")
  }
})

test("a name that people choose is no dangerous setting", async () => {
  const mine = { dangerous: { baseUrl: "https://api.example.com/v1" } }
  const { findings } = await auditOf(local({}, { models: { providers: mine } }))
  expect(findings).toEqual([])
})

describe("files others can get at", () => {
  const modes: [path: string, mode: number, checkId: string, severity: string][] = [
    [".", 0o755, "fs.state_dir.perms_world_readable", "warn"],
    [".", 0o777, "fs.state_dir.perms_writable", "critical"],
    ["fased.json", 0o640, "fs.config.perms_group_readable", "warn"],
    ["fased.json", 0o644, "fs.config.perms_world_readable", "critical"],
    ["fased.json", 0o666, "fs.config.perms_writable", "critical"],
    ["fased.json.bak", 0o644, "fs.config.perms_world_readable", "critical"],
    [".env", 0o644, "fs.env.perms_world_readable", "critical"],
    ["secrets.json", 0o644, "fs.secrets.perms_world_readable", "critical"],
    ["fased.db", 0o644, "fs.database.perms_world_readable", "critical"],
    ["fased.db-wal", 0o660, "fs.database_copies.perms_writable", "critical"],
    ["fased.db.before-7", 0o644, "fs.database_copies.perms_world_readable", "critical"],
    ["identity/device.json", 0o644, "fs.identity.perms_world_readable", "critical"],
    ["tls/gateway.pem", 0o644, "fs.tls.perms_world_readable", "critical"],
    ["logs/fased-2026-01-01.log", 0o644, "fs.logs.perms_world_readable", "warn"],
    ["logs", 0o750, "fs.logs.perms_group_readable", "warn"],
  ]
  test.each(modes)(
    "%s with mode %o, until --fix closes it",
    async (name, mode, checkId, severity) => {
      using cli = commandLine(local())
      const path = join(cli.state, name)
      if (name.includes("/")) mkdirSync(join(path, ".."), { mode: 0o700 })
      if (name === "logs") mkdirSync(path)
      else if (name !== "." && name !== "fased.json") writeFileSync(path, "{}")
      chmodSync(path, mode)
      const told = JSON.parse((await cli.fased(["security", "audit", "--json"])).out) as AuditReport
      expect(told.findings.map((one) => [one.checkId, one.severity])).toEqual([[checkId, severity]])

      const fixed = await cli.fased(["security", "audit", "--fix", "--json"])
      expect(JSON.parse(fixed.out)).toMatchObject({
        fix: { ok: true, changes: [{ checkId, ok: true }] },
        report: { findings: [] },
      })
      expect(fixed.code).toBe(0)
      expect(statSync(path).mode & 0o077).toBe(0)
    },
  )
})

test("--fix changes nothing but modes and the log's masks", async () => {
  const config = {
    ...local({ bind: "lan", auth: { token: "changeme", password: "changeme" } }),
    logging: { redactSensitive: "off" },
    tools: { fs: { workspaceOnly: false }, profile: "full" },
  }
  using cli = commandLine(config)
  const { code } = await cli.fased(["security", "audit", "--fix"])
  expect(code).toBe(1)
  expect(JSON.parse(readFileSync(cli.configFile, "utf8"))).toEqual({
    ...config,
    logging: { redactSensitive: "tools" },
  })
})

test("people read it in groups, with what to do", async () => {
  using cli = commandLine(local({}, { logging: { redactSensitive: "off" } }))
  chmodSync(cli.configFile, 0o644)
  const { out, code } = await cli.fased(["security", "audit"])
  expect(code).toBe(1)
  expect(out).toMatch(/^Critical\n {2}✗ Others on this machine can read the config \(fs\.config/)
  expect(out).toContain("Worth changing\n  ! Secrets are written to the log (logging.redact_off)")
  expect(out).toContain("→ fased config set logging.redactSensitive tools")
  expect(out).toContain("Not safe. 1 critical, 1 to change, 0 to know")
  expect(out).toContain("fased security audit --fix")
})

describe("--deep", () => {
  test("says when there is no gateway to knock at", async () => {
    using cli = commandLine(local())
    const { out, code } = await cli.fased(["security", "audit", "--deep", "--json"])
    expect((JSON.parse(out) as AuditReport).findings).toMatchObject([
      { checkId: "gateway.probe_failed", severity: "info" },
    ])
    expect(code).toBe(0)
  })

  const deepAudit = async (home: string) => {
    using cli = commandLine()
    const { out } = await cli.fased(["security", "audit", "--deep", "--json"], {
      env: { HOME: home },
    })
    return (JSON.parse(out) as AuditReport).findings.map(({ checkId }) => checkId)
  }

  test("finds nothing at a gateway as it comes", async () => {
    await using gateway = await startGateway()
    expect(await deepAudit(gateway.home)).toEqual([])
  })

  test("finds nothing at one that serves TLS, and reaches it", async () => {
    const config = { gateway: { tls: { enabled: true } } }
    await using gateway = await startGateway({ config })
    expect(await deepAudit(gateway.home)).toEqual([])
  })

  test("finds a gateway without auth, which the config does not show", async () => {
    await using gateway = await startGateway({ start: { auth: "none" } })
    expect(await deepAudit(gateway.home)).toEqual(["gateway.probe_no_auth"])
  })

  test("finds a gateway that goes by any name", async () => {
    const controlUi = { dangerouslyAllowHostHeaderOriginFallback: true }
    await using gateway = await startGateway({ config: { gateway: { controlUi } } })
    expect(await deepAudit(gateway.home)).toContain("gateway.probe_foreign_host")
  })

  test("shows nobody the token", async () => {
    await using gateway = await startGateway()
    await deepAudit(gateway.home)
    await gateway.stop()
    expect(readFileSync(gateway.running.logFile, "utf8")).not.toContain(testToken)
  })
})

test("check ids are unique and in the contract's form", () => {
  const ids = [...risks, ...probes].map(({ id }) => id)
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  expect(ids.filter((id) => !/^[a-z_]+(\.[a-z_]+)+$/.test(id))).toEqual([])
})
