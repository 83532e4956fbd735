/** What people meet when something is wrong around the binary. */
import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { freePort, freshHome } from "../support/binary.ts"

test("with the gateway down, commands that need it fail at once and name the one that starts it", async () => {
  await using home = freshHome()
  home.configure({ gateway: { port: await freePort() } })
  for (const name of ["health", "sessions", "models list", "gateway call health", "agent -m hi"]) {
    const args = name.split(" ")
    const human = await home.fased(args)
    expect({ name, code: human.code }).toEqual({ name, code: 1 })
    expect(human.out + human.err).toMatch(/No gateway (?:runs|answers)/)
    expect(human.out + human.err).toContain("fased start")
    const program = await home.fased([...args, "--json"])
    expect(program.code).toBe(1)
    expect(JSON.parse(program.out)).toMatchObject({ error: { code: "client.unreachable" } })
  }
  const status = await home.fased(["gateway", "status"])
  expect(status).toMatchObject({ code: 0, err: "" })
  expect(status.out).toMatch(/^✗ No gateway runs\.\n[^]*^Runtime: stopped\nRPC probe: failed/m)
  expect((await home.fased(["status"])).code).toBe(0)
  expect((await home.fased(["doctor"])).out).toContain("gateway not running")
})

test("a config that is no JSON5 is told with line and column, by start and by validate", async () => {
  await using home = freshHome()
  home.configure('{\n  gateway: {\n    mode: "local",,\n  },\n}\n')
  for (const args of [["start"], ["gateway", "run"], ["config", "validate"], ["health"]]) {
    const { code, out, err } = await home.fased(args)
    expect({ args, code }).toEqual({ args, code: 1 })
    if (args[0] !== "health") expect(out + err).toContain("line 3, column 19")
  }
  expect((await home.fased(["gateway", "status"])).code).toBe(0)
  expect((await home.fased(["status", "--json"])).code).toBe(0)
  expect(existsSync(`${home.state}/fased.db`)).toBe(false)
})

test("an unknown setting is told with its place and what was meant", async () => {
  await using home = freshHome()
  home.configure({ gateway: { prot: 18_000 }, loging: { level: "debug" } })
  const { code, err } = await home.fased(["gateway", "run"])
  expect(code).toBe(1)
  expect(err).toContain("gateway.prot")
  expect(err).toContain("gateway.port")
  expect(err).toContain("loging")
  expect(err).toContain("logging")
  expect(err).toContain("fased doctor")
})

test("without a mode the gateway does not start, and says which setting it needs", async () => {
  await using home = freshHome()
  const { code, err } = await home.fased(["gateway", "run"])
  expect(code).toBe(1)
  expect(err).toContain("Gateway start blocked: set gateway.mode=local")
})

test("beyond loopback without auth is refused", async () => {
  await using home = freshHome()
  const args = ["gateway", "run", "--bind", "lan", "--auth", "none", "--allow-unconfigured"]
  const { code, err } = await home.fased(args)
  expect(code).toBe(1)
  expect(err).toMatch(/refusing to bind gateway .* without auth/)
})

test("a port that someone else holds is told, and left alone", async () => {
  await using other = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response("mine"),
  })
  await using home = freshHome()
  home.configure({})
  const { code, err } = await home.fased(["start", "--port", `${other.port}`])
  expect(code).toBe(1)
  expect(err).toContain("another gateway instance is already listening")
  expect(err).toContain("EADDRINUSE")
  expect(await (await fetch(other.url)).text()).toBe("mine")

  const logs = await home.fased(["logs"])
  expect(logs.out).toMatch(/did not start .*EADDRINUSE/)

  const status = await home.fased(["gateway", "status", "--port", `${other.port}`])
  expect(status.out).toContain("RPC probe: failed")
  expect(status.out).toContain("not a fased gateway")
})

test("a second gateway on the same state is refused with the first one's address", async () => {
  await using home = freshHome()
  await using gateway = await home.start()
  const { code, err } = await home.fased(["gateway", "run", "--port", `${await freePort()}`])
  expect(code).toBe(1)
  expect(err).toContain("another gateway instance is already listening")
  expect(err).toContain(`${gateway.pid}`)
})

test("logs --follow shows new lines, and goes on after the gateway was restarted", async () => {
  await using home = freshHome()
  const first = await home.start()
  const { port } = first
  const following = home.spawn(["logs", "--follow", "--interval", "50"])
  await following.printed("listening")
  await home.fased(["agent", "--message", "hello"])
  await following.printed("session=agent:main:main")
  await first.end()
  await following.printed("Reading on")
  const second = await home.start({ port })
  await following.printed(`pid=${second.pid}`)
  await home.fased(["agent", "--message", "hello", "--session-key", "later"])
  await following.printed("session=agent:main:later")
  expect(following.out()).not.toContain("\u001b")
  following.end("SIGINT")
  expect(await following.exited).not.toBe(1)
})

test("Ctrl-C on `agent` stops the turn and keeps what was said", async () => {
  await using home = freshHome()
  await using _gateway = await home.start()
  const talk = home.spawn(["agent", "--message", "what can you do?"])
  await talk.printed("language model")
  expect([0, 130]).toContain(await talk.end("SIGINT"))
})

test("two profiles run side by side and know nothing of each other", async () => {
  await using home = freshHome()
  await using first = await home.start()
  const env = { FASED_GATEWAY_PORT: "0" }
  const second = home.spawn(["--profile", "work", "start"], env)
  await second.printed("Ctrl-C stops it.")
  expect(second.out()).toContain(`${home.path}/.fased-work/`)
  expect(second.out()).toContain("--profile work agent")
  expect(second.out()).not.toContain(first.token)
  const status = await home.fased(["--profile", "work", "gateway", "status"])
  expect(status.out).toContain(`(pid ${second.pid})`)
  expect(await second.end()).toBe(0)
})
