/**
 * `npm run bench:soak -- [seconds]`: turns, connects and disconnects without a pause, on every chat
 * network too, whose cables are cut now and then; and whether the memory of the binary and what it
 * holds open grow meanwhile. The slope is taken after the first third.
 */
import { Database } from "bun:sqlite"
import { readdirSync } from "node:fs"
import { connect } from "../../src/client/connect.ts"
import { answeredBy, freshHome, residentMegabytes, testToken } from "../support/binary.ts"
import { fakeModel } from "../support/fake-model.ts"
import type { FakeNetwork } from "../support/fake-network.ts"
import { openNetworks } from "../support/storm.ts"

const seconds = Number(process.argv[2] ?? 180)
await using model = fakeModel({ turns: ["One two three four five six seven eight nine ten."] })
await using home = freshHome()
await using networks = await openNetworks()
home.configure({ ...answeredBy(model), channels: networks.config })
await using gateway = await home.start()
const open = () => connect({ url: gateway.wsUrl, token: testToken, version: "0" })
const ends = Date.now() + seconds * 1000
const done = { turns: 0, connects: 0, reads: 0, chats: 0, cuts: 0 }

/** Talks in fifty sessions, begun afresh now and then, so that no transcript grows without end. */
const talk = async (worker: number) => {
  await using client = await open()
  await client.request("sessions.subscribe", {})
  for (let at = 0; Date.now() < ends; at++) {
    const sessionKey = `agent:main:soak-${worker}-${at % 25}`
    const params = { sessionKey, message: `message ${at}`, idempotencyKey: crypto.randomUUID() }
    await client.request("agent", params, { onAccepted: () => {} })
    if (at % 500 === 499) await client.request("sessions.reset", { key: sessionKey })
    done.turns++
  }
}

/** Somebody talks in private, and is answered; a new session begins now and then. */
const chat = async (network: FakeNetwork) => {
  const room = network.direct(network.ada)
  await network.untilConnected()
  for (let at = 0; Date.now() < ends; at++) {
    const before = network.seen.length
    await network.say(network.ada, room, at % 200 === 199 ? "/new" : `message ${at}`)
    await Promise.race([network.until(() => network.seen.length > before), Bun.sleep(5000)])
    done.chats++
    if (at % 500 === 250) {
      network.drop()
      done.cuts++
    }
    await Bun.sleep(100)
  }
}

const comeAndGo = async () => {
  while (Date.now() < ends) {
    await using client = await open()
    await client.request("health", {})
    await client.request("sessions.list", { limit: 20 })
    done.connects++
    done.reads += 2
    await Bun.sleep(5)
  }
}

const openFiles = () => readdirSync(`/proc/${gateway.pid}/fd`).length
const samples: { minute: number; mb: number; files: number }[] = []
const watch = async () => {
  const began = Date.now()
  while (Date.now() < ends) {
    samples.push({
      minute: (Date.now() - began) / 60_000,
      mb: await residentMegabytes(gateway.pid),
      files: openFiles(),
    })
    await Bun.sleep(1000)
  }
}

/** Least squares. */
const slope = (points: typeof samples) => {
  const mean = (of: (point: (typeof samples)[number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [x, y] = [mean(({ minute }) => minute), mean(({ mb }) => mb)]
  return mean(({ minute, mb }) => (minute - x) * (mb - y)) / mean(({ minute }) => (minute - x) ** 2)
}

await Promise.all([talk(1), talk(2), comeAndGo(), watch(), ...networks.all.map(chat)])
const steady = samples.slice(samples.length / 3)
const every = Math.max(1, Math.floor(samples.length / 12))
console.log(
  samples
    .filter((_, at) => at % every === 0)
    .map(({ mb }) => mb.toFixed(0))
    .join(" "),
  "MB",
)
console.log(
  `${done.turns} turns, ${done.connects} connections, ${done.reads} reads, ` +
    `${done.chats} messages of chat networks, ${done.cuts} cuts in ${seconds} s`,
)
console.log(`slope after the first third: ${slope(steady).toFixed(2)} MB/min`)
console.log(
  `files held open: ${steady[0]!.files} then, ${Math.max(...steady.map(({ files }) => files))} at most, ` +
    `${openFiles()} at the end`,
)
using db = new Database(`${home.state}/fased.db`, { readonly: true })
for (const table of ["inbox", "arrivals", "outbox", "outbox_deliveries", "channel_memory"]) {
  const { rows } = db.query<{ rows: number }, []>(`SELECT count(*) AS rows FROM ${table}`).get()!
  console.log(`${table}: ${rows} rows`)
}
