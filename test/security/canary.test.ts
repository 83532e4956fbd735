/**
 * N090: a canary in every secret of the config, written in every way there is, and looked for in
 * everything fased says. Methods, routes, events, settings and commands come from the registry, the
 * schema and the command tree, so what is new is swept the day it is added.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root, type Node } from "../../src/cli/tree.ts"
import { events, methods } from "../../src/registry.ts"
import {
  canary,
  ownToken,
  plant,
  secretPaths,
  startedWith,
  trace,
  ways,
} from "../support/canaries.ts"
import { commandLine } from "../support/command-line.ts"
import { startGateway, temporaryHome, type TestGateway } from "../support/gateway.ts"

/** Calls that are not made, and why that is right. */
const leftOut: Record<string, string> = {
  "device.token.rotate": "gives the device its new token, once; it is no secret of the config",
  "device.setup.create": "makes a code for one device; it is no secret of the config",
  "update.run": "would fetch a release",
}

/** How each command is run; the ones that are not, and why. */
const commands: Record<string, readonly string[][] | string> = {
  onboard: "asks questions; what it writes is the config, which is swept",
  setup: [[]],
  configure: "asks questions; what it writes is the config, which is swept",
  start: "runs a gateway, as this test does",
  agent: [["--message", "hello"]],
  dashboard: "its link carries the token: that is what it is for (06 §8)",
  status: [[], ["--deep"], ["--all"]],
  channels: [[]],
  "channels status": [["--probe"]],
  "channels list": [[]],
  "channels add": [["telegram", "--no-check"]],
  "channels remove": [["telegram"]],
  "channels login": [["--channel", "signal"]],
  "channels logout": [["signal"]],
  "channels start": [["telegram"]],
  "channels stop": [["telegram"]],
  "channels capabilities": [["telegram"]],
  "channels resolve": [["somebody", "--channel", "telegram"]],
  "channels logs": [[]],
  "message send": [["--channel", "telegram", "--target", "42", "--message", "x"]],
  "message broadcast": [["--targets", "42", "--channel", "telegram", "--message", "x"]],
  "message poll": [
    ["--channel", "telegram", "--target", "42", "--question", "x", "--options", "y,z"],
  ],
  "message react": [["--target", "42", "--message-id", "1", "--emoji", "x"]],
  "message edit": [["--target", "42", "--message-id", "1", "--message", "x"]],
  "message delete": [["--target", "42", "--message-id", "1"]],
  "message read": [["--target", "42"]],
  "message pin": [["--target", "42", "--message-id", "1"]],
  "message unpin": [["--target", "42", "--message-id", "1"]],
  "message action": [["nothing", "--channel", "telegram"]],
  "directory self": [["--channel", "telegram"]],
  "directory peers list": [["--channel", "telegram"]],
  "directory groups list": [["--channel", "telegram"]],
  "directory groups members": [["--channel", "telegram", "--group-id", "42"]],
  outbox: [[]],
  "outbox list": [[]],
  hooks: [[]],
  "hooks list": [["--json"]],
  "hooks info": [["session-memory"]],
  "hooks check": [[]],
  "hooks enable": [["session-memory"]],
  "hooks disable": [["session-memory"]],
  "hooks install": [["/nowhere", "--yes"]],
  plugins: [[]],
  "plugins list": [[]],
  "plugins info": [["nobody"]],
  "plugins install": [["example", "--yes"]],
  "plugins remove": [["example", "--yes"]],
  "plugins enable": [["example"]],
  "plugins disable": [["example"]],
  "plugins doctor": [[]],
  "plugin-host": "runs a plugin, in an environment without secrets",
  doctor: [[]],
  gateway: "runs a gateway, as this test does",
  "gateway run": "runs a gateway, as this test does",
  "gateway status": [[]],
  "gateway install": "would install a service on this machine; the service tests read its files",
  "gateway start": "would start a service on this machine",
  "gateway stop": "would stop a service on this machine",
  "gateway restart": "would restart a service on this machine",
  "gateway uninstall": "would remove a service from this machine",
  "gateway health": [[]],
  "gateway probe": [[]],
  "gateway discover": "asks the network, and shows what strangers say",
  "gateway tunnel": "needs another machine",
  "gateway call": [["config.get"], ["secrets.reload"], ["doctor.run"], ["status"]],
  "daemon status": [[]],
  "daemon install": "is gateway install",
  "daemon start": "is gateway start",
  "daemon stop": "is gateway stop",
  "daemon restart": "is gateway restart",
  "daemon uninstall": "is gateway uninstall",
  health: [[]],
  logs: [[], ["--limit", "1000"]],
  devices: [[]],
  tui: "is a terminal of its own; what it shows is what agent shows, which is swept",
  node: [[]],
  "node run": "stays until it is ended; what a node says and keeps is swept by test/node-host",
  "node install": "would install a service on this machine",
  "node start": "would start a service on this machine",
  "node status": [[]],
  "node stop": "would stop a service on this machine",
  "node restart": "would restart a service on this machine",
  "node uninstall": "would remove a service of this machine",
  nodes: [[]],
  "nodes list": [[]],
  "nodes status": [[]],
  "nodes pending": [[]],
  "nodes approve": [["6f6f9d3c-6a5e-4f8e-9f6a-0d8a4f1f5b21"]],
  "nodes reject": [["6f6f9d3c-6a5e-4f8e-9f6a-0d8a4f1f5b21"]],
  "nodes remove": [["--node", "nobody"]],
  "nodes rename": [["--node", "nobody", "--name", "x"]],
  "nodes describe": [["--node", "nobody"]],
  "nodes invoke": [["--node", "nobody", "--command", "system.which"]],
  "nodes camera list": [["--node", "nobody"]],
  "nodes camera snap": [["--node", "nobody"]],
  "nodes camera clip": [["--node", "nobody"]],
  "nodes screen record": [["--node", "nobody"]],
  "nodes canvas present": [["--node", "nobody"]],
  "nodes canvas hide": [["--node", "nobody"]],
  "nodes canvas navigate": [["--node", "nobody", "https://example.com"]],
  "nodes canvas eval": [["--node", "nobody", "1"]],
  "nodes canvas snapshot": [["--node", "nobody"]],
  "nodes canvas a2ui push": [["--node", "nobody", "--text", "x"]],
  "nodes canvas a2ui reset": [["--node", "nobody"]],
  "nodes location get": [["--node", "nobody"]],
  "nodes notify": [["--node", "nobody", "--title", "x", "--body", "y"]],
  "nodes run": [["--node", "nobody", "uname"]],
  "devices list": [[]],
  "devices approve": [["6f6f9d3c-6a5e-4f8e-9f6a-0d8a4f1f5b21"]],
  "devices reject": [["6f6f9d3c-6a5e-4f8e-9f6a-0d8a4f1f5b21"]],
  "devices remove": [["nobody"]],
  "devices clear": [[]],
  "devices rotate": "prints the device's new token: that is what it is for (06 §8)",
  "devices revoke": [["--device", "nobody", "--role", "operator"]],
  approvals: [[]],
  "approvals list": [[]],
  "approvals show": [["nobody"]],
  "approvals approve": [["nobody", "--yes"]],
  "approvals deny": [["nobody"]],
  "approvals get": [[]],
  "approvals set": [["--file", "/dev/null"]],
  "approvals allowlist": [[]],
  "approvals allowlist list": [[]],
  "approvals allowlist add": [["/usr/bin/no-such"]],
  "approvals allowlist remove": [["/usr/bin/no-such"]],
  "approvals policy": [[]],
  "approvals policy show": [[]],
  "approvals policy set": [["--ask", "always"]],
  "approvals policy preset": [["cautious"]],
  qr: [["--setup-code-only"]],
  agents: [[]],
  "agents list": [[]],
  "agents add": [["canary", "--model", "openai/gpt-5"]],
  "agents set-identity": [["--agent", "canary", "--name", "Canary"]],
  "agents delete": [["canary", "--force"]],
  sessions: [[]],
  "sessions list": [[]],
  "sessions show": [["main"]],
  "sessions search": [["token"], ["secret key"]],
  "sessions reset": [["nobody"]],
  "sessions patch": [["main", "--label", "canary"]],
  "sessions delete": [["nobody", "--yes"]],
  "sessions export": [["main"]],
  "sessions import": [["/dev/null"]],
  "sessions unlock": [["main"]],
  "sessions compact": [["main"]],
  "sessions cleanup": [[], ["--enforce"]],
  "sessions repair": [[]],
  pairing: [[]],
  "pairing list": [[], ["telegram"]],
  "pairing approve": [["telegram", "ABCD2345"]],
  "pairing remove": [["telegram", "42"]],
  "channels explain": [["42"]],
  "agents bindings": [[]],
  "agents bind": [["--bind", "telegram:mine"]],
  "agents unbind": [["--all"]],
  "sandbox list": [[]],
  "sandbox explain": [[]],
  "sandbox recreate": [["--all"]],
  mcp: [[]],
  "mcp list": [[]],
  "mcp tools": [[]],
  "mcp test": [["nobody"]],
  "mcp add": [["canary", "/nowhere/server"]],
  "mcp remove": [["canary"]],
  services: [[]],
  "services list": [[]],
  "services test": [["github"]],
  "services add": [["github"], ["calendar", "--paste"]],
  "services remove": [["github"]],
  "services grant": [["github", "main"]],
  "services revoke": [["github", "main"]],
  "webhooks gmail setup": [["--account", "me@example.test"]],
  "webhooks gmail run": [["--once"]],
  tools: [[]],
  "tools list": [["--all"]],
  "tools explain": [["read"]],
  skills: [["--all"]],
  "skills list": [["--all"]],
  "skills info": [["fased"]],
  "skills check": [[]],
  "skills install": [["/nowhere", "--yes"]],
  "skills update": [["--dry-run"]],
  "skills setup": [["fased", "--yes"]],
  "skills enable": [["tidy-memory"]],
  "skills disable": [["tidy-memory"]],
  "skills create": [["canary"]],
  "skills remove": [["canary", "--yes"]],
  "memory status": [[], ["--verbose"]],
  "memory search": [["secret key"]],
  "memory index": [["--force"]],
  usage: [[], ["--by", "session", "--csv"]],
  task: [[]],
  "task add": [["--every", "1h", "--message", "x", "--name", "canary"]],
  "task list": [["--all"]],
  "task show": [["canary"]],
  "task edit": [["canary", "--every", "2h"]],
  "task run": [["canary"]],
  "task runs": [[]],
  "task last": [[]],
  "task run-show": [["nobody"]],
  "task enable": [["canary"]],
  "task disable": [["canary"]],
  "task resume": [["canary"]],
  "task pause": [["canary"]],
  "task rm": [["nobody", "--yes"]],
  "task remove": [["nobody", "--yes"]],
  "task status": [[]],
  "task cancel-run": [["nobody"]],
  "task retry-run": [["nobody"]],
  "task clear-stale": [[]],
  "task audit": [[]],
  "cron add": [["--every", "1h", "--message", "x", "--name", "canary"]],
  "cron list": [["--all"]],
  "cron show": [["canary"]],
  "cron edit": [["canary", "--every", "2h"]],
  "cron run": [["canary"]],
  "cron runs": [[]],
  "cron last": [[]],
  "cron run-show": [["nobody"]],
  "cron enable": [["canary"]],
  "cron disable": [["canary"]],
  "cron resume": [["canary"]],
  "cron pause": [["canary"]],
  "cron rm": [["nobody", "--yes"]],
  "cron remove": [["nobody", "--yes"]],
  "cron status": [[]],
  "cron cancel-run": [["nobody"]],
  "cron retry-run": [["nobody"]],
  "cron clear-stale": [[]],
  "cron audit": [[]],
  "system event": [["--text", "x"]],
  "system heartbeat": [[]],
  "system heartbeat last": [[]],
  "system heartbeat disable": [[]],
  "system heartbeat enable": [[]],
  "system presence": [[]],
  "gateway usage-cost": [[]],
  "models list": [["--all"]],
  "models status": [[], ["--all", "--plain"]],
  "models set": [["openai/gpt-5"], ["nobody/none"]],
  "models set-image": [["google/gemini-2.5-pro"]],
  "models aliases list": [[]],
  "models aliases add": [["canny", "openai/gpt-5"]],
  "models aliases remove": [["canny"]],
  "models fallbacks list": [[]],
  "models fallbacks add": [["openai/gpt-5-mini"]],
  "models fallbacks remove": [["openai/gpt-5-mini"]],
  "models fallbacks clear": [[]],
  "models image-fallbacks list": [[]],
  "models image-fallbacks add": [["openai/gpt-5-mini"]],
  "models image-fallbacks remove": [["openai/gpt-5-mini"]],
  "models image-fallbacks clear": [[]],
  "models connect": [["ollama", "--base-url", "http://127.0.0.1:1/v1"]],
  "models probe": [["fased/guide"]],
  "models scan": "would ask OpenRouter; its own test reads all it says",
  "models auth": [[]],
  "models auth list": [[]],
  "models auth add": "asks for a key; what it keeps is swept",
  "models auth paste-token": "asks for a token; what it keeps is swept",
  "models auth setup-token": "asks for a token; what it keeps is swept",
  "models auth login": "opens a page; the sign-in's own test reads all it says",
  "models auth login-github-copilot": "would ask GitHub",
  "models auth remove": [["mine:nobody"]],
  "models auth order get": [["--provider", "mine"]],
  "models auth order set": [["--provider", "mine", "mine:default"]],
  "models auth order clear": [["--provider", "mine"]],
  config: "asks questions; what it writes is the config, which is swept",
  "config get": [
    [],
    ["gateway"],
    ["gateway.auth.token"],
    ["models.providers.mine.headers"],
    ["env"],
    ["secrets"],
  ],
  "config set": [
    ["logging.level", "debug"],
    ["gateway.auth.token", ownToken],
  ],
  "config unset": [["logging.level"]],
  "config patch": [['{"logging":{"level":"info"}}']],
  "config file": [[]],
  "config schema": [[], ["gateway.auth"]],
  "config validate": [[]],
  "config diff": [[]],
  "config undo": [["--list"], []],
  "secrets audit": [[], ["--check"]],
  "secrets configure": "asks questions; a test at a terminal reads its screen",
  "secrets apply": [["--from", "/dev/null"]],
  "secrets set": [["gateway.port"]],
  "security audit": [[], ["--deep"]],
  update: "would fetch a release",
  "update status": [[]],
  "backup create": "its archive holds the secrets: that is what it is for",
  "backup verify": [["/dev/null"]],
  "backup restore": [["/dev/null"]],
  reset: "would remove what the next command looks at",
  uninstall: "would remove what the next command looks at",
  completion: [["bash"]],
  man: [[]],
  complete: [["--", "config", "get", ""]],
}

