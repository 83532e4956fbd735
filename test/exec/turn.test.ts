import { expect, test } from "bun:test"
import { startConversation } from "../support/conversation.ts"
import type { Call } from "../support/fake-model.ts"

const use = (name: string, input: object) => ({ tools: [{ id: crypto.randomUUID(), name, input }] })

/** What the model was told last by a tool. */
const toolSaid = ({ body }: Call) =>
  String(
    body.messages.filter(({ role }: { role: string }) => role === "tool").at(-1)?.content ?? "",
  )

const free = { exec: { security: "full", ask: "off" } }

test("a model runs a command, leaves another running, and is told at the next turn how it ended", async () => {
  await using talk = await startConversation(
    [
      use("exec", { command: "echo from-the-shell" }),
      use("exec", { command: "echo over; exit 9", background: true }),
      (call) =>
        use("process", { action: "poll", timeoutMs: 10_000, ...JSON.parse(toolSaid(call)) }),
      "Done.",
      "I see.",
    ],
    { tools: free },
  )
  const { chat, model } = talk
  await chat.ask("do it")
  expect(toolSaid(model.calls[1]!)).toContain("from-the-shell")
  expect(JSON.parse(toolSaid(model.calls[2]!))).toMatchObject({ status: "running" })
  expect(JSON.parse(toolSaid(model.calls[3]!))).toMatchObject({ exitCode: 9, output: "over\n" })
  await chat.ask("and?")
  const asked = JSON.stringify(model.calls.at(-1)!.body.messages)
  expect(asked).toMatch(/System: Exec finished \(session [0-9a-f]{8}, code 9\)/)
})

test("a command that is on no list waits for a person, and runs or not as they say", async () => {
  await using talk = await startConversation([
    use("exec", { command: "echo yes > file; cat file" }),
    "It ran.",
    use("exec", { command: "echo no > file; cat file" }),
    "It did not.",
  ])
  const { client } = talk.gateway
  for (const decision of ["allow-once", "deny"]) {
    const requested = Promise.withResolvers<string>()
    const stop = client.on("exec.approval.requested", (payload) =>
      requested.resolve((payload as { id: string }).id),
    )
    const ended = talk.chat.ask("write it")
    await client.request("exec.approval.resolve", { id: await requested.promise, decision })
    expect((await ended).state).toBe("final")
    stop()
  }
  expect(JSON.parse(toolSaid(talk.model.calls[1]!))).toMatchObject({ output: "yes\n" })
  expect(toolSaid(talk.model.calls[3]!)).toContain("was not allowed")
})

test("host sandbox without Docker fails closed within a turn, and says what to do", async () => {
  await using talk = await startConversation([use("exec", { command: "touch ran" }), "No."], {
    defaults: { sandbox: { mode: "all" } },
    env: { PATH: "/nowhere" },
    tools: free,
  })
  await talk.chat.ask("run it")
  expect(toolSaid(talk.model.calls[1]!)).toMatch(/Docker does not answer.*sandbox.mode off/s)
})
