import { afterEach, expect, test } from "bun:test"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { planRemoval, remove } from "../../src/backup/uninstall.ts"
import { commandLine } from "../support/command-line.ts"

const lines: ReturnType<typeof commandLine>[] = []
afterEach(() => lines.splice(0).forEach((line) => line[Symbol.dispose]()))

const livedIn = () => {
  const line = commandLine({})
  lines.push(line)
  const put = (path: string, text = path) => {
    mkdirSync(join(line.state, path, ".."), { recursive: true })
    writeFileSync(join(line.state, path), text)
  }
  for (const path of [
    "fased.json.bak",
    "fased.db",
    "fased.db-wal",
    "fased.db.before-3",
    ".env",
    "secrets.json",
    "identity/device.json",
    "logs/a.log",
    "workspace/AGENTS.md",
  ])
    put(path)
  const outside = join(line.home, "outside")
  mkdirSync(outside)
  writeFileSync(join(outside, "precious"), "mine")
  symlinkSync(outside, join(line.state, "link"))
  return { ...line, outside, names: () => readdirSync(line.state).sort() }
}

const inTrash = (state: string) => {
  const [stamp] = readdirSync(join(state, "trash"))
  return readdirSync(join(state, "trash", stamp!)).sort()
}

const scopes: [scope: string, going: string[]][] = [
  ["config", ["fased.json", "fased.json.bak"]],
  [
    "config+creds+sessions",
    [
      ".env",
      "fased.db",
      "fased.db-wal",
      "fased.db.before-3",
      "fased.json",
      "fased.json.bak",
      "identity",
      "secrets.json",
    ],
  ],
  [
    "full",
    [
      ".env",
      "fased.db",
      "fased.db-wal",
      "fased.db.before-3",
      "fased.json",
      "fased.json.bak",
      "identity",
      "link",
      "logs",
      "secrets.json",
      "workspace",
    ],
  ],
]

test.each(scopes)("reset --scope %s moves just that to the trash", async (scope, going) => {
  const home = livedIn()
  const before = home.names()
  const dry = await home.fased(["reset", "--scope", scope, "--dry-run"])
  expect(dry.code).toBe(0)
  for (const name of before)
    expect(dry.out).toContain(`${going.includes(name) ? "goes " : "stays"}  ${home.state}/${name}`)
  expect(home.names()).toEqual(before)

  const asked = await home.fased(["reset", "--scope", scope])
  expect(asked.code).toBe(1)
  expect(asked.err).toContain(`fased reset --scope ${scope} --yes`)
  expect(home.names()).toEqual(before)

  expect((await home.fased(["reset", "--scope", scope, "--yes"])).code).toBe(0)
  expect(inTrash(home.state)).toEqual(going)
  const left = before.filter((name) => !going.includes(name))
  expect(home.names().filter((name) => !/^trash$|\.lock/.test(name))).toEqual(left)
  expect(readFileSync(join(home.outside, "precious"), "utf8")).toBe("mine")
})

test("reset asks for a scope, and moves a config that lies elsewhere aside where it is", async () => {
  const home = livedIn()
  expect((await home.fased(["reset", "--yes"])).code).toBe(2)
  const config = join(home.home, "elsewhere.json")
  renameSync(home.configFile, config)
  const env = { FASED_CONFIG_PATH: config }
  expect((await home.fased(["reset", "--scope", "config", "--yes"], { env })).code).toBe(0)
  const found = readdirSync(home.home).filter((name) => name.startsWith("elsewhere.json.reset-"))
  expect(found).toHaveLength(1)
})

