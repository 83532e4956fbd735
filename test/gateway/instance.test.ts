import { expect, test } from "bun:test"
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { start } from "../../src/app.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import { clearPort } from "../../src/gateway/take-over.ts"
import { systemPorts } from "../../src/gateway/ports.ts"
import { systemClock } from "../../src/kernel/clock.ts"
import { writeFileAtomic } from "../../src/store/files.ts"
import { commandLine } from "../support/command-line.ts"
import { startGateway, temporaryHome, testToken } from "../support/gateway.ts"

const config = {
  agents: { defaults: { skipBootstrap: true } },
  gateway: { mode: "local", auth: { mode: "token", token: testToken } },
}

const anyPort = { FASED_GATEWAY_PORT: "0" }

type Child = ReturnType<ReturnType<typeof commandLine>["spawn"]>

/** Resolves with what a child printed, once `sign` is in it. */
const printed = async (child: Child, sign: string) => {
  const reader = child.stdout.getReader()
  let out = ""
  while (!out.includes(sign)) {
    const { value, done } = await reader.read()
    if (done) throw new Error(`ended: ${out} ${await new Response(child.stderr).text()}`)
    out += Buffer.from(value).toString()
  }
  // Not cancelled: a child whose reader went away ends.
  reader.releaseLock()
  return out
}

/** A gateway in a process of its own. */
const gatewayProcess = async (line: ReturnType<typeof commandLine>, args: string[] = []) => {
  const child = line.spawn(["gateway", "run", ...args], anyPort)
  await printed(child, "gateway log file:")
  const note = JSON.parse(readFileSync(join(line.state, "gateway.json"), "utf8")) as {
    port: number
    pid: number
  }
  return {
    child,
    ...note,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL")
      await child.exited
    },
  }
}

/** A process that is no gateway and listens; deaf ones take SIGTERM for nothing. */
const listener = async (home: string, { deaf = false } = {}) => {
  const file = join(home, "listener.ts")
  writeFileSync(
    file,
    `${deaf ? 'process.on("SIGTERM", () => {});' : ""}
     const s = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("") })
     console.log("port " + s.port + ".")`,
  )
  const child = Bun.spawn([process.execPath, file], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  })
  const port = Number(/port (\d+)/.exec(await printed(child, "."))![1])
  return {
    child,
    port,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL")
      await child.exited
    },
  }
}

test("a second gateway on the same state is refused, and told where the first one is", async () => {
  await using gateway = await startGateway()
  const { paths } = gateway
  const second = start({ paths, env: { HOME: gateway.home }, version: "0", port: 0 })
  await expect(second).rejects.toMatchObject({
    code: "store.state-in-use",
    message: expect.stringContaining(
      `another gateway instance is already listening on ws://127.0.0.1:${gateway.running.port}/`,
    ),
  })
  expect(await gateway.client.request("health", {})).toMatchObject({ ok: true })
})

test("a gateway that was killed leaves nothing that keeps the next one out", async () => {
  using line = commandLine(config)
  const first = await gatewayProcess(line)
  const refused = await line.fased(["gateway", "run"], { env: anyPort })
  expect(refused.code).toBe(1)
  expect(refused.err).toContain("another gateway instance is already listening")
  first.child.kill("SIGKILL")
  await first.child.exited
  await using second = await gatewayProcess(line)
  expect(second.pid).not.toBe(first.pid)
}, 30_000)

test("--force stops whatever listens on the port", async () => {
  using line = commandLine(config)
  await using other = await listener(line.home)
  await using gateway = await gatewayProcess(line, ["--port", String(other.port), "--force"])
  expect(gateway.port).toBe(other.port)
  expect(await other.child.exited).toBe(143)
}, 30_000)

test("--force takes over from this instance's own gateway, on whatever port that is", async () => {
  using line = commandLine(config)
  await using first = await gatewayProcess(line)
  await using second = await gatewayProcess(line, ["--force"])
  expect(await first.child.exited).toBe(0)
  expect(second.pid).not.toBe(first.pid)
}, 30_000)

