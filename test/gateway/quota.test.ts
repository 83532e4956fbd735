import { expect, test } from "bun:test"
import { z } from "zod"
import { createDispatch } from "../../src/gateway/dispatch.ts"
import { tableOf } from "../../src/gateway/method-table.ts"
import { createQuota } from "../../src/gateway/quota.ts"
import { Clock } from "../../src/kernel/clock.ts"
import type { Log } from "../../src/kernel/log.ts"
import { type Caller, method } from "../../src/kernel/method.ts"
import { turnableClock } from "../support/turnable-clock.ts"
import { uncounted } from "../support/uncounted.ts"

const nothing = () => undefined
const log: Log = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  for: () => log,
}

const limited = method({
  name: "test.write",
  scope: "admin",
  summary: "Write something.",
  params: z.object({ text: z.string() }),
  result: z.object({}),
  example: { text: "hello" },
  limit: { max: 3, windowMs: 60_000 },
  handle: () => ({}),
})
const free = { ...limited, name: "test.read", limit: undefined }

const calling = () => {
  const clock = turnableClock()
  const services = uncounted()
  services.provide(Clock, clock)
  const dispatch = createDispatch(tableOf([limited, free]), services, log, { record: nothing })
  const call = (from: Partial<Caller> = {}, name = limited.name, params: unknown = { text: "x" }) =>
    dispatch({
      method: name,
      params,
      caller: {
        connection: "one",
        role: "operator",
        scopes: new Set(["admin"]),
        clientId: "test",
        clientMode: "test",
        ip: "192.0.2.1",
        ...from,
      },
      signal: () => new AbortController().signal,
      accept: nothing,
    })
  const outcomes = async (times: number, ...call_: Parameters<typeof call>) => {
    const answers = []
    for (let n = 0; n < times; n++) answers.push((await call(...call_)).ok)
    return answers
  }
  return { clock, call, outcomes }
}

test("a call too many is told how long to wait, and runs once that is over", async () => {
  const { clock, call, outcomes } = calling()
  expect(await outcomes(3)).toEqual([true, true, true])
  clock.turn(10_000)
  expect(await call()).toEqual({
    ok: false,
    error: {
      code: "UNAVAILABLE",
      message: "test.write was called too often; there is room again in 50 s",
      retryable: true,
      retryAfterMs: 50_000,
      details: { code: "gateway.too-often", hint: "Wait, then send it again." },
    },
  })
  clock.turn(50_000)
  expect(await outcomes(4)).toEqual([true, true, true, false])
})

test("each device at each address has its own, whatever its connection", async () => {
  const { outcomes } = calling()
  await outcomes(3)
  expect(await outcomes(1, { connection: "two", clientId: "cli" })).toEqual([false])
  expect(await outcomes(1, { ip: "192.0.2.2" })).toEqual([true])
  expect(await outcomes(1, { deviceId: "d" })).toEqual([true])
})

test("what is refused before it runs is not counted, nor are methods without a limit", async () => {
  const { outcomes } = calling()
  await outcomes(5, {}, limited.name, { text: 7 })
  await outcomes(5, { scopes: new Set(["write"]) })
  expect(await outcomes(4)).toEqual([true, true, true, false])
  expect(await outcomes(9, {}, free.name)).not.toContain(false)
})

test("a hundred thousand callers take no more memory than ten thousand", () => {
  const clock = turnableClock()
  const quota = createQuota(() => clock)
  for (let n = 0; n < 100_000; n++) quota.take(`caller ${n}`, { max: 1, windowMs: 60_000 })
  expect(quota.size).toBe(10_000)
})
