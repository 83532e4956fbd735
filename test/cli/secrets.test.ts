/** The `secrets` commands as a person or a script runs them. */
import { describe, expect, test } from "bun:test"
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { writeFileAtomic } from "../../src/store/files.ts"
import { startGateway, temporaryHome } from "../support/gateway.ts"
import { commandLine } from "../support/command-line.ts"
import { atTerminal, keys } from "../support/terminal.ts"

const main = join(import.meta.dir, "..", "..", "src", "main.ts")
const token = "tok-0123456789abcdef0123456789"
const key = "sk-k7Qz9Xw2-0123456789-openai"
const plain = {
  gateway: { mode: "local", auth: { mode: "token", token } },
  models: { providers: { openai: { apiKey: key } } },
}

describe("secrets audit", () => {
  test("exit codes: 0 clean or without --check, 1 findings with it, 2 unresolved whatever else", async () => {
    using cli = commandLine({ gateway: { auth: { token: "${T}" } } })
    expect((await cli.fased(["secrets", "audit", "--check"], { env: { T: token } })).code).toBe(0)
    cli.writeConfig(JSON.stringify(plain))
    expect((await cli.fased(["secrets", "audit"])).code).toBe(0)
    expect((await cli.fased(["secrets", "audit", "--check"])).code).toBe(1)
    const ref = { source: "env", id: "NOT_SET" }
    cli.writeConfig(JSON.stringify({ ...plain, gateway: { auth: { token: ref } } }))
    expect((await cli.fased(["secrets", "audit"])).code).toBe(2)
    const { code, out, err } = await cli.fased(["secrets", "audit", "--check", "--json"])
    expect(code).toBe(2)
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      status: "unresolved",
      summary: { plaintextCount: 1, unresolvedRefCount: 1 },
    })
    expect(out + err).not.toContain(key)
  })

  test("a config that cannot be parsed is an error, not a clean bill", async () => {
    using cli = commandLine()
    cli.writeConfig(`{ gateway: { auth: { token: "${token}" }`)
    const { code, out, err } = await cli.fased(["secrets", "audit"])
    expect(code).toBe(1)
    expect(err).toContain("is not valid")
    expect(out + err).not.toContain(token)
  })
})

