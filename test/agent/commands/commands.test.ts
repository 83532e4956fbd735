import { expect, test } from "bun:test"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { listen, textOf } from "../../support/chat.ts"
import { startConversation } from "../../support/conversation.ts"

const secret = "sk-canary-0123456789abcdef"
const start = (turns: Parameters<typeof startConversation>[0], commands = {}, config = {}) =>
  startConversation(turns, { config: { commands, ...config } })
const said = async (place: Awaited<ReturnType<typeof start>>, typed: string) =>
  textOf(await place.chat.ask(typed))

test("/help lists by subject what whoever asks may type, and tells of one", async () => {
  await using place = await start([])
  const all = await said(place, "/help")
  expect(all).toContain("**This conversation**")
  expect(all).toContain("`/restart`")
  expect(all).not.toContain("/config")
  expect(await said(place, "/help think")).toContain("Also `/thinking`, `/t`.")
  expect(await said(place, "/commands nonsense")).toStartWith("There is no `/nonsense` here.")

  const client = await place.gateway.connect({ scopes: ["operator.write"] })
  const theirs = textOf(await listen(client, "other").ask("/help"))
  expect(theirs).toContain("`/status`")
  expect(theirs).not.toContain("/restart")
  const list = (await client.request("commands.list", { includeArgs: true })) as {
    commands: { name: string }[]
  }
  expect(list.commands.map(({ name }) => name)).not.toContain("restart")
})

test("commands.list gives names, words and choices for menus and completion", async () => {
  await using place = await start([])
  const { commands } = (await place.gateway.client.request("commands.list", {
    includeArgs: true,
  })) as { commands: Record<string, unknown>[] }
  expect(commands.find(({ name }) => name === "think")).toEqual({
    name: "think",
    nativeName: "think",
    textAliases: ["/think", "/thinking", "/t"],
    description: "How hard the model thinks.",
    category: "model",
    source: "core",
    scope: "both",
    acceptsArgs: true,
    args: [
      {
        name: "[off | minimal | low | medium | high | xhigh | default]",
        choices: ["off", "minimal", "low", "medium", "high", "xhigh", "default"],
      },
    ],
  })
  const native = (await place.gateway.client.request("commands.list", { scope: "native" })) as {
    commands: { name: string }[]
  }
  expect(native.commands.map(({ name }) => name)).not.toContain("compact")
})

test("what is switched off says what switches it on, and does nothing", async () => {
  await using place = await start(["It is a word."], { restart: false })
  expect(await said(place, "/config show")).toContain("commands.config true")
  expect(await said(place, "/bash touch x")).toContain("commands.bash true")
  expect(await said(place, "/restart")).toContain("commands.restart true")
  expect(await said(place, "!important")).toBe("It is a word.")
})

test("/config shows without secrets, sets, and takes back", async () => {
  await using place = await start(
    [],
    { config: true },
    { env: { vars: { MY_API_KEY: secret } }, session: { resetTriggers: ["/new"] } },
  )
  for (const typed of ["/config", "/config show", "/config get env", "/config show models"])
    expect(await said(place, typed), typed).not.toContain(secret)
  expect(await said(place, "/config get messages.queue.cap")).toContain("20")
  expect(await said(place, "/config set messages.queue.cap 7")).toContain("counts from now on")
  expect(await said(place, "/config show messages.queue")).toContain('"cap": 7')
  expect(await said(place, "/config set messages.queue.cap=8")).toContain("counts from now on")
  await said(place, "/config unset messages.queue.cap")
  expect(await said(place, "/config get messages.queue.cap")).toContain("20")
  expect(await said(place, "/config set messages.queue.cap lots")).not.toContain("counts")
  expect(await said(place, "/config set __proto__.x 1")).toContain("not allowed as a name")
  expect(await said(place, "/config destroy everything")).toContain("/config show [path]")
  expect(place.model.calls).toHaveLength(0)
})

test("/bash and ! go through the exec policy", async () => {
  await using place = await start(
    [],
    { bash: true },
    { tools: { exec: { security: "full", ask: "off" } } },
  )
  expect(await said(place, "!printf 'one\\ntwo'")).toBe("```\none\ntwo\n```")
  expect(await said(place, "/bash exit 3")).toContain("Exit code 3.")
  expect(await said(place, "!poll")).toContain("No command")
  expect(await said(place, "!")).toContain("no command to run")
})

test("a policy that refuses commands refuses them here as well", async () => {
  await using place = await start([], { bash: true }, { tools: { exec: { security: "deny" } } })
  const file = join(place.gateway.home, "made")
  expect(await said(place, `!touch ${file}`)).not.toBe("Done.")
  expect(existsSync(file)).toBe(false)
})

test("a command for the background is followed with !poll and ended with !stop", async () => {
  await using place = await start(
    [],
    { bash: true, bashForegroundMs: 10 },
    { tools: { exec: { security: "full", ask: "off" } } },
  )
  expect(await said(place, "!sleep 100")).toContain("Still running")
  expect(await said(place, "!poll")).toContain("Still running")
  expect(await said(place, "!stop")).toContain("Ended")
})

