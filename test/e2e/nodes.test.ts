import { expect, test } from "bun:test"
import { join } from "node:path"
import { hostBinary } from "../../build/compile.ts"
import { connect } from "../../src/client/connect.ts"
import { allowOnce } from "../support/allow-once.ts"
import { freshHome, type Gateway, type Home, testToken } from "../support/binary.ts"
import { readFingerprint } from "../support/certificates.ts"

const secure = { gateway: { tls: { enabled: true } } }
const pinOf = (home: Home) => readFingerprint(join(home.state, "tls", "gateway.pem"))
const operator = ({ wsUrl }: Gateway, tlsFingerprint: string) =>
  connect({ url: wsUrl, tlsFingerprint, token: testToken, version: "0" })

/** A network of its own with one wire to ours: what another machine would be. */
const otherMachine = () => {
  const name = `fased${process.pid}`
  const [ours, theirs] = [`fa${process.pid}`, `fb${process.pid}`]
  const children: Bun.Subprocess[] = []
  const ip = (...words: string[]) => Bun.spawnSync(["ip", ...words]).exitCode === 0
  const inside = (...words: string[]) => ip("netns", "exec", name, "ip", ...words)
  const made =
    Bun.which("ip") !== null &&
    ip("netns", "add", name) &&
    ip("link", "add", ours, "type", "veth", "peer", "name", theirs) &&
    ip("link", "set", theirs, "netns", name) &&
    ip("addr", "add", "10.213.7.1/30", "dev", ours) &&
    ip("link", "set", ours, "up") &&
    inside("addr", "add", "10.213.7.2/30", "dev", theirs) &&
    inside("link", "set", theirs, "up")
  return {
    made,
    gateway: "10.213.7.1",
    own: "10.213.7.2",
    spawn(words: readonly string[], home: Home) {
      const child = Bun.spawn(["ip", "netns", "exec", name, hostBinary, ...words], {
        env: { HOME: home.path, PATH: "/usr/local/bin:/usr/bin:/bin" },
        stdout: "pipe",
        stderr: "pipe",
      })
      children.push(child)
      return child
    },
    [Symbol.dispose]() {
      for (const child of children) child.kill("SIGKILL")
      ip("netns", "del", name)
      ip("link", "del", ours)
    },
  }
}

interface Listed {
  nodes: { nodeId: string; connected: boolean; displayName: string }[]
}
type Client = Awaited<ReturnType<typeof operator>>

/** Resolves when the one node is there, or is not. */
const until = async (client: Client, connected: boolean) => {
  for (;;) {
    const { nodes } = (await client.request("node.list", {})) as Listed
    if (nodes[0]?.connected === connected) return nodes[0]
    await new Promise(setImmediate)
  }
}

test("a machine becomes a node by a setup code over pinned TLS, and outlives kill -9 of either side", async () => {
  await using here = freshHome()
  await using there = freshHome()
  here.configure(secure)
  const gateway = await here.start()
  const pin = pinOf(here)
  const made = await here.fased([
    "qr",
    "--role",
    "node",
    "--setup-code-only",
    "--public-url",
    gateway.wsUrl,
  ])
  expect(made.code).toBe(0)

  const refused = await there.fased([
    "node",
    "run",
    "--setup-code",
    made.out.trim(),
    "--tls-fingerprint",
    "00".repeat(32),
  ])
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("another certificate") })

  const words = ["node", "run", "--setup-code", made.out.trim(), "--tls-fingerprint", pin]
  const node = there.spawn([...words, "--display-name", "workshop"])
  await node.printed("Connected to")
  const client = await operator(gateway, pin)
  const { nodeId, displayName } = await until(client, true)
  expect(displayName).toBe("workshop")

  // The code is used up; what is kept is enough.
  await node.end("SIGKILL")
  await until(client, false)
  const again = there.spawn(["node", "run"])
  await again.printed("Connected to")
  await until(client, true)

  await gateway.end("SIGKILL")
  await again.printed("Disconnected")
  await using risen = await here.start({ port: gateway.port })
  await again.printed(
    `Connected to ${gateway.wsUrl.replace(/\/$/, "")} as "workshop".\nDisconnected`,
  )
  const back = await operator(risen, pin)
  await until(back, true)

  const argv = ["/bin/sh", "-c", "echo from $PWD"]
  const asked = { command: argv.join(" "), commandArgv: argv, host: "node", nodeId }
  await allowOnce(back, { id: "one", ...asked })
  const run = (idempotencyKey: string) =>
    back.request("node.invoke", {
      nodeId,
      command: "system.run",
      params: { command: argv, rawCommand: argv.join(" "), runId: "one" },
      idempotencyKey,
    })
  expect(await run("a")).toMatchObject({ payload: { stdout: `from ${there.path}\n` } })
  // One yes is one run, also for a gateway that was killed in between.
  await expect(run("b")).rejects.toThrow("was used before")

  const removed = await here.fased(["nodes", "remove", "--node", "workshop"])
  expect(removed).toMatchObject({ code: 0, out: "Removed workshop\n" })
  expect(await again.exited).toBe(1)
  expect(again.err()).toContain("does not know this machine as a node any more")
  await client.close()
  await back.close()
}, 60_000)

test("another machine in the network asks, waits to be let in, and runs what its own list allows", async () => {
  using machine = otherMachine()
  // CI has both: there, a machine that cannot be made is a failure and no reason to skip.
  if (!machine.made && Bun.env.CI === "true") throw new Error("no network namespace can be made")
  if (!machine.made) return console.log("skipped: a network namespace takes root and ip")
  await using here = freshHome()
  await using there = freshHome()
  here.configure({
    gateway: {
      bind: "lan",
      controlUi: { enabled: false },
      tls: { enabled: true },
    },
  })
  const gateway = await here.start()
  const pin = pinOf(here)
  const place = ["--host", machine.gateway, "--port", `${gateway.port}`, "--tls-fingerprint", pin]
  const node = machine.spawn(["node", "run", ...place, "--token", testToken], there)
  const client = await operator(gateway, pin)
  const waiting = async () => {
    const { pending } = (await client.request("node.pair.list", {})) as {
      pending: { requestId: string; remoteIp: string }[]
    }
    return pending[0]
  }
  let request = await waiting()
  while (!request) {
    await new Promise(setImmediate)
    request = await waiting()
  }
  expect(request.remoteIp).toBe(machine.own)
  await client.request("node.pair.approve", { requestId: request.requestId })
  const { nodeId } = await until(client, true)
  await client.request("exec.approvals.node.set", {
    nodeId,
    file: { version: 1, agents: { "*": { allowlist: [{ pattern: "/usr/bin/uname" }] } } },
  })
  const run = { nodeId, command: "system.run", params: { command: ["uname"] }, idempotencyKey: "u" }
  expect(await client.request("node.invoke", run)).toMatchObject({ payload: { stdout: "Linux\n" } })
  node.kill()
  await node.exited
  await until(client, false)
  await client.close()
}, 60_000)
