/** What becomes of runs and their sessions in time, and who hears of tasks that fail. */
import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { listen } from "../support/chat.ts"
import { hour, minute, startTasks } from "./support.ts"

/** Asks until it is so: what follows a run's end is no event. */
const eventually = async <T>(look: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> => {
  const found = await look()
  return isSo(found) ? found : eventually(look, isSo)
}

test("the log keeps the newest runs of each task", async () => {
  await using place = await startTasks(["Done."], {
    config: { cron: { runLog: { keepLines: 2 } } },
  })
  const { id } = await place.add()
  await place.add({ name: "other" })
  for (let run = 1; run <= 4; run++) {
    await place.call("cron.run", { id })
    await place.ended(run)
    place.clock.turn(minute)
  }
  await place.call("cron.run", { id: "other" })
  await place.ended(5)
  expect(
    await eventually(
      () => place.runs({ id }),
      ({ length }) => length === 2,
    ),
  ).toHaveLength(2)
  expect(await place.runs({ id: "other" })).toHaveLength(1)
})

test("and of those no more than their bytes", async () => {
  await using place = await startTasks(["words ".repeat(300)], {
    config: { cron: { runLog: { maxBytes: 5000 } } },
  })
  const { id } = await place.add()
  for (let run = 1; run <= 4; run++) {
    await place.call("cron.run", { id })
    await place.ended(run)
    place.clock.turn(minute)
  }
  await eventually(
    () => place.runs({ id }),
    ({ length }) => length <= 2,
  )
})

const cronSessions = async (place: Awaited<ReturnType<typeof startTasks>>) =>
  (await place.call<{ sessions: { key: string }[] }>("sessions.list")).sessions
    .map(({ key }) => key)
    .filter((key) => key.includes(":cron:"))

test("sessions of runs are put away in time, and their runs stay", async () => {
  await using place = await startTasks(["Done."], { config: { cron: { sessionRetention: "2h" } } })
  const { id } = await place.add()
  for (let run = 1; run <= 4; run++) {
    place.clock.turn(hour)
    await place.ended(run)
  }
  const left = await eventually(
    () => cronSessions(place),
    ({ length }) => length <= 3,
  )
  const [newest] = await place.runs({ id })
  expect(left).toContain(newest!.sessionKey!)
  expect(await place.runs({ id })).toHaveLength(4)
})

test("also when no run comes after them", async () => {
  await using place = await startTasks(["Done."], { config: { cron: { sessionRetention: "2h" } } })
  const { id } = await place.add()
  await place.call("cron.run", { id })
  await place.ended()
  await place.call("cron.update", { id, patch: { enabled: false } })
  expect(await cronSessions(place)).toHaveLength(1)
  place.clock.turn(3 * hour)
  await eventually(
    () => cronSessions(place),
    ({ length }) => length === 0,
  )
})

test("they stay for ever where that is wanted", async () => {
  await using place = await startTasks(["Done."], { config: { cron: { sessionRetention: false } } })
  await place.add({ schedule: { kind: "every", everyMs: 24 * hour } })
  for (let run = 1; run <= 3; run++) {
    place.clock.turn(24 * hour)
    await place.ended(run)
  }
  expect(await cronSessions(place)).toHaveLength(3)
})

test("that a task keeps failing is told after so many failures, and not again too soon", async () => {
  await using place = await startTasks([{ fail: { status: 401, message: "no" } }])
  const chat = listen(place.gateway.client)
  const said = async () =>
    (await chat.history()).messages.map(({ content }) => JSON.stringify(content))
  await place.add({ failureAlert: { after: 2, cooldownMs: 3 * hour } })
  for (let run = 1; run <= 6; run++) {
    place.clock.turn(hour)
    await place.ended(run)
    if (run === 1) expect(await said()).toEqual([])
  }
  const told = await eventually(said, ({ length }) => length === 2)
  expect(told[0]).toContain("has failed 2 times in a row")
  expect(told[1]).toContain("has failed 5 times in a row")
})

test("no word where it wants none, whatever the config says", async () => {
  await using place = await startTasks([{ fail: { status: 401, message: "no" } }], {
    config: { cron: { failureAlert: { enabled: true, after: 1, cooldownMs: 0 } } },
  })
  const chat = listen(place.gateway.client)
  await place.add({ name: "quiet", failureAlert: false })
  await place.call("cron.run", { id: "quiet" })
  await place.ended()
  await place.add({ name: "loud" })
  await place.call("cron.run", { id: "loud" })
  await place.ended(2)
  const { messages } = await eventually(
    () => chat.history(),
    ({ messages: { length } }) => length > 0,
  )
  expect(messages).toMatchObject([{ label: "loud" }])
})

test("an audit finds what keeps tasks from their work", async () => {
  await using place = await startTasks()
  const names = ["fine", "model", "agent", "rights", "session"]
  for (const name of names)
    await place.add({ name, ...(name === "session" && { sessionKey: "gone" }) })
  const db = new Database(place.gateway.paths.database)
  const change = (name: string, path: string, value: string) =>
    db.run(
      `UPDATE cron_jobs SET job = json_set(job, '${path}', json('${value}')) WHERE name = '${name}'`,
    )
  change("model", "$.payload.model", '"fake/gone"')
  change("agent", "$.agentId", '"gone"')
  change("rights", "$.creator", '{"kind":"operator","deviceId":"gone"}')
  db.close()
  const { ok, checked, findings } = await place.call<{
    ok: boolean
    checked: number
    findings: { kind: string; jobName: string }[]
  }>("tasks.audit")
  expect({ ok, checked }).toEqual({ ok: false, checked: 5 })
  expect(findings.map(({ kind, jobName }) => `${jobName}: ${kind}`).toSorted()).toEqual([
    "agent: missing-agent",
    "model: missing-model",
    "rights: lost-rights",
    "session: missing-session",
  ])
})
