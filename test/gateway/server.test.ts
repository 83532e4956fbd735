import { expect, test } from "bun:test"
import { Hono } from "hono"
import { decideAccess } from "../../src/gateway/access.ts"
import { gateway } from "../../src/gateway/config.ts"
import type { HttpEnv } from "../../src/gateway/http.ts"
import { hostRules } from "../../src/gateway/origin.ts"
import { listen } from "../../src/gateway/server.ts"
import { createDoor } from "../../src/gateway/visitor.ts"
import type { Log } from "../../src/kernel/log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const lines: unknown[][] = []
const write = (...line: unknown[]) => void lines.push(line)
const log: Log = {
  trace: write,
  debug: write,
  info: write,
  warn: write,
  error: write,
  for: () => log,
}

const config = gateway.schema.parse({ auth: { token: "test-token-0123456789abcdef" } })
const known = hostRules(config.controlUi, [])
const rules = () => known
const access = decideAccess(config, { hosts: ["127.0.0.1"], env: {}, flags: {} })
const front = {
  rules,
  door: createDoor({
    access: () => access,
    rules,
    uiSessions: { of: () => undefined },
    secure: false,
  }),
  hasRoom: () => true,
}

/** The listener alone, with one route that answers when it is told to and one that breaks. */
const listening = () => {
  const clock = turnableClock()
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  const app = new Hono<HttpEnv>()
  app.get("/slow", async (context) => {
    asked.resolve()
    await answer.promise
    return context.text("done")
  })
  app.onError((error) => {
    throw error
  })
  app.get("/broken", () => {
    throw new Error("hunter2")
  })
  const listener = listen({
    hosts: ["127.0.0.1"],
    port: 0,
    app: () => app,
    socket: { message() {} },
    ...front,
    clock,
    audit: { record: () => undefined },
    log,
  })
  return {
    ...listener,
    clock,
    asked: asked.promise,
    answer: answer.resolve,
    url: `http://127.0.0.1:${listener.port}`,
  }
}

test("an answer under way is finished before the port is given up", async () => {
  const server = listening()
  const response = fetch(`${server.url}/slow`)
  await server.asked
  const stopped = server.stop()
  server.answer()
  expect(await (await response).text()).toBe("done")
  await stopped
})

test("an answer that takes longer than a second is cut", async () => {
  const server = listening()
  const response = fetch(`${server.url}/slow`).then(
    () => "answered",
    () => "cut",
  )
  await server.asked
  const stopped = server.stop()
  server.clock.turn(1_000)
  expect(await response).toBe("cut")
  server.answer()
  await stopped
})

test("a route that breaks tells the caller nothing and the log all of it", async () => {
  const server = listening()
  const response = await fetch(`${server.url}/broken`)
  expect([response.status, await response.text()]).toEqual([500, "Internal Server Error\n"])
  expect(lines).toContainEqual(["request failed", { error: new Error("hunter2") }])
  await server.stop()
})

test("of several addresses none is kept when one cannot be had", async () => {
  const first = listening()
  const both = () =>
    listen({
      hosts: ["127.0.0.2", "127.0.0.1"],
      port: first.port,
      app: () => new Hono<HttpEnv>(),
      socket: { message() {} },
      ...front,
      clock: first.clock,
      audit: { record: () => undefined },
      log,
    })
  expect(both).toThrow("another gateway instance is already listening on ws://127.0.0.1")
  await first.stop()
  const free = both()
  expect(free.port).toBe(first.port)
  await free.stop()
})