test("neither resets nor removes the state of a gateway that runs", async () => {
  const home = livedIn()
  home.writeConfig(JSON.stringify({ gateway: { mode: "local" } }))
  rmSync(join(home.state, "fased.db"))
  rmSync(join(home.state, "fased.db-wal"))
  const gateway = home.spawn(["start"], { FASED_GATEWAY_PORT: "0" })
  const reader = gateway.stdout.getReader()
  for (let out = ""; !out.includes("Ctrl-C stops it.");) {
    const { value, done } = await reader.read()
    if (done) throw new Error(`it ended: ${out}${await new Response(gateway.stderr).text()}`)
    out += Buffer.from(value).toString()
  }
  const before = home.names()
  for (const args of [
    ["reset", "--scope", "full", "--yes"],
    ["uninstall", "--state", "--yes"],
  ]) {
    const { code, err } = await home.fased(args)
    expect(code).toBe(1)
    expect(err).toContain("already")
  }
  expect(home.names()).toEqual(before)
  gateway.kill("SIGKILL")
  await gateway.exited
})

test("uninstall removes what is named and lists the rest", async () => {
  const home = livedIn()
  expect((await home.fased(["uninstall", "--yes"])).code).toBe(2)
  const dry = await home.fased(["uninstall", "--state", "--dry-run"])
  expect(dry.out).toContain(`goes   ${home.state}/fased.db`)
  expect(dry.out).toContain(`stays  ${home.state}/workspace`)
  const asked = await home.fased(["uninstall", "--state"])
  expect(asked.err).toContain("fased uninstall --state --yes")

  expect((await home.fased(["uninstall", "--state", "--yes"])).code).toBe(0)
  expect(home.names()).toEqual(["workspace"])
  expect(readFileSync(join(home.outside, "precious"), "utf8")).toBe("mine")
  expect((await home.fased(["uninstall", "--all", "--yes"])).code).toBe(0)
  expect(existsSync(home.state)).toBe(false)
  expect((await home.fased(["uninstall", "--all", "--yes"])).out).toBe("Nothing to remove.\n")
})

test("a folder an agent works in elsewhere stays, whatever is removed", async () => {
  const home = livedIn()
  home.writeConfig(JSON.stringify({ agents: { defaults: { workspace: home.outside } } }))
  const { out } = await home.fased(["uninstall", "--all", "--yes"])
  expect(out).toContain(`stays  ${home.outside}`)
  expect(existsSync(join(home.outside, "precious"))).toBe(true)
})

test("a folder that is no state folder, or holds the home, is refused", async () => {
  const home = livedIn()
  for (const folder of [home.outside, home.home]) {
    const env = { FASED_STATE_DIR: folder }
    const { code, err } = await home.fased(["uninstall", "--all", "--yes"], { env })
    expect(code).toBe(1)
    expect(err).toContain("does not look like a state folder")
  }
  expect(existsSync(join(home.outside, "precious"))).toBe(true)
})

test("the program goes with its link, its predecessor and its lock; a linked state goes for real", () => {
  const home = mkdtempSync(join(tmpdir(), "fased-removal-"))
  const put = (path: string) => {
    mkdirSync(join(home, path, ".."), { recursive: true })
    writeFileSync(join(home, path), "x")
    chmodSync(join(home, path), 0o755)
  }
  for (const path of ["opt/fased", "opt/fased.previous", "opt/.fased-update-lock", "data/fased.db"])
    put(path)
  put("opt/other")
  mkdirSync(join(home, "bin"))
  symlinkSync("../opt/fased", join(home, "bin/fased"))
  const state = join(home, ".fased")
  symlinkSync("data", state)
  const removal = {
    paths: { home, state, config: join(state, "fased.json") },
    binary: join(home, "bin/fased"),
    workspaces: [],
    parts: { app: true, state: true },
  }
  expect(planRemoval({ ...removal, parts: {} }).going).toEqual([])
  remove(removal)
  expect(readdirSync(join(home, "opt"))).toEqual(["other"])
  expect(readdirSync(join(home, "bin"))).toEqual([])
  expect(readdirSync(join(home, "data"))).toEqual([])
  expect(existsSync(state)).toBe(false)
  rmSync(home, { recursive: true })
})