const leaves = (node: Node, path: string): string[] => [
  ...(node.load && path ? [path] : []),
  ...Object.entries(node.children ?? {}).flatMap(([word, child]) =>
    leaves(child, `${path} ${word}`.trim()),
  ),
]

test("there are secrets to look for, the ones everybody has among them", () => {
  expect(secretPaths).toContain("gateway.auth.token")
  expect(secretPaths).toContain("models.providers.*.apiKey")
  expect(secretPaths).toContain("models.providers.*.headers.*")
})

test("of every command it is said how it is swept, or why it is not", () => {
  expect(leaves(root, "").filter((path) => !(path in commands))).toEqual([])
})

const runs = leaves(root, "").flatMap((path) => {
  const how = commands[path]
  return Array.isArray(how) ? how.map((args: string[]) => [...path.split(" "), ...args]) : []
})

/** What is run for every way of writing secrets, and not only once; it writes none out itself. */
const isAboutSecrets = (args: readonly string[]) =>
  !args.includes(ownToken) &&
  /^(?:config|secrets|security|status|doctor|models status|gateway status)\b/.test(args.join(" "))

describe.each(ways)("secrets written %s", (way) => {
  let home: Awaited<ReturnType<typeof temporaryHome>>
  let gateway: TestGateway
  let env: Record<string, string>
  const heard: string[] = []

  beforeAll(async () => {
    home = await temporaryHome()
    const planted = plant(way, home.path)
    env = planted.env
    const { config } = planted
    gateway = await startGateway({ home: home.path, config, env, client: { token: ownToken } })
    for (const mode of ["api_key", "token"])
      await gateway.client.request("models.auth.store", {
        profileId: mode === "token" ? "mine:token" : "mine:default",
        provider: "mine",
        mode,
        secret: canary(90),
      })
    for (const { name } of events)
      gateway.client.on(name, (_, frame) => heard.push(JSON.stringify(frame)))
  })
  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]()
    await home[Symbol.asyncDispose]()
  })

  const run = async (args: readonly string[]) => {
    using cli = commandLine()
    return await cli.fased(args, { env: { ...env, HOME: home.path } })
  }

  test("all of them are in force", async () => {
    const { out, err } = await run(["secrets", "audit", "--json"])
    expect(err).toBe("")
    const { findings } = JSON.parse(out) as { findings: { code: string }[] }
    const found = (code: string) => findings.some((finding) => finding.code === code)
    expect(found("REF_UNRESOLVED")).toBe(false)
    expect(found("PLAINTEXT_FOUND")).toBe(way === "inline")
  })

  test.each(["operator.read", "operator.write", "operator.pairing", "operator.admin"])(
    "no call answers %s with one, nor does the greeting",
    async (scope) => {
      const client = await gateway.connect({ token: ownToken, scopes: [scope] })
      expect(JSON.stringify(client.hello)).not.toMatch(trace)
      for (const { name, example } of methods)
        for (const params of [example, { [canary(50)]: 1 }, { ...example, sessionKey: {} }]) {
          if (name in leftOut) continue
          const answer = await client
            .request(name, params)
            .catch((error: Error) => ({ ...error, text: String(error) }))
          const said = JSON.stringify(answer).replaceAll(canary(50), "what was sent")
          expect(said, `${name} ${JSON.stringify(params)}`).not.toMatch(trace)
        }
    },
    20_000,
  )

  test("config.get masks every place by its name", async () => {
    const answer = JSON.stringify(await gateway.client.request("config.get", {}))
    expect(answer).not.toMatch(trace)
    for (const path of secretPaths) {
      const name = path.split(".").at(-1)!
      const chosen = path.startsWith("env") ? "MINE_" : "mine"
      expect(answer).toContain(name === "*" ? chosen : name)
    }
  })

  test("no route answers with one, whoever asks", async () => {
    const asking: Record<string, string>[] = [
      {},
      { authorization: `Bearer ${ownToken}` },
      { cookie: "a=b" },
    ]
    for (const { method, path } of gateway.running.routes)
      for (const headers of asking) {
        const url = new URL(path.replace(/:\w+|\*/g, "x"), gateway.running.url)
        const asked = /^(?:ALL|HEAD)$/.test(method) ? "GET" : method
        const response = await fetch(url, { method: asked, headers, redirect: "manual" })
        expect(await response.text(), path).not.toMatch(trace)
        expect(JSON.stringify([...response.headers]), path).not.toMatch(trace)
      }
  })

  test("the page and everything it loads hold none", async () => {
    const headers = { authorization: `Bearer ${ownToken}` }
    const page = await (await fetch(gateway.running.url, { headers })).text()
    expect(page).not.toMatch(trace)
    for (const [, path = ""] of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const asset = await fetch(new URL(path, gateway.running.url), { headers })
      expect(await asset.text(), path).not.toMatch(trace)
    }
  })

  test("no command prints one", async () => {
    const todo = (way === "inline" ? runs : runs.filter(isAboutSecrets)).flatMap((args) => [
      args,
      [...args, "--json"],
    ])
    const worker = async () => {
      for (let args = todo.shift(); args; args = todo.shift()) {
        const { out, err } = await run(args)
        expect(out + err, args.join(" ")).not.toMatch(trace)
        expect(err, args.join(" ")).not.toMatch(/inside fased went wrong|There is no command/)
      }
    }
    await Promise.all([worker(), worker()])
  }, 400_000)

  test("no event told one", () => {
    expect(heard.length).toBeGreaterThan(0)
    expect(heard.join("\n")).not.toMatch(trace)
  })

  test("no log holds one, not of those who were turned away either", async () => {
    await gateway.connect({ token: `${canary(99)}-wrong` }).catch(() => undefined)
    await fetch(`${gateway.running.url}?token=${canary(98)}`)
    await fetch(gateway.running.url, { headers: { authorization: `Bearer ${canary(97)}` } })
    const client = await gateway.connect({ token: ownToken })
    await client.request("system-event", { text: `Bearer ${canary(96)}` })
    await gateway.stop()
    for (const name of readdirSync(gateway.paths.logs))
      expect(readFileSync(join(gateway.paths.logs, name), "utf8"), name).not.toMatch(trace)
  })

  test("N092 N097: nothing else on disk holds one, and what does is its owner's alone", () => {
    const holders = (readdirSync(home.path, { recursive: true }) as string[])
      .map((name) => join(home.path, name))
      .filter((path) => statSync(path).isFile() && trace.test(readFileSync(path, "latin1")))
    for (const path of holders) expect(statSync(path).mode & 0o077, path).toBe(0)
    const isKeptThere = (path: string) =>
      path === join(home.path, "cage") ||
      path === join(home.path, ".fased/secrets.json") ||
      /fased\.db(?:-wal|-shm)?$/.test(path) ||
      (way === "inline" && /fased\.json|config-backups/.test(path))
    expect(holders.filter((path) => !isKeptThere(path))).toEqual([])
  })

  test("a command that fetches secrets is started with none", () => {
    if (way !== "exec") return expect(existsSync(startedWith(home.path))).toBe(false)
    expect(readFileSync(startedWith(home.path), "latin1")).not.toMatch(trace)
  })
})