test("/export-session writes into the workspace, over nothing and nowhere else", async () => {
  await using place = await start(["One."])
  expect(await said(place, "/export-session")).toBe("Nothing has been said here yet.")
  await place.chat.ask("hi")
  expect(await said(place, "/export-session talk.jsonl")).toContain("2 messages")
  const file = join(place.gateway.paths.workspace, "talk.jsonl")
  expect(readFileSync(file, "utf8").split("\n")[0]).toContain('"type":"session"')
  writeFileSync(file, "mine")
  expect(await said(place, "/export talk.jsonl")).toContain("already")
  expect(readFileSync(file, "utf8")).toBe("mine")
  for (const path of ["../out.jsonl", "/etc/x.jsonl", ".git/hooks/x"])
    expect(await said(place, `/export ${path}`)).not.toContain("Written")
})

test("/whoami, /send and /activation tell and keep what they are told", async () => {
  await using place = await start([])
  expect(await said(place, "/id")).toContain("- Rights: all")
  expect(await said(place, "/send off")).toBe("Sending: off.")
  expect(await said(place, "/send")).toBe("Sending: off.")
  expect(await said(place, "/send inherit")).toBe("Sending: as the config says.")
  expect(await said(place, "/activation: always")).toBe("Answers in groups: always.")
  expect(await said(place, "/activation sometimes")).toContain("It can be mention, always")
})

test("/subagents starts one, lists it, talks to it and stops it", async () => {
  await using place = await start(["done", "I see."])
  expect(await said(place, "/subagents")).toContain("no subagents")
  expect(await said(place, "/subagents spawn look around")).toContain("Started")
  expect(await said(place, "/subagents list")).toContain("1. look around (")
  expect(await said(place, "/subagents info 1")).toContain("- Task: look around")
  expect(await said(place, "/kill 7")).toContain('no subagent "7"')
  expect(await said(place, "/steer 1")).toContain("/steer <#> <text>")
  const refusal = await said(place, "/subagents dance")
  expect(refusal).toStartWith("`dance` is nothing that /subagents knows.")
  expect(refusal).toContain("spawn <task>")
})

test("the same command gives the same answer by chat.send and by agent", async () => {
  await using place = await start([], { config: true })
  for (const typed of ["/help", "/whoami nothing", "/config get messages", "/think", "/queue"]) {
    const byChat = await said(place, typed)
    const byAgent = (await place.gateway.client.request(
      "agent",
      { message: typed, sessionKey: "main", idempotencyKey: crypto.randomUUID() },
      { onAccepted: () => {} },
    )) as { result: { payloads: { text: string }[] } }
    const same = (text: string) => text.replace(/- Channel: \w+/, "")
    expect(same(byAgent.result.payloads[0]!.text)).toBe(same(byChat))
  }
})

test("nothing a model says is a command", async () => {
  await using place = await start(["/config set messages.queue.cap 1", "ok"], { config: true })
  await place.chat.ask("go")
  expect(await said(place, "/config get messages.queue.cap")).toContain("20")
})

test("/status is a card of the session: model, settings, queue and context", async () => {
  await using place = await start(["One."])
  await place.chat.ask("hi")
  await said(place, "/elevated on")
  await said(place, "/queue steer")
  const card = await said(place, "/status")
  expect(card).toMatch(/^\*\*fased \S+\*\*\n- Session: `agent:main:main`\n- Model: `fake\/fake-1`/)
  expect(card).toContain("- Commands: elevated on")
  expect(card).toContain("- Queue: steer")
  expect(card).toContain("- Thinking: as the model likes; reasoning off; verbose off")
  expect(card).not.toContain("under way")
})

test("/debug tries settings out in memory, and the file stays as it is", async () => {
  await using place = await start([], { debug: true, config: true })
  const cap = () => said(place, "/config get messages.queue.cap")
  const before = readFileSync(place.gateway.paths.config, "utf8")
  expect(await said(place, "/debug set messages.queue.cap 7")).toContain("tried out")
  expect(await said(place, "/debug set messages.queue.drop=old")).toContain("tried out")
  expect(await cap()).toContain("7")
  expect(await said(place, "/debug")).toContain('"drop": "old"')
  expect(readFileSync(place.gateway.paths.config, "utf8")).toBe(before)

  // What is written meanwhile counts beside it.
  await said(place, "/config set messages.queue.debounceMs 5")
  expect(await cap()).toContain("7")
  expect(await said(place, "/config get messages.queue.debounceMs")).toContain("5")
  expect(readFileSync(place.gateway.paths.config, "utf8")).not.toContain("cap")

  await said(place, "/debug unset messages.queue.cap")
  expect(await cap()).toContain("20")
  expect(await said(place, "/config get messages.queue.drop")).toContain("old")
  await said(place, "/debug reset")
  expect(await said(place, "/debug show")).toContain("Nothing is tried out")
  expect(await said(place, "/config get messages.queue.drop")).toContain("summarize")
})

test("/debug refuses what cannot be tried out, and changes nothing", async () => {
  await using place = await start([], { debug: true })
  for (const typed of [
    "/debug set messages.queue.cap lots",
    "/debug set no.such 1",
    "/debug set __proto__.x 1",
    "/debug set gateway.port 1",
    "/debug set",
    "/debug everything",
  ])
    expect(await said(place, typed), typed).not.toContain("tried out until")
  expect(await said(place, "/debug show")).toContain("Nothing is tried out")
  expect(await said(place, `/debug set env.vars.MY_API_KEY ${secret}`)).toContain("tried out until")
  expect(await said(place, "/debug show")).not.toContain(secret)
})
