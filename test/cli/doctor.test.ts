import { expect, test } from "bun:test"
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Report } from "../../src/doctor/run.ts"
import { commandLine, pointingAt } from "../support/command-line.ts"
import { startFakeGateway } from "../support/fake-gateway.ts"
import { atTerminal, keys } from "../support/terminal.ts"

const token = "cli-test-token-0123456789"

/** A port that nobody has, also where a gateway runs on the usual one. */
const freePort = () => {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } })
  listener.stop(true)
  return listener.port
}
const healthy = { gateway: { mode: "local", port: freePort(), auth: { mode: "token", token } } }
const withStray = { gateway: { ...healthy.gateway, prot: 1 } }
const ids = ({ findings }: Report) => findings.map(({ id }) => id)
const modeOf = (path: string) => statSync(path).mode & 0o777

test("doctor groups what it finds, says what is fine in one line, and ends with the next command", async () => {
  using line = commandLine(withStray)
  chmodSync(line.state, 0o755)
  const { code, out } = await line.fased(["doctor"])
  expect(code).toBe(1)
  expect(out).toMatch(/^Problems\n {2}✗ The config file/)
  expect(out).toContain("(did you mean gateway.port?)")
  expect(out).toMatch(
    /✓ \d+ checks found nothing to say\.\n2 problems to solve\. \(.*gateway not running\)/,
  )
  expect(out).toMatch(/\nNext: .*doctor --fix\n$/)
})

test("--fix shows what differs without the secret, keeps what was there, and --undo puts it back", async () => {
  using line = commandLine({ gateway: { ...healthy.gateway, tokne: token } })
  chmodSync(line.configFile, 0o644)
  const before = readFileSync(line.configFile, "utf8")
  const fixed = await line.fased(["doctor", "--repair"])
  expect(fixed.code).toBe(0)
  expect(fixed.out).toContain("- gateway.tokne: (hidden)")
  expect(fixed.out).toContain("All is well.")
  expect(fixed.out).not.toContain(token)
  expect(modeOf(line.configFile)).toBe(0o600)
  expect(readFileSync(`${line.configFile}.bak`, "utf8")).toBe(before)

  const again = await line.fased(["doctor", "--fix"])
  expect(again.out).not.toContain("fixed:")
  const listed = JSON.parse((await line.fased(["doctor", "--undo", "--list", "--json"])).out)
  expect(listed.runs).toHaveLength(1)
  expect(modeOf(listed.runs[0].folder)).toBe(0o700)

  const undone = await line.fased(["doctor", "--undo"])
  expect({ code: undone.code, err: undone.err }).toEqual({ code: 0, err: "" })
  expect(undone.out).toContain(line.configFile)
  expect(readFileSync(line.configFile, "utf8")).toBe(before)
  expect(modeOf(line.configFile)).toBe(0o644)
  expect(existsSync(`${line.configFile}.bak`)).toBe(false)
}, 30_000)

test("--non-interactive only brings the instance's own files up to date", async () => {
  using line = commandLine(withStray)
  const { out } = await line.fased(["doctor", "--non-interactive", "--fix", "--json"])
  const done = JSON.parse(out)
  expect(done.repairs).toMatchObject([
    { id: "config.valid", state: "fixed" },
    { id: "agents.workspace", state: "declined" },
  ])
  expect(existsSync(join(line.state, "workspace"))).toBe(false)
  expect(JSON.parse(readFileSync(line.configFile, "utf8"))).toEqual(healthy)
})

test("without --fix and without a terminal nothing is changed", async () => {
  using line = commandLine(withStray)
  const before = readFileSync(line.configFile, "utf8")
  for (const flags of [[], ["--json"], ["--deep"], ["--force"]])
    await line.fased(["doctor", ...flags])
  expect(readFileSync(line.configFile, "utf8")).toBe(before)
  expect(existsSync(join(line.state, "doctor"))).toBe(false)
}, 30_000)

test("a database is only replaced with --force, and comes back", async () => {
  using line = commandLine(healthy)
  const database = join(line.state, "fased.db")
  writeFileSync(database, "no database at all", { mode: 0o600 })
  const careful = await line.fased(["doctor", "--fix"])
  expect(careful.code).toBe(1)
  expect(careful.out).toContain("doctor --fix --force will: Set it aside")
  expect(readFileSync(database, "utf8")).toBe("no database at all")
  const forced = await line.fased(["doctor", "--fix", "--force"])
  expect(forced.code).toBe(0)
  expect(readFileSync(`${database}.damaged-1`, "utf8")).toBe("no database at all")
  await line.fased(["doctor", "--undo"])
  expect(readFileSync(database, "utf8")).toBe("no database at all")
}, 30_000)

test("--generate-gateway-token writes a new one, never shows it, and leaves a reference alone", async () => {
  using line = commandLine(healthy)
  const { code, out } = await line.fased(["doctor", "--generate-gateway-token"])
  const { token: made } = JSON.parse(readFileSync(line.configFile, "utf8")).gateway.auth
  expect({ code, isNew: made !== token, length: made.length }).toEqual({
    code: 0,
    isNew: true,
    length: 64,
  })
  expect(out).not.toContain(made)
  await line.fased(["doctor", "--undo"])
  expect(JSON.parse(readFileSync(line.configFile, "utf8"))).toEqual(healthy)

  const ref = { source: "env", id: "MY_TOKEN" }
  line.writeConfig(
    JSON.stringify({ gateway: { ...healthy.gateway, auth: { mode: "token", token: ref } } }),
  )
  const refused = await line.fased(["doctor", "--generate-gateway-token"], {
    env: { MY_TOKEN: token },
  })
  expect(refused.out).toContain("failed: Write a new gateway.auth.token")
  expect(refused.out).toContain("kept outside the config")
}, 30_000)