describe("secrets set", () => {
  test("does not say back a secret that was given as an argument", async () => {
    using line = commandLine()
    const typed = ["secrets", "set", "gateway.auth.token", "typed-secret-0123456789"]
    const { code, out, err } = await line.fased(typed)
    expect({ code, out }).toEqual({ code: 2, out: "" })
    expect(err).toContain("A secret is not given as an argument")
    expect(err).not.toContain("typed-secret")
  })

  test("reads standard input, keeps it to its owner, and refers to it", async () => {
    using cli = commandLine(plain)
    const path = "models.providers.openai.apiKey"
    const { code, out, err } = await cli.fased(["secrets", "set", path], {
      stdin: "sk-new-1234567\n",
    })
    expect([code, err]).toEqual([0, ""])
    expect(out).not.toContain("sk-new")
    const store = join(cli.state, "secrets.json")
    expect(JSON.parse(readFileSync(store, "utf8"))).toEqual({
      models: { providers: { openai: { apiKey: "sk-new-1234567" } } },
    })
    expect(statSync(store).mode & 0o777).toBe(0o600)
    expect(JSON.parse((await cli.fased(["config", "get", path, "--json"])).out)).toEqual({
      source: "file",
      provider: "default",
      id: "/models/providers/openai/apiKey",
    })
    expect(readFileSync(`${cli.configFile}.bak`, "utf8")).not.toContain(key)
  })

  test("where the config refers to it already, a running gateway is told to fetch it", async () => {
    const id = "/gateway/auth/token"
    await using home = await temporaryHome()
    const store = join(home.path, ".fased", "secrets.json")
    writeFileAtomic(store, JSON.stringify({ gateway: { auth: { token } } }))
    await using gateway = await startGateway({
      home: home.path,
      config: {
        gateway: { auth: { mode: "token", token: { source: "file", provider: "default", id } } },
      },
      client: { token },
    })
    using cli = commandLine()
    const set = async (value: string, ...more: string[]) => {
      const args = ["secrets", "set", "gateway.auth.token", ...more]
      return cli.fased(args, { env: { HOME: home.path }, stdin: value })
    }
    const next = "another-token-0123456789abcdef"
    const ran = await set(next)
    expect([ran.code, ran.err]).toEqual([0, ""])
    expect(ran.out).toContain("The running gateway has fetched it")
    expect(ran.out).not.toContain("nothing was changed")
    expect((await gateway.connect({ token: next })).hello).toBeDefined()
    await expect(gateway.connect({ token })).rejects.toThrow()

    const json = await set(`${next}-and-another`, "--json")
    expect(JSON.parse(json.out)).toMatchObject({ ok: true, changed: false, reloaded: true })
    await gateway.stop()
    expect(JSON.parse((await set(next, "--json")).out)).not.toHaveProperty("reloaded")
  }, 20_000)

  test("a running gateway wants the new one by the time it is said, twice in a row", async () => {
    await using gateway = await startGateway()
    using cli = commandLine()
    const set = (value: string) =>
      cli.fased(["secrets", "set", "gateway.auth.token"], {
        env: { HOME: gateway.home },
        stdin: value,
      })
    for (const value of [`${token}-one`, `${token}-two`, `${token}-three`]) {
      const { out, err } = await set(value)
      expect(err).toBe("")
      expect(out).toContain("The running gateway has fetched it")
      expect((await gateway.connect({ token: value })).hello).toBeDefined()
    }
    await expect(gateway.connect({ token: `${token}-two` })).rejects.toThrow()
  }, 20_000)

  test("what does not work out leaves nothing behind", async () => {
    using cli = commandLine(plain)
    const before = readFileSync(cli.configFile, "utf8")
    const cases: [args: string[], stdin: string, code: number, says: string][] = [
      [["gateway.port"], "x", 1, "is not a setting that holds a secret"],
      [["gateway.auth.token"], "", 2, "no secret on standard input"],
      [["gateway.auth.token"], "  \n", 2, "no secret on standard input"],
      [["gateway.auth.token"], "undefined", 1, "it is a placeholder"],
      [["gateway.auth.token"], "short", 1, "it is shorter than"],
      [["models.providers.a.apiKey"], "undefined", 1, "could not be fetched"],
      [["__proto__.token"], "x", 1, "is not allowed as a name"],
    ]
    for (const [args, stdin, code, says] of cases) {
      const ran = await cli.fased(["secrets", "set", ...args], { stdin })
      expect([ran.code, ran.err], args.join()).toEqual([code, expect.stringContaining(says)])
    }
    expect(readFileSync(cli.configFile, "utf8")).toBe(before)
    expect(existsSync(join(cli.state, "secrets.json"))).toBe(false)
  })
})

describe("secrets apply", () => {
  test("a bad target is refused in the contract's words, and nothing has changed", async () => {
    using cli = commandLine(plain)
    const before = readFileSync(cli.configFile, "utf8")
    const target = { type: "models.providers.apiKey", path: "models.providers.__proto__.apiKey" }
    const plan = join(cli.home, "plan.json")
    const ref = { source: "env", id: "X" }
    writeFileSync(
      plan,
      JSON.stringify({ version: 1, protocolVersion: 1, targets: [{ ...target, ref }] }),
    )
    const { code, err } = await cli.fased(["secrets", "apply", "--from", plan])
    expect(code).not.toBe(0)
    expect(err).toContain(`Invalid plan target path for ${target.type}: ${target.path}`)
    expect(readFileSync(cli.configFile, "utf8")).toBe(before)
  })

  test("without a plan, or with one that is not there, it says what to do", async () => {
    using cli = commandLine(plain)
    for (const args of [[], ["--from", "nothing.json"]]) {
      const { code, err } = await cli.fased(["secrets", "apply", ...args])
      expect(code).toBe(2)
      expect(err).toContain("--plan-out")
    }
  })
})

