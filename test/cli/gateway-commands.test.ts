import { expect, test } from "bun:test"
import { commandLine, pointingAt } from "../support/command-line.ts"
import { startFakeGateway, WireRefusal } from "../support/fake-gateway.ts"

const token = "cli-test-token-0123456789"
const now = Date.now()

const methods = {
  health: () => ({
    ok: true,
    agents: [{ agentId: "main" }],
    sessions: { count: 2, recent: [{ key: "agent:main:main", updatedAt: now - 120_000 }] },
  }),
  status: () => ({
    model: { default: "fased/guide", connected: ["fased"] },
    sessions: { count: 2, recent: [{ key: "agent:main:main", updatedAt: now - 120_000 }] },
    channelSummary: [],
  }),
  "doctor.run": () => ({
    ok: true,
    checked: 4,
    skipped: [],
    findings: [
      {
        id: "models.connected",
        title: "A model is connected",
        severity: "hint",
        explain: "Only the built-in guide can answer.",
        next: "Set OPENAI_API_KEY and restart",
      },
    ],
  }),
  "sessions.list": () => ({
    count: 1,
    totalCount: 1,
    sessions: [
      {
        key: "agent:main:main",
        updatedAt: now - 60_000,
        modelProvider: "fased",
        model: "guide",
        status: "done",
        derivedTitle: "evil \u001b]0;title\u0007 name\nsecond line",
      },
    ],
  }),
  "models.list": () => ({
    models: [
      { id: "guide", name: "Guide", provider: "fased", contextWindow: 128_000, available: true },
    ],
  }),
  "models.auth.status": () => ({
    providers: [
      {
        provider: "openai",
        status: "missing",
        effective: { kind: "missing", detail: "no key" },
        next: "Set OPENAI_API_KEY",
      },
      { provider: "fased", status: "static", effective: { kind: "local", detail: "built in" } },
    ],
  }),
}

const setting = (options: Parameters<typeof startFakeGateway>[0] = {}) => {
  const gateway = startFakeGateway({ token, methods, ...options })
  const line = commandLine(pointingAt(gateway.port, token))
  return {
    gateway,
    line,
    fased: line.fased,
    async [Symbol.asyncDispose]() {
      line[Symbol.dispose]()
      await gateway[Symbol.asyncDispose]()
    },
  }
}

/** A config that points at a port where nothing listens. */
const downSetting = async () => {
  const { gateway, line, fased } = setting()
  await gateway[Symbol.asyncDispose]()
  return { line, fased, [Symbol.dispose]: () => line[Symbol.dispose]() }
}

test("every --json command puts exactly one document on stdout and nothing on stderr", async () => {
  await using at = setting()
  const commands = [
    "health",
    "status",
    "gateway status",
    "gateway health",
    "gateway probe",
    "gateway call health",
    "sessions",
    "sessions list",
    "models list",
    "models status",
    "config validate",
    "doctor",
  ]
  for (const name of commands) {
    const { code, out, err } = await at.fased([...name.split(" "), "--json"])
    expect({ name, code, err }).toEqual({ name, code: 0, err: "" })
    expect(JSON.parse(out)).toBeObject()
  }
}, 60_000)

test("health says online in its first line", async () => {
  await using at = setting()
  const { code, out } = await at.fased(["health"])
  expect(code).toBe(0)
  expect(out.split("\n")[0]).toBe("Gateway: online")
  expect(out).toMatch(/newest agent:main:main 2 m( \d+ s)? ago/)
})

test("gateway status shows the healthy baseline, and never the token", async () => {
  await using at = setting()
  const { code, out } = await at.fased(["gateway", "status", "--require-rpc"])
  expect(code).toBe(0)
  expect(out).toContain("Runtime: running")
  expect(out).toContain("RPC probe: ok")
  expect(out).toContain(`Dashboard: http://127.0.0.1:${at.gateway.port}/\n`)
  expect(out).toContain(`Config (cli): ${at.line.configFile}`)
  expect(out).toContain(`Log file: ${at.line.state}/logs/`)
  expect(out).not.toContain(token)
})

test("status shows gateway, model, sessions and the next steps", async () => {
  await using at = setting()
  const { code, out } = await at.fased(["status"])
  expect(code).toBe(0)
  expect(out).toContain(`running at http://127.0.0.1:${at.gateway.port}/`)
  expect(out).toContain("fased/guide")
  expect(out).toContain("Only the built-in guide can answer.")
  expect(out).toContain("Set OPENAI_API_KEY and restart")
  expect(out).not.toContain(token)
})

