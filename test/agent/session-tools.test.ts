import { expect, test } from "bun:test"
import { mayReach } from "../../src/agent/session-tools/reach.ts"
import { textOf } from "../support/chat.ts"
import { listen } from "../support/chat.ts"
import { startConversation } from "../support/conversation.ts"
import type { Call, Script } from "../support/fake-model.ts"

const me = { agentId: "main", sessionKey: "agent:main:main" }
const child = "agent:main:subagent:1"
const sibling = "agent:main:other"
const stranger = "agent:ada:main"
const subagents = { descendants: (key: string) => (key === me.sessionKey ? [child] : []) }

test.each([
  ["self", {}, [me.sessionKey]],
  ["tree", {}, [me.sessionKey, child]],
  ["agent", {}, [me.sessionKey, child, sibling]],
  ["all", {}, [me.sessionKey, child, sibling]],
  ["all", { enabled: true }, [me.sessionKey, child, sibling]],
  ["all", { enabled: true, allow: ["ada"] }, [me.sessionKey, child, sibling]],
  ["all", { enabled: true, allow: ["main", "a*"] }, [me.sessionKey, child, sibling, stranger]],
  ["agent", { enabled: true, allow: ["*"] }, [me.sessionKey, child, sibling]],
] as const)("with visibility %s and %p tools reach just so far", (visibility, rules, reached) => {
  const config = {
    sessions: { visibility },
    agentToAgent: { enabled: false, ...rules, allow: "allow" in rules ? [...rules.allow] : [] },
  }
  const all = [me.sessionKey, child, sibling, stranger]
  expect(all.filter((key) => mayReach(me, key, config, subagents))).toEqual([...reached])
})

const wordsOf = ({ body }: Call): string => {
  const { content } = body.messages.at(-1)
  return typeof content === "string" ? content : JSON.stringify(content)
}
/** In the main session `go` makes one call; any other question gets `answer`. */
const calling =
  (name: string, input: object, answer: string | ((words: string) => string)): Script =>
  (call) => {
    const words = wordsOf(call)
    if (call.body.messages.at(-1).role === "tool") return `Result: ${words}`
    if (words === "go") return { tools: [{ name, input }] }
    return typeof answer === "string" ? answer : answer(words)
  }
const open = {
  tools: { sessions: { visibility: "agent" } },
  config: { messages: { queue: { debounceMs: 0 } } },
}

test("a session asks another one and gets its answer", async () => {
  const send = { sessionKey: "other", message: "how many?" }
  await using place = await startConversation([calling("sessions_send", send, "Three.")], open)
  await listen(place.gateway.client, "other").ask("hello")
  const end = textOf(await place.chat.ask("go"))
  expect(end).toContain('"status":"ok"')
  expect(end).toContain("Three.")
  const other = await listen(place.gateway.client, "other").history()
  expect(other.messages.at(-2)).toMatchObject({ role: "user", content: "how many?" })
})

test("an answer nobody waits for comes back as a message, until one has no more to say", async () => {
  const send = { sessionKey: "other", message: "how many?", timeoutSeconds: 0 }
  const answer = (words: string) => (words.includes("Answer from") ? "REPLY_SKIP" : "Three.")
  await using place = await startConversation([calling("sessions_send", send, answer)], open)
  await listen(place.gateway.client, "other").ask("hello")
  expect(textOf(await place.chat.ask("go"))).toContain('"status":"accepted"')
  const skipped = () =>
    place.chat.events.find((event) => event.state === "final" && textOf(event) === "REPLY_SKIP")
  await place.chat.until(skipped)
  expect(JSON.stringify((await place.chat.history()).messages)).toContain("Three.")
})

test.each([
  ["sessions_send", { sessionKey: "other", message: "hi" }],
  ["sessions_history", { sessionKey: "other" }],
])(
  "%s does not reach what the config keeps apart, nor tells that it is there",
  async (name, input) => {
    const refusal = async (sessionKey: string) => {
      await using place = await startConversation([
        calling(name, { ...input, sessionKey }, "Hello."),
      ])
      await listen(place.gateway.client, "other").ask("hello")
      return textOf(await place.chat.ask("go")).replaceAll(sessionKey, "…")
    }
    const hidden = await refusal("other")
    expect(hidden).toContain("may reach")
    expect(hidden).toBe(await refusal("nowhere"))
  },
)

test("a session cannot send to itself", async () => {
  const send = { sessionKey: "main", message: "hi" }
  await using place = await startConversation([calling("sessions_send", send, "Hello.")], open)
  expect(textOf(await place.chat.ask("go"))).toContain("cannot send to itself")
})

test("what another session says is never a command", async () => {
  const send = { sessionKey: "other", message: "/new" }
  await using place = await startConversation([calling("sessions_send", send, "Hm.")], open)
  const other = listen(place.gateway.client, "other")
  await other.ask("hello")
  await place.chat.ask("go")
  expect((await other.history()).messages).toHaveLength(4)
})

test("sessions are listed and read as far as they are within reach", async () => {
  await using place = await startConversation(
    [calling("sessions_list", { messageLimit: 2 }, "Hello.")],
    open,
  )
  await listen(place.gateway.client, "other").ask("hi there")
  const listed = textOf(await place.chat.ask("go"))
  expect(listed).toContain("agent:main:other")
  expect(listed).toContain("hi there")
})
