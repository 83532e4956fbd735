import { expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { policyPath } from "../../src/node-host/policy.ts"
import { allowOnce } from "../support/allow-once.ts"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { nodeMachine } from "../support/node-machine.ts"

const tls = { gateway: { tls: { enabled: true } } }
const placeOf = ({ wsUrl, running }: TestGateway) => ({
  url: wsUrl.replace(/\/$/, ""),
  tlsFingerprint: running.tlsFingerprint,
})
let key = 0
const invoke = (gateway: TestGateway, nodeId: string, command: string, params?: object) =>
  gateway.client.request("node.invoke", { nodeId, command, params, idempotencyKey: `k${++key}` })

const joined = async (config: Record<string, unknown> = {}) => {
  const gateway = await startGateway({ config })
  const machine = nodeMachine()
  const host = await machine.run(placeOf(gateway), { token: testToken })
  return {
    gateway,
    machine,
    host,
    async [Symbol.asyncDispose]() {
      await machine[Symbol.asyncDispose]()
      await gateway[Symbol.asyncDispose]()
    },
  }
}

test("a node over TLS with a pinned certificate is listed, and answers what it offers", async () => {
  await using one = await joined(tls)
  const { gateway, machine } = one
  const { nodes } = (await gateway.client.request("node.list")) as { nodes: unknown[] }
  expect(nodes).toMatchObject([
    {
      nodeId: machine.nodeId,
      displayName: "workshop",
      connected: true,
      paired: true,
      commands: expect.arrayContaining(["system.run", "system.which"]),
      closed: [],
    },
  ])
  const answer = await invoke(gateway, machine.nodeId, "system.which", { bins: ["sh", "none-x"] })
  expect(answer).toMatchObject({
    ok: true,
    payload: { bins: { sh: expect.stringMatching(/\/sh$/) } },
  })
  const presence = (await gateway.client.request("system-presence")) as object[]
  expect(presence).toContainEqual(
    expect.objectContaining({ deviceId: machine.nodeId, mode: "node" }),
  )
})

test("a node whose gateway shows another certificate sends nothing and ends", async () => {
  await using gateway = await startGateway({ config: tls })
  await using machine = nodeMachine()
  const pin = { ...placeOf(gateway), tlsFingerprint: "00".repeat(32) }
  await expect(machine.run(pin, { token: testToken })).rejects.toMatchObject({
    code: "client.certificate-mismatch",
  })
})

test("what nobody allowed does not run on a node, whatever the caller says of it", async () => {
  await using one = await joined()
  const { gateway, machine } = one
  const command = ["/bin/sh", "-c", `touch ${join(machine.home, "x")}`]
  await expect(invoke(gateway, machine.nodeId, "system.run", { command })).rejects.toThrow(
    "SYSTEM_RUN_DENIED: approval required",
  )
  await expect(
    invoke(gateway, machine.nodeId, "system.run", { command, approved: true }),
  ).rejects.toThrow("no approval is named")
  await expect(
    invoke(gateway, machine.nodeId, "system.run", { command, approved: true, runId: "made-up" }),
  ).rejects.toThrow("No command waits")
  expect(await Bun.file(join(machine.home, "x")).exists()).toBe(false)
})

test("a program on the node's own list runs unasked, in its home, and says how it went", async () => {
  await using one = await joined()
  const { gateway, machine } = one
  writeFileSync(
    policyPath(machine.paths.state),
    JSON.stringify({
      version: 1,
      agents: { "*": { allowlist: [{ pattern: "/usr/bin/uname" }, { pattern: "/usr/bin/env" }] } },
    }),
  )
  const answer = await invoke(gateway, machine.nodeId, "system.run", { command: ["uname", "-s"] })
  expect(answer).toMatchObject({ payload: { exitCode: 0, success: true, stdout: "Linux\n" } })
  const { payload } = (await invoke(gateway, machine.nodeId, "system.run", {
    command: ["env"],
  })) as {
    payload: { stdout: string }
  }
  expect(payload.stdout).toContain(`PWD=${machine.home}`)
  expect(payload.stdout).not.toContain(testToken)
})

test("what the node's owner switched off stays off, approved or not", async () => {
  await using one = await joined()
  const { gateway, machine } = one
  writeFileSync(
    policyPath(machine.paths.state),
    JSON.stringify({ version: 1, defaults: { security: "deny" } }),
  )
  const command = ["uname"]
  const asked = { command: "uname", commandArgv: command, host: "node", nodeId: machine.nodeId }
  await allowOnce(gateway.client, { id: "a1", ...asked })
  await expect(
    invoke(gateway, machine.nodeId, "system.run", { command, runId: "a1" }),
  ).rejects.toThrow("switched off on this node")
})

test("an approval is for one run of its own command on its own node", async () => {
  await using one = await joined()
  await using other = nodeMachine()
  const { gateway, machine } = one
  await other.run(placeOf(gateway), { token: testToken })
  const approve = async (id: string, argv: string[], nodeId: string) => {
    const asked = { command: argv.join(" "), commandArgv: argv, host: "node", nodeId }
    await allowOnce(gateway.client, { id, ...asked })
  }
  await approve("b1", ["uname", "-s"], machine.nodeId)
  const run = (nodeId: string, command: string[], runId: string) =>
    invoke(gateway, nodeId, "system.run", { command, runId })
  await expect(run(other.nodeId, ["uname", "-s"], "b1")).rejects.toThrow("for another node")
  await expect(run(machine.nodeId, ["uname", "-a"], "b1")).rejects.toThrow("for another command")
  expect(await run(machine.nodeId, ["uname", "-s"], "b1")).toMatchObject({
    payload: { stdout: "Linux\n" },
  })
  await expect(run(machine.nodeId, ["uname", "-s"], "b1")).rejects.toThrow("was used before")
})

test("a run says who was asked: a command shown as another is refused by the node", async () => {
  await using one = await joined()
  const { gateway, machine } = one
  await expect(
    invoke(gateway, machine.nodeId, "system.run", {
      command: ["sh", "-c", "id"],
      rawCommand: "ls",
    }),
  ).rejects.toThrow("is not what would run")
  await expect(
    invoke(gateway, machine.nodeId, "system.run", {
      command: ["uname"],
      env: { LD_PRELOAD: "/x" },
    }),
  ).rejects.toThrow("LD_PRELOAD")
  await expect(
    invoke(gateway, machine.nodeId, "system.run", { command: ["ls"], cwd: machine.paths.state }),
  ).rejects.toThrow("kept for fased")
})

test("the policy of a node is read and changed by admins only, and not through node.invoke", async () => {
  await using one = await joined()
  const { gateway, machine } = one
  const { nodeId } = machine
  await expect(invoke(gateway, nodeId, "system.execApprovals.set", {})).rejects.toThrow(
    "not for node.invoke",
  )
  const before = (await gateway.client.request("exec.approvals.node.get", { nodeId })) as {
    hash: string
  }
  expect(before).toMatchObject({ exists: false })
  const file = { version: 1, agents: { "*": { allowlist: [{ pattern: "/usr/bin/uname" }] } } }
  await gateway.client.request("exec.approvals.node.set", { nodeId, file, baseHash: before.hash })
  await expect(
    gateway.client.request("exec.approvals.node.set", { nodeId, file, baseHash: before.hash }),
  ).rejects.toThrow("changed since it was read")
  expect(await invoke(gateway, nodeId, "system.run", { command: ["uname"] })).toMatchObject({
    ok: true,
  })
})

test("work left for a node that sleeps is done when it comes back", async () => {
  await using one = await joined()
  const { gateway, machine, host } = one
  const { nodeId } = machine
  await host.stop()
  expect(
    await gateway.client.request("node.pending.enqueue", { nodeId, type: "status.request" }),
  ).toMatchObject({ connected: false, woken: false })
  await expect(invoke(gateway, nodeId, "system.which", { bins: [] })).rejects.toThrow(
    "is not connected",
  )
  await machine.run(placeOf(gateway))
  const told = async () =>
    ((await gateway.client.request("node.describe", { nodeId })) as { told: object[] }).told
  while (!(await told()).length) await new Promise((next) => setTimeout(next, 10))
  expect(await told()).toMatchObject([{ event: "status.report", payload: { platform: "linux" } }])
})

test("a node is found again by its own token after the gateway restarted; nothing else is shown", async () => {
  const gateway = await startGateway({ config: {} })
  await using machine = nodeMachine()
  const host = await machine.run(placeOf(gateway), { token: testToken })
  await host.stop()
  // Without the shared token from now on.
  const again = await machine.run(placeOf(gateway))
  expect(machine.said.at(-1)).toContain("Connected")
  await gateway.client.request("device.token.revoke", { deviceId: machine.nodeId, role: "node" })
  await expect(again.done).rejects.toMatchObject({ code: "node-host.taken-back" })
  await gateway[Symbol.asyncDispose]()
})

test("a command ends with the call that asked for it", async () => {
  await using one = await joined()
  const { gateway, machine } = one
  writeFileSync(
    policyPath(machine.paths.state),
    JSON.stringify({ version: 1, defaults: { security: "full" } }),
  )
  const mark = join(machine.home, "late")
  await expect(
    gateway.client.request("node.invoke", {
      nodeId: machine.nodeId,
      command: "system.run",
      params: { command: ["/bin/sh", "-c", `sleep 30; touch ${mark}`], timeoutMs: 300 },
      idempotencyKey: "slow",
    }),
  ).resolves.toMatchObject({ payload: { timedOut: true, success: false } })
  expect(await Bun.file(mark).exists()).toBe(false)
})