test("status says where Tailscale stands, and what to type when it does not serve", async () => {
  const asking = async (tailscale: object) => {
    const status = () => ({ ...methods.status(), tailscale })
    await using at = setting({ methods: { ...methods, status } })
    const { tailscale: told } = JSON.parse((await at.fased(["status", "--json"])).out)
    expect(told).toEqual(tailscale)
    return (await at.fased(["status"])).out
  }
  expect(await asking({ state: "off" })).not.toContain("Tailscale")
  const url = "https://box.tail1234.ts.net/"
  expect(await asking({ state: "served", url })).toMatch(/^Tailscale +serves https:.*$/m)
  const problem = "Tailscale is not connected (\u001b[2JStopped)."
  const failed = await asking({ state: "failed", problem, next: "sudo tailscale up" })
  expect(failed).toContain("Tailscale is not connected (\\x1b[2JStopped). sudo tailscale up")
})

test("text from afar cannot act on the terminal, in tables or in JSON", async () => {
  await using at = setting()
  const human = (await at.fased(["sessions"])).out
  expect(human).not.toContain("\u001b")
  expect(human).toContain("evil \\x1b]0;title\\x07 name second line")
  const json = (await at.fased(["sessions", "--json"])).out
  // oxlint-disable-next-line no-control-regex
  expect(json).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  expect(JSON.parse(json).sessions[0].derivedTitle).toContain("\u001b]0;title")
})

test("models status names the way to connect a provider, and --check fails while only the guide can answer", async () => {
  await using at = setting()
  const { code, out } = await at.fased(["models", "status", "--check"])
  expect(code).toBe(1)
  expect(out).toContain("Set OPENAI_API_KEY")
})

test("models status says of a provider whose every sign-in rests how long and why", async () => {
  const resting = (minutes: number) => ({
    unusableUntil: Date.now() + minutes * 60_000 - 5000,
    unusableReason: "rate",
  })
  const provider = { status: "static", effective: { kind: "profiles", detail: "a" } }
  await using at = setting({
    methods: {
      ...methods,
      "models.auth.status": () => ({
        providers: [
          { ...provider, provider: "tired", profiles: [resting(25), resting(5)] },
          { ...provider, provider: "awake", profiles: [resting(5), {}] },
        ],
      }),
    },
  })
  const { out } = await at.fased(["models", "status"])
  expect(out).toMatch(/^tired +rests 5 min: rate limit/m)
  expect(out).toMatch(/^awake +ready/m)
})

test("with the gateway down, commands fail fast with the command that starts it", async () => {
  using at = await downSetting()
  const health = await at.fased(["health"])
  expect(health).toMatchObject({ code: 1, err: "" })
  expect(health.out).toMatch(/^Gateway: offline\. No gateway runs\.\n[^]*fased start/)
  for (const args of [
    ["sessions"],
    ["agent", "-m", "hi"],
    ["models", "list"],
    ["gateway", "call", "health"],
  ]) {
    const { code, out, err } = await at.fased(args)
    expect({ args, code, out }).toEqual({ args, code: 1, out: "" })
    expect(err).toContain("No gateway answers at ws://127.0.0.1:")
    expect(err).toContain("fased start")
  }
})

test("with --json a failure is still one document, and the words for people are on stderr", async () => {
  using at = await downSetting()
  const { code, out, err } = await at.fased(["health", "--json"])
  expect(code).toBe(1)
  expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: "client.unreachable" } })
  expect(err).toContain("error: No gateway answers")
})

test("diagnostics work with the gateway down, and gateway status fails only when asked to", async () => {
  using at = await downSetting()
  const status = await at.fased(["gateway", "status"])
  expect(status.code).toBe(0)
  expect(status.out).toContain("Runtime: stopped")
  expect(status.out).toContain("RPC probe: failed")
  expect((await at.fased(["gateway", "status", "--require-rpc"])).code).toBe(1)
  expect((await at.fased(["gateway", "status", "--no-probe"])).out).toContain("RPC probe: skipped")
  expect((await at.fased(["gateway", "probe"])).code).toBe(1)
  const whole = await at.fased(["status"])
  expect(whole.code).toBe(0)
  expect(whole.out).toContain("fased start")
  expect((await at.fased(["doctor"])).out).toContain("gateway not running")
})

test("diagnostics work with a config that cannot be read", async () => {
  using at = await downSetting()
  at.line.writeConfig("{ gateway: { port: 1234, \n  oops")
  const status = await at.fased(["gateway", "status"])
  expect(status.code).toBe(0)
  expect(status.out).toContain("1 problem; see: fased config validate")
  const checked = await at.fased(["config", "validate"])
  expect(checked.code).toBe(1)
  expect(checked.out).toContain("line 2")
  expect((await at.fased(["status", "--json"])).code).toBe(0)
  expect((await at.fased(["doctor"])).code).toBe(1)
})

test("a wrong token is told apart from a gateway that is down", async () => {
  await using at = setting()
  const env = { FASED_GATEWAY_TOKEN: "not-the-token-at-all" }
  at.line.announce(at.gateway.port)
  const { code, err, out } = await at.fased(["health"], { env })
  expect(code).toBe(1)
  expect(out).toStartWith("Gateway: failed. The gateway at ws://127.0.0.1:")
  expect(out).toContain("unset FASED_GATEWAY_TOKEN")
  expect(out + err).not.toContain("not-the-token-at-all")
  const status = await at.fased(["gateway", "status"], { env })
  expect(status.out).toContain("Runtime: running")
  expect(status.out).toContain("RPC probe: failed")
  const probe = await at.fased(["gateway", "probe", "--json"], { env })
  expect(probe.code).toBe(0)
  expect(JSON.parse(probe.out)).toMatchObject({
    ok: true,
    degraded: true,
    primaryTargetId: "local",
  })
})