test("a value of the wrong type is refused without being shown", async () => {
  using cli = commandLine({ gateway: { mode: "local", auth: { token: [canary(0)] } } })
  for (const args of [
    ["config", "validate"],
    ["config", "get"],
    ["doctor"],
    ["status"],
    ["security", "audit"],
    ["secrets", "audit"],
  ])
    for (const more of [[], ["--json"]]) {
      const { out, err } = await cli.fased([...args, ...more])
      expect(out + err, args.join(" ")).not.toMatch(trace)
    }
}, 20_000)

describe("a provider that fails tells nothing of what it said or holds", () => {
  const script = (text: string) => `#!/bin/sh\ncat > /dev/null\n${text}\n`
  const hostile: Record<string, string> = {
    "prints the bare secret": script(`echo '${canary(1)}'`),
    "prints broken JSON": script(`echo '{"protocolVersion":1,"values":{"a":"${canary(1)}"'`),
    "prints another version": script(`echo '{"protocolVersion":9,"values":{"a":"${canary(1)}"}}'`),
    "prints a secret that is no text": script(
      `echo '{"protocolVersion":1,"values":{"a":["${canary(1)}"]}}'`,
    ),
    "says it on standard error": script(`echo '${canary(1)}' >&2; exit 3`),
    "says it in its error message": script(
      `echo '{"protocolVersion":1,"values":{},"errors":{"a":{"message":"no: ${canary(1)}"}}}'`,
    ),
    "answers for another": script(`echo '{"protocolVersion":1,"values":{"${canary(1)}":"x"}}'`),
  }
  test.each(Object.keys(hostile))(
    "a command that %s",
    async (name) => {
      using cli = commandLine()
      const command = join(cli.home, "vault")
      writeFileSync(command, hostile[name]!, { mode: 0o700 })
      const token = { source: "exec", provider: "vault", id: "a" }
      cli.writeConfig(
        JSON.stringify({
          gateway: { mode: "local", auth: { mode: "token", token } },
          secrets: { providers: { vault: { source: "exec", command } } },
        }),
      )
      await tellsNothing(cli)
    },
    20_000,
  )

  const files: Record<string, string> = {
    "is broken JSON": `{ "a": "${canary(1)}`,
    "holds a list": JSON.stringify({ a: [canary(1)] }),
    "holds it elsewhere": JSON.stringify({ b: { c: canary(1) } }),
    "is the bare secret": canary(1),
  }
  test.each(Object.keys(files))(
    "a file that %s",
    async (name) => {
      using cli = commandLine({
        gateway: { mode: "local", auth: { mode: "token", token: { source: "file", id: "/a" } } },
      })
      writeFileSync(join(cli.state, "secrets.json"), files[name]!, { mode: 0o600 })
      await tellsNothing(cli)
    },
    20_000,
  )

  const tellsNothing = async (cli: ReturnType<typeof commandLine>) => {
    const audit = await cli.fased(["secrets", "audit", "--json"])
    expect(audit.code).toBe(2)
    for (const args of [
      ["secrets", "audit"],
      ["gateway", "run"],
      ["doctor"],
      ["status"],
      ["security", "audit"],
      ["health"],
    ]) {
      const { out, err } = await cli.fased(args, { env: { FASED_GATEWAY_PORT: "0" } })
      expect(err).not.toContain("Usage:")
      expect(out + err + audit.out, args.join(" ")).not.toMatch(trace)
    }
    const logs = join(cli.state, "logs")
    for (const name of existsSync(logs) ? readdirSync(logs) : [])
      expect(readFileSync(join(logs, name), "utf8")).not.toMatch(trace)
  }
})