test("--force leaves a stranger alone that got the port an old note speaks of", async () => {
  using line = commandLine(config)
  await using stranger = await listener(line.home)
  const note = { pid: 4_000_000, port: stranger.port, url: "ws://x", version: "0", startedAt: 0 }
  writeFileAtomic(join(line.state, "gateway.json"), JSON.stringify(note))
  await using gateway = await gatewayProcess(line, ["--force"])
  expect(gateway.port).not.toBe(stranger.port)
  expect((await fetch(`http://127.0.0.1:${stranger.port}`)).status).toBe(200)
  expect(stranger.child.exitCode).toBeNull()
}, 30_000)

test("--force ends a process that does not listen to SIGTERM", async () => {
  await using home = await temporaryHome()
  await using deaf = await listener(home.path, { deaf: true })
  let now = 0
  // Each look at this clock is a second later: nobody waits ten of them.
  const hasty = { ...systemClock, now: () => (now += 1_000) }
  await clearPort(deaf.port, home.path, systemPorts, hasty)
  expect(await deaf.child.exited).toBe(137)
})

test("--force with a free port signals nobody", async () => {
  await using home = await temporaryHome()
  const asked: number[] = []
  const ports = { holder: async (port: number) => (asked.push(port), null) }
  await clearPort(4321, home.path, ports, systemClock)
  expect(asked).toEqual([4321])
})

test("the system says who listens on a port, and that nobody does", async () => {
  await using home = await temporaryHome()
  await using other = await listener(home.path)
  expect(await systemPorts.holder(other.port)).toMatchObject({ pid: other.child.pid })
  other.child.kill()
  await other.child.exited
  expect(await systemPorts.holder(other.port)).toBeNull()
})

test("profiles run side by side and share nothing", async () => {
  await using home = await temporaryHome()
  const env = { HOME: home.path }
  const started = await Promise.all(
    [undefined, "work", "dev"].map(async (profile) => {
      const paths = resolvePaths(env, { profile })
      writeFileAtomic(paths.config, JSON.stringify(config))
      return { paths, gateway: await start({ paths, env, version: "0", port: 0 }) }
    }),
  )
  expect(new Set(started.map(({ gateway }) => gateway.port)).size).toBe(3)
  expect(readdirSync(home.path).sort()).toEqual([".fased", ".fased-dev", ".fased-work"])
  for (const { paths, gateway } of started) {
    expect(gateway.logFile).toStartWith(paths.state)
    await gateway.stop("test over")
  }
})

/** Everything below a folder, with its mode. */
const modesIn = (folder: string): [string, string][] =>
  readdirSync(folder, { withFileTypes: true, recursive: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name)
    return [path.slice(folder.length + 1), (statSync(path).mode & 0o777).toString(8)]
  })

test("N097 whatever the umask, only the owner can read what the gateway writes", async () => {
  const umask = process.umask(0)
  try {
    await using gateway = await startGateway()
    const question = { message: "hello", sessionKey: "main", idempotencyKey: "1" }
    await gateway.client.request("agent", question)
    const found = modesIn(gateway.paths.state)
    const names = found.map(([name]) => name)
    for (const name of [
      "fased.db",
      "fased.db-wal",
      "fased.db-shm",
      "fased.json",
      "gateway.json",
      "gateway.lock",
    ])
      expect(names).toContain(name)
    const folders = found.filter(([name]) =>
      statSync(join(gateway.paths.state, name)).isDirectory(),
    )
    expect(found.filter(([, mode]) => mode !== "600" && mode !== "700")).toEqual([])
    expect(folders.filter(([, mode]) => mode !== "700")).toEqual([])
    expect(statSync(gateway.paths.state).mode & 0o777).toBe(0o700)
  } finally {
    process.umask(umask)
  }
})