test("--url needs a credential of its own and never gets this machine's", async () => {
  await using at = setting()
  const bare = await at.fased(["health", "--url", at.gateway.url])
  expect(bare.code).toBe(1)
  expect(bare.err).toContain("credential of its own")
  expect(at.gateway.connects).toHaveLength(0)
  expect((await at.fased(["health", "--url", at.gateway.url, "--token", token])).code).toBe(0)
  const plain = await at.fased(["health", "--url", "ws://192.0.2.1:18789", "--token", token])
  expect(plain.code).toBe(1)
  expect(plain.out).toContain("unencrypted")
})

test("the gateway's own refusal is passed on with its hint", async () => {
  await using at = setting({
    methods: {
      "sessions.reset": () => {
        throw new WireRefusal({
          code: "INVALID_REQUEST",
          message: 'No session named "x".',
          details: { code: "sessions.unknown", hint: "See what exists with: fased sessions list" },
        })
      },
    },
  })
  const { code, err } = await at.fased([
    "gateway",
    "call",
    "sessions.reset",
    "--params",
    '{"key":"x"}',
  ])
  expect(code).toBe(1)
  expect(err).toContain('error: No session named "x".')
  expect(err).toContain("fased sessions list")
})

test("gateway call passes parameters on and waits for the second answer only when asked", async () => {
  await using at = setting({
    methods: {
      agent: (params, { accept }) => (accept({ status: "accepted" }), { status: "ok", params }),
    },
  })
  const args = ["gateway", "call", "agent", "--params", '{"message":"hi"}']
  expect(JSON.parse((await at.fased(args)).out)).toEqual({ status: "accepted" })
  expect(JSON.parse((await at.fased([...args, "--expect-final"])).out)).toEqual({
    status: "ok",
    params: { message: "hi" },
  })
})

test("a gateway that takes too long is given up with its name", async () => {
  await using at = setting({ methods: { health: () => new Promise(() => {}) } })
  const { code, err } = await at.fased(["gateway", "call", "health", "--timeout", "50"])
  expect(code).toBe(1)
  expect(err).toContain("No answer to health within 0.05 s")
})

test("logs are read through the gateway, formatted, and one object a line with --json", async () => {
  const record = {
    time: "2026-01-31T08:00:00.000Z",
    level: "warn",
    subsystem: "gateway",
    message: "odd \u001b[31m",
    meta: { port: 1 },
  }
  await using at = setting({
    methods: {
      "logs.tail": () => ({ lines: [JSON.stringify(record), "not json"], cursor: 9, size: 9 }),
    },
  })
  const { out } = await at.fased(["logs"])
  expect(out).toContain("2026-01-31T08:00:00Z WARN  gateway odd \\x1b[31m port=1")
  const lines = (await at.fased(["logs", "--json"])).out
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text))
  expect(lines).toEqual([record, { message: "not json" }])
})

test("logs --follow shows what comes later and ends at Ctrl-C", async () => {
  let calls = 0
  await using at = setting({
    methods: {
      "logs.tail": ({ cursor }) => {
        calls++
        return {
          lines:
            cursor === undefined
              ? ['{"message":"first"}']
              : calls === 2
                ? ['{"message":"second"}']
                : [],
          cursor: 5,
        }
      },
    },
  })
  const child = at.line.spawn(["logs", "--follow", "--interval", "50"])
  let seen = ""
  for await (const piece of child.stdout) {
    seen += Buffer.from(piece).toString()
    if (seen.includes("second")) break
  }
  expect(seen).toContain("first")
  child.kill("SIGINT")
  expect(await child.exited).not.toBe(1)
})

test("logs are read from the file when the gateway is down", async () => {
  using at = await downSetting()
  const { mkdirSync, writeFileSync } = await import("node:fs")
  mkdirSync(`${at.line.state}/logs`)
  writeFileSync(
    `${at.line.state}/logs/fased-2026-01-31.log`,
    '{"time":"2026-01-31T08:00:00.000Z","level":"info","subsystem":"gateway","message":"listening"}\n',
  )
  const { code, out, err } = await at.fased(["logs"])
  expect(code).toBe(0)
  expect(out).toContain("gateway listening")
  expect(err).toContain("No gateway answers; reading")
})

test("dashboard prints the signed-in link and opens nothing without a screen", async () => {
  await using at = setting()
  const { code, out } = await at.fased(["dashboard"])
  expect(code).toBe(0)
  expect(out).toBe(`http://127.0.0.1:${at.gateway.port}/#token=${token}\n`)
})
