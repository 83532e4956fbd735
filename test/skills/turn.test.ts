/** Skills in a running gateway: the prompt, a command each, reading one, keys for commands. */
import { expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { listen } from "../support/chat.ts"
import { startToolUse } from "../support/tool-use.ts"
import { skillText } from "./archives.ts"

const write = (file: string, text: string) => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

test("a model is told of a skill, reads it outside the workspace, and can change nothing there", async () => {
  await using bench = await startToolUse()
  const { state } = bench.gateway.paths
  const file = join(state, "skills", "mail", "SKILL.md")
  write(file, skillText("mail", "Use the red envelope."))
  write(join(state, "secret.txt"), "hidden")
  const read = await bench.use("read", { path: file })
  expect(read.text).toContain("Use the red envelope.")
  expect(JSON.stringify(bench.model.calls.at(-1))).toContain("<name>mail</name>")
  const over = await bench.use("write", { path: file, content: "x" })
  expect(over.isError).toBe(true)
  for (const path of [join(state, "secret.txt"), join(dirname(file), "..", "..", "fased.db")])
    expect((await bench.use("read", { path })).isError).toBe(true)
})

test("/skill and the skill's own name ask the model to follow it; other words stay words", async () => {
  await using bench = await startToolUse()
  write(join(bench.workspace, "skills", "my-mail", "SKILL.md"), skillText("my-mail"))
  const chat = listen(bench.gateway.client, "main")
  const asked = async (text: string) => {
    await chat.ask(text)
    const { messages } = await chat.history()
    return JSON.stringify(messages.findLast(({ role }) => role === "user"))
  }
  expect(await asked("/my_mail to Ada")).toContain('Use the skill \\"my-mail\\"')
  expect(await asked("/skill my-mail to Bob")).toContain("to Bob")
  expect(await asked("/nothing of the kind")).toContain("/nothing of the kind")
})

test("a command of the agent has the skill's key, and fased's own environment has not", async () => {
  await using bench = await startToolUse({
    skills: { entries: { mail: { apiKey: "key-of-mail" } } },
    tools: { exec: { security: "full", ask: "off" } },
  })
  const head = 'metadata: {"fased":{"primaryEnv":"MAIL_KEY"}}'
  write(join(bench.workspace, "skills", "mail", "SKILL.md"), skillText("mail", "x", head))
  await bench.gateway.client.request("exec.approvals.get", {})
  const { text } = await bench.use("exec", { command: "printf '%s' \"${#MAIL_KEY}\"" })
  expect(process.env.MAIL_KEY).toBeUndefined()
  expect(text).toContain("11")
})

test("skills are made, changed, switched off and copied by call", async () => {
  await using bench = await startToolUse()
  const call = (name: string, params: object) =>
    // oxlint-disable-next-line typescript/no-explicit-any -- looks at whichever field it is about
    bench.gateway.client.request(name, params) as Promise<any>
  await call("skills.create", { name: "notes", description: "Writes notes." })
  const content = skillText("notes", "Better.")
  await call("skills.file.set", { skillKey: "notes", content })
  expect((await call("skills.file.get", { skillKey: "notes" })).content).toBe(content)
  await expect(call("skills.file.set", { skillKey: "notes", content: "no" })).rejects.toThrow()
  await expect(call("skills.file.set", { skillKey: "tidy-memory", content })).rejects.toThrow()
  await call("skills.copy", { skillKey: "tidy-memory" })
  const changed = await call("skills.update", { skillKey: "notes", enabled: false, apiKey: "k" })
  expect(changed.config).toEqual({ enabled: false, hasApiKey: true, env: [] })
  const { skills } = await call("skills.status", {})
  const states = skills.map((one: { name: string; state: string; source: string }) => [
    one.name,
    one.source,
  ])
  expect(states).toContainEqual(["notes", "workspace"])
  expect(states).toContainEqual(["tidy-memory", "workspace"])
})

test("a skill named like a command gets a word of its own", async () => {
  await using bench = await startToolUse()
  write(join(bench.workspace, "skills", "status", "SKILL.md"), skillText("status"))
  const chat = listen(bench.gateway.client, "main")
  await chat.ask("/status_2 now")
  const { messages } = await chat.history()
  const asked = JSON.stringify(messages.findLast(({ role }) => role === "user"))
  expect(asked).toContain('Use the skill \\"status\\"')
})
