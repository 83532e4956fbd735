/** Approvals as clients meet them: over the wire, in a chat, in a turn. */
import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { Client } from "../../src/client/connect.ts"
import { listen, textOf } from "../support/chat.ts"
import { startConversation } from "../support/conversation.ts"
import { startGateway } from "../support/gateway.ts"

interface Told {
  id: string
  decision?: string
  status?: string
  request: { command: string; allowedDecisions: string[] }
}

/** The next event of that name. */
const next = (client: Client, name: string) => {
  const told = Promise.withResolvers<Told>()
  const stop = client.on(name, (payload) => {
    stop()
    told.resolve(payload as Told)
  })
  return told.promise
}

test("a node's question is accepted under an id at once, and answered when somebody answers", async () => {
  await using gateway = await startGateway()
  const { client } = gateway
  const asked = next(client, "exec.approval.requested")
  const accepted = Promise.withResolvers<{ id: string; status: string }>()
  const answer = client.request(
    "exec.approval.request",
    { command: "uname -a", host: "node", nodeId: "mac", agentId: "main", twoPhase: true },
    { onAccepted: (payload) => accepted.resolve(payload as { id: string; status: string }) },
  )
  const { id, status } = await accepted.promise
  expect(status).toBe("accepted")
  expect(await asked).toMatchObject({ id, request: { command: "uname -a", nodeId: "mac" } })
  expect(await client.request("exec.approval.list", {})).toMatchObject([{ id }])

  const waits = client.request("exec.approval.waitDecision", { id })
  await client.request("exec.approval.resolve", { id, decision: "allow-always" })
  expect(await answer).toMatchObject({ id, decision: "allow-always", resolvedBy: "test" })
  expect(await waits).toMatchObject({ id, decision: "allow-always" })
  expect(await client.request("exec.approval.get", { id })).toMatchObject({
    status: "allow-always",
  })
  // The node keeps its own list.
  expect(await client.request("exec.approvals.get", {})).toMatchObject({ file: { agents: {} } })
  expect(await client.request("exec.approval.list", {})).toEqual([])
})

test("only who may answer hears of it, and the first answer counts", async () => {
  await using gateway = await startGateway()
  const [reader, first, second] = await Promise.all([
    gateway.connect({ scopes: ["operator.read", "operator.write", "operator.pairing"] }),
    gateway.connect({ scopes: ["operator.approvals"] }),
    gateway.connect({ scopes: ["operator.approvals"] }),
  ])
  const heard: string[] = []
  for (const name of ["exec.approval.requested", "exec.approval.resolved"])
    reader.on(name, () => heard.push(name))
  const asked = next(first, "exec.approval.requested")
  const resolved = next(second, "exec.approval.resolved")
  const answer = first.request("exec.approval.request", { command: "ls" })
  const { id } = await asked
  const answers = await Promise.allSettled(
    [first, second].map((client, at) =>
      client.request("exec.approval.resolve", { id, decision: at ? "deny" : "allow-once" }),
    ),
  )
  expect(answers.filter(({ status }) => status === "fulfilled").length).toBe(1)
  const lost = answers.find(({ status }) => status === "rejected") as PromiseRejectedResult
  expect(String(lost.reason)).toContain("already answered")
  expect((await answer) as Told).toMatchObject({ decision: (await resolved).decision })
  await expect(reader.request("exec.approval.list", {})).rejects.toThrow("approvals")
  await reader.request("health", {})
  expect(heard).toEqual([])
})

test("the policy is changed only by who has seen it as it is, and never shows a token", async () => {
  await using gateway = await startGateway()
  const { client } = gateway
  interface Snapshot {
    hash: string
    file: { agents: Record<string, { allowlist: { pattern: string }[] }> }
  }
  const set = (file: object, baseHash?: string) =>
    client.request("exec.approvals.set", { file, baseHash }) as Promise<Snapshot>
  const before = (await client.request("exec.approvals.get", {})) as Snapshot
  const entry = { pattern: "/usr/bin/git" }
  const after = await set(
    {
      version: 1,
      socket: { path: "/tmp/x.sock", token: "sk-very-secret-0123456789" },
      defaults: { ask: "always" },
      agents: { default: { allowlist: [entry] }, main: { security: "allowlist" } },
    },
    before.hash,
  )
  expect(JSON.stringify(after)).not.toContain("very-secret")
  expect(after.file.agents).toMatchObject({ main: { security: "allowlist", allowlist: [entry] } })
  expect(Object.keys(after.file.agents)).toEqual(["main"])
  expect(after.hash).not.toBe(before.hash)
  await expect(set({ version: 1 }, before.hash)).rejects.toThrow("was changed since")
  await expect(
    set({ version: 1, agents: { main: { allowlist: [{ pattern: "git" }] } } }),
  ).rejects.toThrow("names no folder")
  await expect(set({ version: 2 })).rejects.toThrow("file.version")
  expect(await set(after.file, after.hash)).toEqual(after)
})

const exec = (command: string) => ({ tools: [{ name: "exec", input: { command } }] })

test("a command of a turn waits for somebody, and runs once they say yes", async () => {
  await using place = await startConversation([exec("touch made"), "Done."])
  const { client } = place.gateway
  const asked = next(client, "exec.approval.requested")
  const turn = place.chat.ask("make it")
  const { id, request } = await asked
  expect(request).toMatchObject({
    command: "touch made",
    allowedDecisions: ["allow-once", "allow-always", "deny"],
  })
  const made = join(place.gateway.paths.workspace, "made")
  expect(existsSync(made)).toBe(false)
  await client.request("exec.approval.resolve", { id, decision: "allow-once" })
  await turn
  expect(existsSync(made)).toBe(true)
})

test("/approve answers from a chat, by the start of an id", async () => {
  await using place = await startConversation([exec("touch made"), "It was denied."])
  const { client } = place.gateway
  const asked = next(client, "exec.approval.requested")
  const turn = place.chat.ask("make it")
  const { id } = await asked
  const elsewhere = listen(client, "other")
  const said = async (message: string) => textOf(await elsewhere.ask(message))
  expect(await said("/approve")).toContain("Which command")
  expect(await said("/approve nobody deny")).toContain("No command waits")
  expect(await said(`/approve ${id.slice(0, 8)} deny`)).toContain("Denied")
  expect(await said(`/approve ${id} allow-once`)).toContain("already answered")
  await turn
  expect(existsSync(join(place.gateway.paths.workspace, "made"))).toBe(false)
  expect(JSON.stringify(place.model.calls.at(-1)!.body)).toContain("denied")
})

test("what runs a command through nobody's list is refused when nobody is there", async () => {
  await using place = await startConversation([exec("touch made"), "I may not."])
  const { gateway } = place
  const cli = await gateway.connect({ mode: "cli", clientId: "cli" })
  await gateway.client.close()
  await cli.request(
    "agent",
    { message: "make it", sessionKey: "main", idempotencyKey: "k" },
    {
      onAccepted: () => {},
    },
  )
  expect(JSON.stringify(place.model.calls.at(-1)!.body)).toContain("nobody is connected")
  expect(existsSync(join(gateway.paths.workspace, "made"))).toBe(false)
})
