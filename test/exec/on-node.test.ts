import { expect, test } from "bun:test"
import type { Decision, Verdict } from "../../src/approvals/gate.ts"
import type { Nodes } from "../../src/nodes/service.ts"
import type { RunPlan } from "../../src/nodes/run-plan.ts"
import { workbench } from "./workbench.ts"

const nodeId = "ab12".padEnd(64, "0")

/** A node that notes what was run on it, and by which approval. */
const fakeNode = () => {
  const ran: { plan: RunPlan; approval?: string }[] = []
  const nodes: Partial<Nodes> = {
    forCommands: async () => ({ nodeId, displayName: "workshop" }) as never,
    prepare: async (_, plan) => ({
      plan: { ...plan, cwd: "/home/there", binding: "b" },
      allowed: false,
      because: "not every program in it is on the node's allowlist.",
      programs: ["/usr/bin/uname"],
    }),
    run: async (_, plan, { approval }) => {
      ran.push({ plan, approval })
      return { exitCode: 0, stdout: "Linux\n", stderr: "", success: true, timedOut: false }
    },
  }
  return { nodes, ran }
}

const waits = (decision: Decision): Verdict => ({
  kind: "wait",
  id: "yes-1",
  expiresAt: 1,
  decided: Promise.resolve(decision),
})

test("with host node, a command is judged as the node would run it, and runs there once allowed", async () => {
  const { nodes, ran } = fakeNode()
  await using bench = workbench({
    nodes,
    settings: { host: "node" },
    verdict: () => waits("allow-once"),
  })
  const result = await bench.exec({ command: "uname", env: { A: "1" } }, { surface: "chat" })
  expect(result).toMatchObject({ status: "completed", node: "workshop", output: "Linux\n" })
  expect(bench.asked).toMatchObject([
    {
      host: "node",
      command: "uname",
      argv: ["/bin/sh", "-c", "uname"],
      cwd: "/home/there",
      env: { A: "1" },
      node: { id: nodeId, allowed: false, programs: ["/usr/bin/uname"] },
      security: "allowlist",
      ask: "on-miss",
    },
  ])
  expect(ran).toMatchObject([
    { approval: "yes-1", plan: { cwd: "/home/there", binding: "b", agentId: "main" } },
  ])
})

test("what was denied does not run on the node", async () => {
  const { nodes, ran } = fakeNode()
  await using bench = workbench({
    nodes,
    settings: { host: "node" },
    verdict: () => waits("deny"),
  })
  await expect(bench.exec({ command: "uname" }, { surface: "chat" })).rejects.toMatchObject({
    code: "exec.denied",
  })
  expect(ran).toEqual([])
})

test("a call cannot choose a node where commands run on the gateway, nor run in the background there", async () => {
  const { nodes } = fakeNode()
  await using here = workbench({ nodes })
  await expect(here.exec({ command: "uname", host: "node" })).rejects.toMatchObject({
    code: "exec.host-fixed",
  })
  await using there = workbench({ nodes, settings: { host: "node" } })
  await expect(there.exec({ command: "uname", background: true })).rejects.toMatchObject({
    code: "exec.not-on-nodes",
  })
})
