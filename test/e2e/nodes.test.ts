import { expect, test } from "bun:test"
import { join } from "node:path"
import { connect } from "../../src/client/connect.ts"
import { freshHome, type Gateway, type Home, testToken } from "../support/binary.ts"
import { readFingerprint } from "../support/certificates.ts"

const secure = { gateway: { tls: { enabled: true } } }
const pinOf = (home: Home) => readFingerprint(join(home.state, "tls", "gateway.pem"))
const operator = ({ wsUrl }: Gateway, tlsFingerprint: string) =>
  connect({ url: wsUrl, tlsFingerprint, token: testToken, version: "0" })

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
    ...["node", "run", "--setup-code", made.out.trim()],
    ...["--tls-fingerprint", "00".repeat(32)],
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
  const answer = back.request("exec.approval.request", { id: "one", ...asked, timeoutMs: 20_000 })
  await back.request("exec.approval.resolve", { id: "one", decision: "allow-once" })
  await answer
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
