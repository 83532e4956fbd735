import { expect, test } from "bun:test"
import { startConversation } from "../support/conversation.ts"
import type { Call } from "../support/fake-model.ts"
import { testToken } from "../support/gateway.ts"
import { nodeMachine } from "../support/node-machine.ts"

const use = (name: string, input: object) => ({ tools: [{ id: crypto.randomUUID(), name, input }] })
const toolSaid = ({ body }: Call) =>
  String(
    body.messages.filter(({ role }: { role: string }) => role === "tool").at(-1)?.content ?? "",
  )
const placeOf = ({ wsUrl }: { wsUrl: string }) => ({ url: wsUrl.replace(/\/$/, "") })

test("an agent whose commands run on a node has them approved as that node would run them", async () => {
  await using talk = await startConversation(
    [use("exec", { command: "echo $PWD" }), "It ran.", use("exec", { command: "pwd" }), "No."],
    { tools: { exec: { host: "node" } } },
  )
  await using machine = nodeMachine()
  const { gateway, chat, model } = talk
  const { client } = gateway
  const host = await machine.run(placeOf(gateway), { token: testToken })
  const requested = Promise.withResolvers<{ id: string; request: object }>()
  client.on("exec.approval.requested", (payload) => requested.resolve(payload as never))
  const ended = chat.ask("where are you?")
  const { id, request } = await requested.promise
  expect(request).toMatchObject({
    command: "echo $PWD",
    host: "node",
    nodeId: machine.nodeId,
    cwd: machine.home,
    allowedDecisions: ["allow-once", "deny"],
  })
  await client.request("exec.approval.resolve", { id, decision: "allow-once" })
  expect((await ended).state).toBe("final")
  expect(JSON.parse(toolSaid(model.calls[1]!))).toMatchObject({
    status: "completed",
    node: "workshop",
    output: `${machine.home}\n`,
  })
  // The yes was for that run: nobody gets another one out of it.
  await expect(
    client.request("node.invoke", {
      nodeId: machine.nodeId,
      command: "system.run",
      params: { command: ["/bin/sh", "-c", "echo $PWD"], runId: id },
      idempotencyKey: "again",
    }),
  ).rejects.toThrow("SYSTEM_RUN_DENIED")

  await host.stop()
  await chat.ask("and now?")
  expect(toolSaid(model.calls[3]!)).toContain("not just one that runs commands is connected")
})

test("what the node's own list allows runs without a question", async () => {
  await using talk = await startConversation([use("exec", { command: "uname -s" }), "Done."], {
    tools: { exec: { host: "node", node: "workshop" } },
  })
  await using machine = nodeMachine()
  const { gateway, chat, model } = talk
  await machine.run(placeOf(gateway), { token: testToken })
  await gateway.client.request("exec.approvals.node.set", {
    nodeId: machine.nodeId,
    file: { version: 1, agents: { main: { allowlist: [{ pattern: "/usr/bin/uname" }] } } },
  })
  await chat.ask("what system is that?")
  expect(JSON.parse(toolSaid(model.calls[1]!))).toMatchObject({ output: "Linux\n", exitCode: 0 })
})
