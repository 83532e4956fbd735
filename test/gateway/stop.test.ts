import { expect, test } from "bun:test"
import { createServer } from "node:net"
import { commandLine } from "../support/command-line.ts"
import { fakeModel } from "../support/fake-model.ts"
import { startGateway } from "../support/gateway.ts"
import { attempt, connectWith, rawSocket } from "../support/raw-socket.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const withModel = (model: ReturnType<typeof fakeModel>) => ({
  models: { providers: { fake: model.provider("openai-completions") } },
  agents: { defaults: { skipBootstrap: true, model: "fake/fake-1" } },
})
const question = { sessionKey: "main", message: "hi", idempotencyKey: "1" }

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
  })

test("everyone is told before they are closed, those at the door are just closed, the port is free", async () => {
  await using gateway = await startGateway()
  await using member = await attempt(gateway.wsUrl, connectWith({ scopes: [] }))
  await using old = await attempt(gateway.wsUrl, connectWith({ maxProtocol: 3 }))
  await using stranger = await rawSocket(gateway.wsUrl)
  const { port } = gateway.running
  await gateway.running.stop("maintenance")
  for (const socket of [member, old]) {
    expect(await socket.closed).toEqual({ code: 1012, reason: "service restart" })
    const last = socket.frames.at(-1)!
    expect(last).toMatchObject({ event: "shutdown", payload: { reason: "maintenance" } })
  }
  expect(await stranger.closed).toMatchObject({ code: 1012 })
  expect(stranger.frames).toHaveLength(1)
  expect(await isFree(port)).toBe(true)
})

test("while turns are finished nobody gets in and no call is taken", async () => {
  await using model = fakeModel({ turns: [{ text: "one two three", holdAfter: 1 }] })
  await using gateway = await startGateway({ config: withModel(model) })
  await using member = await attempt(gateway.wsUrl)
  await member.request("chat.send", question)
  await model.called()
  await using late = await rawSocket(gateway.wsUrl)
  const stopped = gateway.running.stop("test")
  await member.until(({ event }) => event === "shutdown")
  expect((await member.request("health"))?.error).toMatchObject({
    code: "UNAVAILABLE",
    retryable: true,
    details: { code: "gateway.draining" },
  })
  const answer = await late.request("connect", connectWith())
  expect(answer?.error).toMatchObject({ code: "UNAVAILABLE", retryable: true })
  expect(await late.closed).toMatchObject({ code: 1012 })
  model.release()
  await stopped
  const isFinal = await member.until(({ payload }) => payload?.state === "final")
  expect(isFinal?.event).toBe("chat")
})

test("a turn that does not end is left, and answered by the next start", async () => {
  const clock = turnableClock(Date.now())
  await using model = fakeModel({ turns: [{ holdRequest: true }, "At last."] })
  await using gateway = await startGateway({ config: withModel(model), start: { clock } })
  await gateway.client.request("chat.send", question)
  await model.called()
  const told = Promise.withResolvers<void>()
  gateway.client.on("shutdown", () => told.resolve())
  const stopped = gateway.running.stop("test")
  await told.promise
  clock.turn(5_000)
  await stopped
  await using again = await startGateway({ home: gateway.home })
  await model.called(2)
  const wait = async (): Promise<string> => {
    const history = (await again.client.request("chat.history", { sessionKey: "main" })) as {
      messages: unknown[]
    }
    const text = JSON.stringify(history.messages)
    if (text.includes("At last.")) return text
    await Bun.sleep(5)
    return wait()
  }
  expect((await wait()).split("At last.").length).toBe(2)
})

test("stopping twice is stopping once", async () => {
  await using gateway = await startGateway()
  await Promise.all([gateway.running.stop("a"), gateway.running.stop("b")])
  expect(await isFree(gateway.running.port)).toBe(true)
})

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s ends an idle gateway in good order",
  async (signal) => {
    using line = commandLine({ gateway: { mode: "local", auth: { token: "x".repeat(32) } } })
    const child = line.spawn(["gateway", "run"], { FASED_GATEWAY_PORT: "0" })
    const reader = child.stdout.getReader()
    await reader.read()
    reader.releaseLock()
    child.kill(signal)
    expect(await child.exited).toBe(0)
    expect(await Bun.file(`${line.state}/gateway.json`).exists()).toBe(false)
  },
  20_000,
)
