import { expect, test } from "bun:test"
import { z } from "zod"
import { cancelRequest } from "../../src/gateway/cancel-method.ts"
import { createDispatch, type Answer } from "../../src/gateway/dispatch.ts"
import { tableOf } from "../../src/gateway/method-table.ts"
import { method, type Caller } from "../../src/kernel/method.ts"
import { startGateway } from "../support/gateway.ts"
import { silentLog } from "../support/silent-log.ts"
import { uncounted } from "../support/uncounted.ts"

const callerOn = (connection: string): Caller => ({
  connection,
  role: "operator",
  scopes: new Set(["read"]),
  clientId: "test",
  clientMode: "test",
})

/** A gateway with work that lasts until it is told to stop. */
const withWork = () => {
  const work = Promise.withResolvers<AbortSignal>()
  const endless = method({
    name: "endless",
    scope: "read",
    summary: "Test.",
    params: z.object({}),
    result: z.object({}),
    example: {},
    handle: (_, { signal }) =>
      new Promise<Record<string, never>>((_, reject) => {
        work.resolve(signal)
        signal.addEventListener("abort", () => reject(signal.reason))
      }),
  })
  const dispatch = createDispatch(tableOf([endless, cancelRequest]), uncounted(), silentLog, {
    record: () => {},
  })
  const ask = (connection: string, id: string, name: string, params = {}) => {
    const gone = new AbortController()
    const caller = callerOn(connection)
    const accept = () => {}
    const answer = dispatch({ id, method: name, params, caller, signal: () => gone.signal, accept })
    return { answer, gone }
  }
  return { begun: work.promise, ask }
}
const cancelled = (is: boolean): Answer => ({ ok: true, json: JSON.stringify({ cancelled: is }) })

test("a call is given up by its own connection: its work stops, and says why", async () => {
  const { begun, ask } = withWork()
  const call = ask("mine", "7", "endless")
  const signal = await begun
  const others = await ask("another", "8", "request.cancel", { id: "7" }).answer
  expect(others).toEqual(cancelled(false))
  expect(signal.aborted).toBe(false)
  expect(await ask("mine", "8", "request.cancel", { id: "7" }).answer).toEqual(cancelled(true))
  expect(await call.answer).toMatchObject({
    ok: false,
    error: { details: { code: "gateway.call-given-up" } },
  })
  expect(await ask("mine", "9", "request.cancel", { id: "7" }).answer).toEqual(cancelled(false))
})

test("a connection that ends takes its calls along", async () => {
  const { begun, ask } = withWork()
  const call = ask("mine", "7", "endless")
  const signal = await begun
  call.gone.abort(new Error("gone"))
  expect(signal.aborted).toBe(true)
  expect(await call.answer).toMatchObject({ ok: false })
})

test("what is over already cannot be given up", async () => {
  await using gateway = await startGateway()
  expect(await gateway.client.request("request.cancel", { id: "1" })).toEqual({ cancelled: false })
})
