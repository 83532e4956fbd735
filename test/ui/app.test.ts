import { expect, test } from "bun:test"
import { createApp } from "../../src/ui/app.ts"
import { RequestFailed } from "../../src/ui/requests.ts"
import { inputLine, sessionTitle, when, withoutMarks } from "../../src/ui/words.ts"

type Answers = Record<string, (params: Record<string, string>) => unknown>

const hello = {
  snapshot: { sessionDefaults: { defaultAgentId: "main", mainSessionKey: "agent:main:main" } },
}

const opened = async (answers: Answers = {}) => {
  const calls: { method: string; params: Record<string, string> }[] = []
  const selected: string[] = []
  let ids = 0
  const app = createApp({
    now: () => 1,
    newId: () => `id-${++ids}`,
    onSelect: (key) => selected.push(key),
  })
  const usual: Answers = {
    "sessions.list": () => ({ count: 0, sessions: [] }),
    "chat.history": ({ sessionKey }) => ({ sessionKey, messages: [] }),
    "chat.send": ({ idempotencyKey }) => ({ runId: idempotencyKey, status: "started" }),
    ...answers,
  }
  app.use({
    async request<T>(method: string, params: object = {}) {
      calls.push({ method, params: params as Record<string, string> })
      return (usual[method]?.(params as Record<string, string>) ?? {}) as T
    },
  })
  app.linkChanged({ kind: "open", hello, since: 1 })
  await app.refresh()
  const made = (method: string) => calls.filter((call) => call.method === method)
  return { app, made, selected }
}

const refuse = (message: string, hint?: string) => (): never => {
  throw new RequestFailed({ code: "UNAVAILABLE", message, details: { hint } })
}

test("opens the main session and knows its model before anything was said", async () => {
  const { app, made } = await opened({ status: () => ({ model: { default: "fased/guide" } }) })
  expect(app.key.value).toBe("agent:main:main")
  expect(app.model.value).toBe("fased/guide")
  expect(app.chat.value).toMatchObject({ loaded: true, entries: [] })
  expect(made("sessions.messages.subscribe").at(-1)!.params).toEqual({ key: "agent:main:main" })
})

test("what is written before the gateway answered is still the main session's draft after", async () => {
  const early = createApp({ now: () => 1, newId: () => "id", onSelect: () => {} })
  expect(early.draftKey.value).toBe("main")
  early.linkChanged({ kind: "open", hello, since: 1 })
  expect(early.key.value).toBe("agent:main:main")
  expect(early.draftKey.value).toBe("main")
  early.select("agent:main:web-1")
  expect(early.draftKey.value).toBe("agent:main:web-1")
})

test("what was not sent is tried again under its first key", async () => {
  let tries = 0
  const { app, made } = await opened({
    "chat.send": ({ idempotencyKey }) =>
      tries++ ? { runId: idempotencyKey } : refuse("the connection was lost")(),
  })
  await app.send("hello")
  const [entry] = app.chat.value.entries
  expect(entry).toMatchObject({ state: "unsent", problem: "the connection was lost" })
  await app.sendAgain(entry!)
  expect(app.chat.value.entries).toMatchObject([{ state: "done" }, { state: "streaming" }])
  const keys = made("chat.send").map(({ params }) => params.idempotencyKey)
  expect(keys[1]).toBe(keys[0]!)
})

test("a failure is shown with the gateway's advice, until the next try works", async () => {
  let broken = true
  const { app } = await opened({
    "chat.history": ({ sessionKey }) =>
      broken ? refuse("The database is busy.", "Wait a moment.")() : { sessionKey, messages: [] },
  })
  expect(app.notice.value).toBe(
    "Could not load this conversation: The database is busy. Wait a moment.",
  )
  broken = false
  await app.refresh()
  expect(app.notice.value).toBe("")
})

test("a new conversation has a key of its own and is in the address", async () => {
  const { app, selected } = await opened()
  app.startSession()
  expect(app.key.value).toMatch(/^agent:main:web-/)
  expect(selected).toEqual([app.key.value])
})

test("an answer in another conversation does not disturb the one on screen", async () => {
  const { app } = await opened()
  app.heard("chat", {
    runId: "r",
    sessionKey: "agent:main:other",
    seq: 1,
    state: "delta",
    deltaText: "x",
  })
  expect(app.chat.value.entries).toEqual([])
  app.select("agent:main:other")
  expect(app.active.value).toMatchObject({ runId: "r" })
})

test("events this page does not know are nothing to it", async () => {
  const { app } = await opened()
  app.heard("voicewake.changed", { triggers: [] })
  app.heard("agent", { runId: "r", stream: "lifecycle", data: { phase: "start" } })
  expect(app.chat.value.entries).toEqual([])
})

test("sessions are called what a person would call them", () => {
  const title = (key: string, more: object = {}) => sessionTitle({ key, ...more })
  expect(title("agent:main:main")).toBe("Main conversation")
  expect(title("agent:main:web-1a2b")).toBe("New conversation")
  expect(title("agent:main:telegram:direct:42")).toBe("telegram · direct · 42")
  expect(title("agent:main:main", { derivedTitle: "Dentist" })).toBe("Dentist")
  expect(title("agent:main:main", { derivedTitle: "Dentist", label: "Health" })).toBe("Health")
})

test("times and tool inputs fit on a line", () => {
  expect([when(0, 30_000), when(0, 300_000), when(0, 7_200_000)]).toEqual(["now", "5 min", "2 h"])
  expect(inputLine({ timeout: 5, command: "ls\npwd" })).toBe("ls")
  expect([inputLine("a\nb"), inputLine(null), inputLine({ n: 1 })]).toEqual(["a", "", ""])
})

test("a preview shows the words, not the marks around them", () => {
  expect(withoutMarks("## Plan: use **two** `git worktree`s, snake_case stays")).toBe(
    "Plan: use two git worktrees, snake_case stays",
  )
})
