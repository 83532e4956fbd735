/** A gateway reached through a real SSH server on this machine. */
import { afterAll, beforeAll, expect } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { writeFileAtomic } from "../../src/store/files.ts"
import { startGateway, temporaryHome, testToken, type TestGateway } from "../support/gateway.ts"
import { testWith } from "../support/programs.ts"
import { startSshServer } from "../support/ssh-server.ts"

const main = join(import.meta.dir, "..", "..", "src", "main.ts")
// ssh reads known hosts from the account's own home, so the test gives it one of its own: a mount
// that only it can see, which takes root.
const test =
  process.getuid?.() === 0 ? testWith("sshd") : testWith("no-root-for-a-mount-of-its-own")

let gateway: TestGateway
let home: Awaited<ReturnType<typeof temporaryHome>>
let ssh: Awaited<ReturnType<typeof startSshServer>>
beforeAll(async () => {
  if (process.getuid?.() !== 0 || !Bun.which("ssh-keygen")) return
  gateway = await startGateway()
  home = await temporaryHome()
  ssh = await startSshServer(home.path)
})
afterAll(async () => {
  await ssh?.[Symbol.asyncDispose]()
  await gateway?.[Symbol.asyncDispose]()
  await home?.[Symbol.asyncDispose]()
})

/** Runs fased where `knownHosts` is all that ssh knows. */
const fased = (args: string[], knownHosts = ssh.knownHost) => {
  const hosts = join(home.path, "known_hosts")
  writeFileSync(hosts, knownHosts)
  const command = [process.execPath, main, ...args]
  const script = `mkdir -p /root/.ssh && mount -t tmpfs tmpfs /root/.ssh && cp ${hosts} /root/.ssh/known_hosts && exec "$@"`
  return Bun.spawn(["unshare", "--mount", "sh", "-c", script, "sh", ...command], {
    env: { PATH: process.env.PATH, HOME: home.path },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  })
}
const tunnel = (args: string[], knownHosts?: string) =>
  fased(["gateway", "tunnel", ...args], knownHosts)
const there = () => `root@127.0.0.1:${ssh.port}`

const firstDocument = async (stream: ReadableStream<Uint8Array>) => {
  let text = ""
  for await (const chunk of stream) {
    text += new TextDecoder().decode(chunk)
    if (text.trimEnd().endsWith("}")) return JSON.parse(text)
  }
  throw new Error(`no document: ${text}`)
}

test("a tunnel reaches the gateway's loopback port, and ends with Ctrl-C", async () => {
  const port = String(gateway.running.port)
  const child = tunnel([there(), "--remote-port", port, "--ssh-identity", ssh.key, "--json"])
  const up = await firstDocument(child.stdout)
  const client = await gateway.connect({ url: up.url, token: testToken })
  expect(await client.request("health", {})).toMatchObject({ ok: true })
  child.kill("SIGINT")
  expect(await child.exited).toBe(0)
  expect(fetch(up.dashboard)).rejects.toThrow()
})

test.each([
  ["a key it does not know", () => [there(), "--ssh-identity", ssh.stranger], "--ssh-identity"],
  ["a port nothing listens on", () => ["root@127.0.0.1:1"], "user@host:port"],
  ["an option for a host", () => ["-oProxyCommand=id"], "ProxyCommand"],
])("with %s it says what to do", async (_, args, advice) => {
  const child = tunnel(args())
  expect(await child.exited).not.toBe(0)
  expect(await new Response(child.stderr).text()).toContain(advice)
})

test("a machine whose key nobody has seen is not trusted unseen", async () => {
  const child = tunnel([there(), "--ssh-identity", ssh.key], "")
  expect(await child.exited).toBe(1)
  expect(await new Response(child.stderr).text()).toContain("connect once by hand")
})

test("gateway probe --ssh tries the gateway on that machine's loopback", async () => {
  const port = String(gateway.running.port)
  const url = `ws://ignored:${port}`
  configure({ mode: "local", remote: { url, token: testToken } })
  const child = fased(["gateway", "probe", "--ssh", there(), "--ssh-identity", ssh.key, "--json"])
  const { targets } = await new Response(child.stdout).json()
  expect(targets[0]).toMatchObject({ id: "remote", ok: true })
  expect(await child.exited).toBe(0)
})

test("a machine nothing answers on is the verdict, whatever answers here", async () => {
  configure({ mode: "local", port: gateway.running.port, auth: { token: testToken } })
  const child = fased(["gateway", "probe", "--ssh", "root@127.0.0.1:1", "--json"])
  const { ok, targets } = await new Response(child.stdout).json()
  expect([ok, ...targets.map((target: { ok: boolean }) => target.ok)]).toEqual([false, false, true])
  expect(await child.exited).toBe(1)
})

test("a client of a gateway behind SSH takes that way for every command", async () => {
  const url = `ws://ignored:${gateway.running.port}`
  const remote = { url, token: testToken, sshTarget: there(), sshIdentity: ssh.key }
  configure({ mode: "remote", remote })
  const child = fased(["health", "--json"])
  expect(await new Response(child.stdout).json()).toMatchObject({ ok: true })
  expect(await child.exited).toBe(0)
})

/** The config of the machine the commands run on. */
const configure = (settings: object) =>
  writeFileAtomic(join(home.path, ".fased", "fased.json"), JSON.stringify({ gateway: settings }))