describe("secrets configure", () => {
  const at = (cli: ReturnType<typeof commandLine>, args: string[]) =>
    atTerminal([process.execPath, main, "secrets", "configure", ...args], {
      cwd: cli.home,
      env: { HOME: cli.home, PATH: process.env.PATH ?? "", OPENAI_KEY: key },
    })

  test("asks nobody who is not there", async () => {
    using cli = commandLine(plain)
    const { code, err } = await cli.fased(["secrets", "configure"])
    expect(code).toBe(2)
    expect(err).toContain("nobody is here to answer")
    expect(err).toContain("secrets set")
  })

  test("moves one secret to secrets.json and one to a variable", async () => {
    using cli = commandLine(plain)
    await using terminal = at(cli, ["--skip-provider-setup"])
    await terminal.sees("gateway.auth.token")
    await terminal.sees("secrets.json")
    terminal.type(keys.enter)
    await terminal.sees("models.providers.openai.apiKey")
    await terminal.sees("An environment variable")
    terminal.type(keys.down)
    await terminal.sees("that has it already")
    terminal.type(keys.enter)
    await terminal.sees("The variable's name")
    terminal.type(`\x15OPENAI_KEY${keys.enter}`)
    await terminal.sees("The plan")
    await terminal.sees("Apply it now?")
    terminal.type(keys.enter)
    expect(await terminal.exited).toBe(0)
    expect(terminal.screen()).not.toContain(token)
    expect(terminal.screen()).not.toContain(key)
    const config = readFileSync(cli.configFile, "utf8")
    expect(config).not.toContain(token)
    expect(config).not.toContain(key)
    expect(config).toContain("OPENAI_KEY")
    const { code } = await cli.fased(["secrets", "audit", "--check"], { env: { OPENAI_KEY: key } })
    expect(code).toBe(0)
  })

  test("writes a plan to a file and leaves the config alone", async () => {
    using cli = commandLine({ gateway: plain.gateway })
    const before = readFileSync(cli.configFile, "utf8")
    await using terminal = at(cli, ["--plan-out", "plan.json", "--skip-provider-setup"])
    await terminal.sees("secrets.json")
    terminal.type(keys.enter)
    await terminal.sees("apply it with")
    expect(await terminal.exited).toBe(0)
    expect(readFileSync(cli.configFile, "utf8")).toBe(before)
    const plan = readFileSync(join(cli.home, "plan.json"), "utf8")
    expect(plan).not.toContain(token)
    const { code } = await cli.fased(["secrets", "apply", "--from", "plan.json"])
    expect(code).toBe(0)
    expect(readFileSync(cli.configFile, "utf8")).not.toContain(token)
  })

  test("adds a provider and nothing else", async () => {
    using cli = commandLine(plain)
    await using terminal = at(cli, ["--providers-only", "--yes"])
    await terminal.sees("Add a file")
    terminal.type(keys.down)
    terminal.type(keys.enter)
    await terminal.sees("Its name")
    terminal.type(`vault${keys.enter}`)
    await terminal.sees("Where the file is")
    terminal.type(`/nowhere/secrets.json${keys.enter}`)
    await terminal.sees("What is in it")
    terminal.type(keys.enter)
    await terminal.sees("Go on")
    terminal.type(keys.enter)
    await terminal.sees("+ provider vault (file)")
    expect(await terminal.exited).toBe(0)
    const { out } = await cli.fased(["config", "get", "secrets.providers", "--json"])
    expect(JSON.parse(out)).toMatchObject({
      vault: { path: "/nowhere/secrets.json", mode: "json" },
    })
  })

  test("Ctrl-C leaves everything as it was", async () => {
    using cli = commandLine(plain)
    const before = readFileSync(cli.configFile, "utf8")
    await using terminal = at(cli, ["--skip-provider-setup"])
    await terminal.sees("secrets.json")
    terminal.type(keys.interrupt)
    expect(await terminal.exited).toBe(1)
    expect(terminal.screen()).toContain("nothing was changed")
    expect(readFileSync(cli.configFile, "utf8")).toBe(before)
  })
})
