/**
 * `npm run bench:tasks -- [seconds]`: the binary with no task, with one and with 10,000 that are not
 * due, one after the other: what it uses while nothing happens, and how long work with tasks takes.
 */
import { Database } from "bun:sqlite"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { connect } from "../../src/client/connect.ts"
import type { Client } from "../../src/client/connect.ts"
import { answeredBy, freshHome, residentMegabytes, testToken } from "../support/binary.ts"
import { fakeModel } from "../support/fake-model.ts"
import { median, printTable, timed } from "./measure.ts"

const seconds = Number(process.argv[2] ?? 20)
const counts = [0, 1, 10_000]
const model = fakeModel({ turns: ["One two three."] })

const task = (at: number) => ({
  name: `task ${at}`,
  // Any time tomorrow: none is due while it is measured.
  schedule: { kind: "every", everyMs: 86_400_000 + at * 1000 },
  sessionTarget: "isolated",
  payload: { kind: "agentTurn", message: "Count to three." },
  delivery: { mode: "none" },
})

/** Makes many of the one there is. */
const multiply = (path: string, count: number) => {
  const db = new Database(path, { strict: true })
  db.query(
    `WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
     INSERT INTO cron_jobs
     SELECT printf('%012x', n), 'task ' || n, agent_id, enabled, next_run_at + n * 1000, created_at,
       updated_at, json_set(job, '$.id', printf('%012x', n), '$.name', 'task ' || n,
         '$.state.nextRunAtMs', next_run_at + n * 1000)
     FROM numbers, cron_jobs WHERE name = 'task 1'`,
  ).run(count)
  db.close()
}

/** Processor time a process has used, in milliseconds. */
const processorMs = (pid: number) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ")
  return (Number(fields[11]) + Number(fields[12])) * 10
}

const each = async (times: number, work: (at: number) => unknown) => {
  const all: number[] = []
  for (let at = 0; at < times; at++) all.push(await timed(() => work(at)))
  return median(all)
}

const sample = async (count: number) => {
  await using home = freshHome()
  home.configure(answeredBy(model))
  if (count) {
    await using first = await home.start()
    await using client = await connect({ url: first.wsUrl, token: testToken, version: "0" })
    await client.request("cron.add", task(1))
    await first.end()
    if (count > 1) multiply(join(home.state, "fased.db"), count)
  }
  const figures: Record<string, number> = {}
  let gateway!: Awaited<ReturnType<typeof home.start>>
  let client!: Client
  figures["start to hello-ok, ms"] = await timed(async () => {
    gateway = await home.start()
    client = await connect({ url: gateway.wsUrl, token: testToken, version: "0" })
  })
  // What a start puts off is done by then.
  await Bun.sleep(8000)
  const before = processorMs(gateway.pid)
  await Bun.sleep(seconds * 1000)
  figures["processor while idle, ms/min"] = ((processorMs(gateway.pid) - before) * 60) / seconds
  figures["memory while idle, MB"] = await residentMegabytes(gateway.pid)
  await client.request("cron.status", {})
  figures["cron.status, ms"] = await each(20, () => client.request("cron.status", {}))
  figures["cron.list, ms"] = await each(20, (at) => client.request("cron.list", { limit: 20 + at }))
  figures["cron.list search, ms"] = await each(20, (at) =>
    client.request("cron.list", { limit: 20 + at, query: "task 99" }),
  )
  figures["cron.add, ms"] = await each(20, (at) => client.request("cron.add", task(20_000 + at)))
  figures["run to its end, ms"] = await each(20, async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const stop = client.on("cron", (payload) => {
      if ((payload as { action: string }).action === "finished") resolve()
    })
    await client.request("cron.run", { id: "task 20000" })
    await promise
    stop()
  })
  figures["memory after, MB"] = await residentMegabytes(gateway.pid)
  await client.close()
  return figures
}

const samples: Record<string, number>[] = []
for (const count of counts) samples.push(await sample(count))
await model.close()
printTable([
  ["tasks", ...counts.map(String), "ratio"],
  ...Object.keys(samples[0]!).map((what) => {
    const figures = samples.map((sample) => sample[what]!)
    const [none] = figures
    const most = figures.at(-1)!
    return [what, ...figures.map((figure) => figure.toFixed(1)), `${(most / none!).toFixed(2)}×`]
  }),
])
