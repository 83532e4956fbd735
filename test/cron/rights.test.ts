/** threats.md N230, N175, N118: what a run may do, and whom it may reach. */
import { Database } from "bun:sqlite"
import { describe, expect, test } from "bun:test"
import type { Call } from "../support/fake-model.ts"
import { rightsOf } from "../../src/cron/rights.ts"
import type { AgentsConfig } from "../../src/agents/config.ts"
import { hour, startTasks } from "./support.ts"

const agents = () => ({ list: [{ id: "main" }] }) as unknown as AgentsConfig
const device = (found: { scopes: string[]; revokedAt?: number } | null) => async () => found

describe("N230 a run has the rights its maker has then", () => {
  const made = { kind: "operator", deviceId: "d" } as const
  test.each([
    ["admin stays admin", { scopes: ["operator.admin"] }, { owner: true }],
    ["who may only write by now gets no more", { scopes: ["operator.write"] }, { owner: false }],
    [
      "who may only read starts nothing",
      { scopes: ["operator.read"] },
      { lost: expect.any(String) },
    ],
    [
      "who was revoked starts nothing",
      { scopes: ["operator.admin"], revokedAt: 1 },
      { lost: expect.any(String) },
    ],
    ["who is gone starts nothing", null, { lost: expect.any(String) }],
  ])("%s", async (_, found, rights) => {
    expect(await rightsOf(made, { device: device(found), agents })).toEqual(rights)
  })

  test("an agent's task has the rights of the turn that made it, and ends with the agent", async () => {
    const by = { kind: "agent", sessionKey: "agent:main:main", owner: false } as const
    const needs = { device: device(null), agents }
    expect(await rightsOf({ ...by, agentId: "main" }, needs)).toEqual({ owner: false })
    expect(await rightsOf({ ...by, agentId: "gone" }, needs)).toEqual({ lost: expect.any(String) })
  })

  test("a task of a device that was revoked since is blocked, and says why", async () => {
    await using place = await startTasks()
    const { id } = await place.add()
    const db = new Database(place.gateway.paths.database)
    db.run(
      'UPDATE cron_jobs SET job = json_set(job, \'$.creator\', json(\'{"kind":"operator","deviceId":"gone"}\'))',
    )
    db.close()
    place.clock.turn(hour)
    await place.ended()
    const [run] = await place.runs({ id })
    expect(run).toMatchObject({ status: "blocked" })
    expect(run!.error).toContain("no longer let in")
    expect(place.model.calls).toHaveLength(0)
  })
})

const offered = ({ body }: Call) =>
  ((body.tools ?? []) as { function: { name: string } }[]).map((tool) => tool.function.name)

test("a task may be given less than its agent has", async () => {
  await using place = await startTasks()
  await place.add({ name: "all" })
  await place.add({ name: "some", executionPolicy: { tools: ["read", "group:web"] } })
  await place.add({ name: "none", executionPolicy: { tools: [] } })
  for (const [at, id] of ["all", "some", "none"].entries()) {
    await place.call("cron.run", { id })
    await place.ended(at + 1)
  }
  const [all, some, none] = place.model.calls.map(offered)
  expect(all).toContain("exec")
  expect(all).toContain("cron")
  expect(some).toContain("read")
  expect(some).not.toContain("exec")
  expect(none).toEqual([])
})

test("N175 a webhook to localhost is not called", async () => {
  await using place = await startTasks()
  await place.add({ delivery: { mode: "webhook", to: "http://localhost/x" } })
  place.clock.turn(hour)
  await place.ended()
  expect(await place.runs()).toMatchObject([{ status: "error", deliveryStatus: "not-delivered" }])
})

test.each([
  "http://127.0.0.1:1/x",
  "http://169.254.169.254/latest/meta-data",
  "http://[::1]/x",
  "http://0x7f000001/",
])("N175 a task with a webhook to %s is not taken", async (to) => {
  await using place = await startTasks()
  const added = place.add({ delivery: { mode: "webhook", to } })
  await expect(added).rejects.toThrow("private network")
})

test("the webhook in the config may be on this machine, and gets the token", async () => {
  const asked = Promise.withResolvers<{ headers: Headers; body: unknown }>()
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      asked.resolve({ headers: request.headers, body: await request.json() })
      return new Response("ok")
    },
  })
  try {
    const webhook = `http://127.0.0.1:${server.port}/end`
    await using place = await startTasks(["All done."], {
      config: { cron: { webhook, webhookToken: "hook-token-0123456789" } },
    })
    const { id } = await place.add({ delivery: { mode: "webhook" } })
    place.clock.turn(hour)
    await place.ended()
    const { headers, body } = await asked.promise
    expect(headers.get("authorization")).toBe("Bearer hook-token-0123456789")
    expect(headers.get("idempotency-key")).toStartWith(id)
    expect(body).toMatchObject({ jobId: id, status: "ok", summary: "All done." })
    expect(await place.runs()).toMatchObject([{ deliveryStatus: "delivered" }])
  } finally {
    await server.stop(true)
  }
})

describe("limits of a task", () => {
  test("runs in an hour, and tokens in a day", async () => {
    await using place = await startTasks()
    const every = { schedule: { kind: "every", everyMs: 60_000 } }
    await place.add({ ...every, name: "often", executionPolicy: { maxRunsPerHour: 2 } })
    for (let run = 1; run <= 3; run++) {
      place.clock.turn(60_000)
      await place.ended(run)
    }
    expect((await place.runs()).map(({ status }) => status)).toEqual(["blocked", "ok", "ok"])
  })

  test("it is switched off after so many runs, however they ended", async () => {
    await using place = await startTasks([{ fail: { status: 401, message: "no" } }])
    const { id } = await place.add({ executionPolicy: { maxTotalRuns: 2 } })
    for (let run = 1; run <= 2; run++) {
      place.clock.turn(hour)
      await place.ended(run)
    }
    const { enabled, state } = await place.get(id)
    expect(enabled).toBe(false)
    expect(state.disabledReason).toBe("It has run 2 times.")
  })

  test("it is switched off once a result says so", async () => {
    await using place = await startTasks(["Not yet.", "ALL DONE now."])
    const { id } = await place.add({ executionPolicy: { stopText: "ALL DONE" } })
    for (let run = 1; run <= 2; run++) {
      place.clock.turn(hour)
      await place.ended(run)
    }
    const { enabled, state } = await place.get(id)
    expect(enabled).toBe(false)
    expect(state.disabledReason).toContain("ALL DONE")
  })

  test("the day's budget holds them back, one-shots until the next day", async () => {
    await using place = await startTasks(["Done."], { config: { cron: { budget: { runs: 1 } } } })
    await place.add()
    const at = "2026-06-01T10:00:00Z"
    const once = await place.add({ name: "once", schedule: { kind: "at", at } })
    place.clock.turn(hour)
    await place.ended()
    place.clock.turn(hour)
    await place.ended(3)
    const blocked = await place.runs({ status: "blocked" })
    expect(blocked).toHaveLength(2)
    expect(blocked[0]!.error).toContain("budget")
    const { state, enabled } = await place.get(once.id)
    expect(enabled).toBe(true)
    expect(state.nextRunAtMs! - place.clock.now()).toBeWithin(1, 24 * hour + 1)
  })
})
