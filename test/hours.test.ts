/** Hours of a gateway's life in seconds: what it sets to wake it, and what it keeps, does not grow. */
import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { fakeModel } from "./support/fake-model.ts"
import { startGateway } from "./support/gateway.ts"
import { hurriedClock } from "./support/hurried-clock.ts"

const minute = 60_000
const hour = 60 * minute

test("hours like the one before them leave no more behind", async () => {
  const hurried = hurriedClock(Date.parse("2026-06-01T08:00:00Z"))
  await using model = fakeModel({
    turns: [
      ({ body }) =>
        JSON.stringify(body.messages.at(-1)).includes("HEARTBEAT.md")
          ? "HEARTBEAT_OK"
          : "One two three.",
    ],
  })
  await using gateway = await startGateway({
    config: {
      agents: { defaults: { skipBootstrap: true, model: "fake/fake-1" } },
      models: { mode: "replace", providers: { fake: model.provider("openai-completions") } },
      cron: { sessionRetention: "20m", runLog: { keepLines: 5 } },
    },
    start: { clock: hurried.clock },
  })
  const { client } = gateway
  const beats: { status: string }[] = []
  client.on("heartbeat", (payload) => void beats.push(payload as (typeof beats)[number]))
  for (const [name, everyMs] of [
    ["often", 3 * minute],
    ["seldom", 25 * minute],
  ] as const)
    await client.request("cron.add", {
      name,
      schedule: { kind: "every", everyMs },
      sessionTarget: "isolated",
      payload: { kind: "agentTurn", message: "Count." },
      delivery: { mode: "none" },
    })

  const talk = async (at: number) => {
    const params = { sessionKey: `agent:main:talk-${at % 5}`, message: `message ${at}` }
    await client.request("agent", { ...params, idempotencyKey: `talk-${at}` }, { onAccepted() {} })
    const other = await gateway.connect()
    await other.request("health", {})
    await other.close()
  }

  let talks = 0
  const hours = async (count: number) => {
    for (let left = (count * hour) / (5 * minute); left; left--) {
      await hurried.during(talk(talks++))
      await hurried.pass(5 * minute)
    }
    return { alarms: hurried.armed, runs: rows("cron_runs"), sessions: rows("sessions") }
  }
  const db = new Database(gateway.paths.database, { readonly: true })
  const rows = (table: string) =>
    db.query<{ rows: number }, []>(`SELECT count(*) AS rows FROM ${table}`).get()!.rows
  try {
    const early = await hours(1)
    const late = await hours(2)
    expect(late.alarms).toBeLessThan(early.alarms + 5)
    // Five of each task, and what has come since the last one ended.
    expect(late.runs).toBeWithin(9, 13)
    expect(late.sessions).toBeLessThan(45)
    expect(beats.filter(({ status }) => status === "ok-token").length).toBeGreaterThanOrEqual(4)
    const { lines } = (await client.request("logs.tail", { limit: 1000 })) as { lines: string[] }
    expect(lines.filter((line) => /\berror\b/i.test(line))).toEqual([])
  } finally {
    db.close()
  }
}, 180_000)
