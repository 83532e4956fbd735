import { expect, test } from "bun:test"
import { commandLine, pointingAt } from "../support/command-line.ts"
import { startFakeGateway, WireRefusal } from "../support/fake-gateway.ts"
import type { FakeOptions, Session } from "../support/fake-gateway.ts"

const token = "cli-test-token-0123456789"

const setting = (
  agent: NonNullable<FakeOptions["methods"]>[string],
  methods: FakeOptions["methods"] = {},
) => {
  const gateway = startFakeGateway({ token, methods: { agent, ...methods } })
  const line = commandLine(pointingAt(gateway.port, token))
  return {
    gateway,
    line,
    fased: line.fased,
    async [Symbol.asyncDispose]() {
      line[Symbol.dispose]()
      await gateway[Symbol.asyncDispose]()
    },
  }
}

const accepted = { runId: "r1", sessionKey: "agent:main:main", status: "accepted" }
const say = ({ emit }: Session, delta: string, runId = "r1") =>
  emit("agent", { runId, stream: "assistant", data: { delta } })
const final = (text: string, more: object = {}) => ({
  runId: "r1",
  status: "ok",
  summary: "completed",
  result: { payloads: [{ text, mediaUrl: null }], ...more },
})

test("the reply streams to stdout, only this run's, with a line end and no control characters", async () => {
  await using at = setting((_, session) => {
    session.accept(accepted)
    say(session, "Hello")
    say(session, " someone else", "r2")
    session.emit("agent", { runId: "r1", stream: "thinking", data: { delta: "hm" } })
    say(session, " world\u001b[2J\nbye")
    return final("Hello world")
  })
  const { code, out, err } = await at.fased(["agent", "--message", "hi"])
  expect({ code, out, err }).toEqual({ code: 0, out: "Hello world\\x1b[2J\nbye\n", err: "" })
  expect(at.gateway.requests[0]?.params).toMatchObject({
    message: "hi",
    sessionKey: "agent:main:main",
  })
  expect(at.gateway.requests[0]?.params.idempotencyKey).toBeString()
})

test("text is on stdout before the turn is over", async () => {
  const goOn = Promise.withResolvers<void>()
  await using at = setting(async (_, session) => {
    session.accept(accepted)
    say(session, "first")
    await goOn.promise
    say(session, " second")
    return final("first second")
  })
  const child = at.line.spawn(["agent", "-m", "hi"])
  let seen = ""
  for await (const piece of child.stdout) {
    seen += Buffer.from(piece).toString()
    if (seen === "first") goOn.resolve()
  }
  expect(seen).toBe("first second\n")
  expect(await child.exited).toBe(0)
})

test("a reply that came without deltas is printed whole", async () => {
  await using at = setting((_, { accept }) => (accept(accepted), final("All at once.")))
  expect((await at.fased(["agent", "-m", "hi"])).out).toBe("All at once.\n")
})

test("--json prints the final result as one document and no stream", async () => {
  await using at = setting((_, session) => {
    session.accept(accepted)
    say(session, "streamed")
    return final("streamed")
  })
  const { code, out } = await at.fased(["agent", "-m", "hi", "--json"])
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    status: "ok",
    result: { payloads: [{ text: "streamed" }] },
  })
})

test("the message can come from stdin", async () => {
  await using at = setting((_, { accept }) => (accept(accepted), final("ok")))
  await at.fased(["agent", "-m", "-"], { stdin: "from a pipe\n" })
  expect(at.gateway.requests[0]?.params.message).toBe("from a pipe\n")
})

test("agent, session, model, thinking and timeout are passed on", async () => {
  await using at = setting((_, { accept }) => (accept(accepted), final("ok")))
  await at.fased([
    "agent",
    "-m",
    "a",
    "--agent",
    "work",
    "--model",
    "openai/gpt-5",
    "--thinking",
    "low",
    "--timeout",
    "30",
  ])
  await at.fased(["agent", "-m", "b", "--session-key", "agent:main:side"])
  await at.fased(["agent", "-m", "c", "--session-id", "0000"])
  expect(at.gateway.requests.map(({ params }) => params)).toMatchObject([
    {
      agentId: "work",
      sessionKey: "agent:work:main",
      model: "openai/gpt-5",
      thinking: "low",
      timeout: 30,
    },
    { sessionKey: "agent:main:side" },
    { sessionId: "0000" },
  ])
  expect(at.gateway.requests[2]?.params.sessionKey).toBeUndefined()
})

test("Ctrl-C aborts the run, keeps what was written and says so", async () => {
  const aborted = Promise.withResolvers<unknown>()
  await using at = setting(
    async (_, session) => {
      session.accept(accepted)
      say(session, "half a")
      await aborted.promise
      return final("half a", { meta: { aborted: true, stopReason: "aborted" } })
    },
    { "chat.abort": (params) => (aborted.resolve(params), { ok: true }) },
  )
  const child = at.line.spawn(["agent", "-m", "hi"])
  let seen = ""
  for await (const piece of child.stdout) {
    seen += Buffer.from(piece).toString()
    if (seen === "half a") child.kill("SIGINT")
  }
  expect(seen).toBe("half a\n")
  expect(await aborted.promise).toEqual({ sessionKey: "agent:main:main", runId: "r1" })
  expect(await child.exited).toBe(130)
  expect(await new Response(child.stderr).text()).toContain("kept in the session")
})

test("a turn that ends in an error exits 1 with the reason", async () => {
  await using at = setting((_, { accept }) => {
    accept(accepted)
    return { runId: "r1", status: "error", summary: "the provider is out of credit" }
  })
  const { code, err } = await at.fased(["agent", "-m", "hi"])
  expect(code).toBe(1)
  expect(err).toContain("The agent could not answer: the provider is out of credit")
})

test("a second answer that is a refusal exits 1 with its message and hint", async () => {
  await using at = setting((_, { accept }) => {
    accept(accepted)
    throw new WireRefusal({
      code: "UNAVAILABLE",
      message: "openai did not accept the key",
      details: { code: "models.unauthorized", hint: "Check OPENAI_API_KEY" },
    })
  })
  const { code, err } = await at.fased(["agent", "-m", "hi"])
  expect(code).toBe(1)
  expect(err).toContain("openai did not accept the key")
  expect(err).toContain("Check OPENAI_API_KEY")
})

test("a gateway that goes away in the middle ends the line and exits 1", async () => {
  await using at = setting((_, session) => {
    session.accept(accepted)
    say(session, "cut o")
    session.hangUp(1012, "service restart")
    return new Promise(() => {})
  })
  const { code, out, err } = await at.fased(["agent", "-m", "hi"])
  expect({ code, out }).toEqual({ code: 1, out: "cut o\n" })
  expect(err).toContain("1012: service restart")
})