test("--no-workspace-suggestions leaves out advice on the agents' folders", async () => {
  using line = commandLine(healthy)
  await line.fased(["setup"])
  const folder = { agents: { defaults: { workspace: join(line.home, "work") } } }
  line.writeConfig(JSON.stringify({ ...healthy, ...folder }))
  await Bun.write(join(line.home, "work", "AGENTS.md"), "Be kind.")
  const look = async (...flags: string[]) =>
    ids(JSON.parse((await line.fased(["doctor", "--json", ...flags])).out))
  expect(await look()).toContain("agents.workspace-history")
  expect(await look("--no-workspace-suggestions")).not.toContain("agents.workspace-history")
}, 30_000)

test("the word of a running gateway counts, but for what depends on the shell", async () => {
  const said = {
    ok: true,
    checked: 9,
    skipped: [],
    findings: [{ id: "world.end", title: "The end", severity: "warn", explain: "It is near." }],
  }
  await using gateway = startFakeGateway({ token, methods: { "doctor.run": () => said } })
  using line = commandLine({ ...pointingAt(gateway.port), tools: { deny: ["teleport"] } })
  writeFileSync(join(line.state, "fased.db"), "no database at all", { mode: 0o600 })
  const { code, out } = await line.fased(["doctor", "--json"])
  const report = JSON.parse(out)
  expect({ code, gateway: report.gateway }).toEqual({ code: 1, gateway: "running" })
  // The tools it judges itself; the file of the database is looked at from here.
  expect(
    ids(report)
      .filter((id) => id !== "gateway.version")
      .toSorted(),
  ).toEqual(["store.database", "world.end"])
})

test("a gateway that refuses is told, and the files are looked at all the same", async () => {
  await using gateway = startFakeGateway({ token: "another-token-0123456789" })
  using line = commandLine(pointingAt(gateway.port))
  const { out } = await line.fased(["doctor", "--json"])
  const report = JSON.parse(out)
  expect(report.gateway).toBe("not answering")
  expect(ids(report)).toEqual(expect.arrayContaining(["gateway.lets-in", "agents.workspace"]))
})

test("the gateway of another machine is left to that machine", async () => {
  using line = commandLine({
    gateway: { mode: "remote", remote: { url: "wss://far.example", token } },
  })
  const { out } = await line.fased(["doctor"])
  expect(out).toContain("The gateway is on another machine (wss://far.example")
  expect(out).toContain("gateway elsewhere)")
})

test("secrets that move out of the config leave the doctor's copies, too", async () => {
  using line = commandLine({
    ...withStray,
    models: { providers: { openai: { apiKey: "sk-moved-0123456789" } } },
  })
  await line.fased(["doctor", "--fix"])
  const { folder } = JSON.parse((await line.fased(["doctor", "--undo", "--list", "--json"])).out)
    .runs[0]
  const kept = () =>
    [...new Bun.Glob("*").scanSync(folder)]
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("")
  expect(kept()).toContain("sk-moved-0123456789")
  const set = await line.fased(["secrets", "set", "models.providers.openai.apiKey"], {
    stdin: "sk-moved-0123456789",
  })
  expect(set.code).toBe(0)
  expect(kept()).not.toContain("sk-moved-0123456789")
}, 30_000)

const asking = (line: { home: string }, ...flags: string[]) =>
  atTerminal([process.execPath, join(import.meta.dir, "../../src/main.ts"), "doctor", ...flags], {
    cwd: line.home,
    env: { PATH: "/usr/bin:/bin", HOME: line.home },
    cols: 80,
    rows: 40,
  })

test("at a terminal each repair is shown and asked for; what is declined stays", async () => {
  using line = commandLine(withStray)
  chmodSync(line.state, 0o755)
  await using terminal = asking(line)
  await terminal.sees("2 problems to solve.")
  await terminal.sees("- gateway.prot: (hidden)")
  await terminal.sees("Do it?")
  terminal.type(keys.enter)
  await terminal.sees("chmod 700")
  await terminal.sees("Do it?")
  terminal.type("n")
  await terminal.sees("missing")
  await terminal.sees("Do it?")
  terminal.type(keys.interrupt)
  expect(await terminal.exited).toBe(1)
  expect(JSON.parse(readFileSync(line.configFile, "utf8"))).toEqual(healthy)
  expect(modeOf(line.state)).toBe(0o755)
  expect(existsSync(join(line.state, "workspace"))).toBe(false)
  for (const row of terminal.screen().split("\n"))
    if (!row.includes(line.state)) expect(row.trimEnd().length).toBeLessThanOrEqual(80)
}, 20_000)

test("at a terminal --yes asks nothing, and --force asks before what is lost with No at hand", async () => {
  using line = commandLine(healthy)
  const database = join(line.state, "fased.db")
  writeFileSync(database, "no database at all", { mode: 0o600 })
  await using yes = asking(line, "--yes")
  expect(await yes.exited).toBe(1)
  expect(yes.screen()).not.toContain("Do it?")
  expect(existsSync(join(line.state, "workspace"))).toBe(true)
  await using careful = asking(line, "--force")
  await careful.sees("Set it aside")
  await careful.sees("Do it?")
  careful.type(keys.enter)
  expect(await careful.exited).toBe(1)
  expect(readFileSync(database, "utf8")).toBe("no database at all")
}, 20_000)
