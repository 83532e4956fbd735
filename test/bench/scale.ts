/**
 * `npm run bench:scale`: the binary on a store of 10,000 sessions and 1,000,000 transcript rows with
 * 500 agents in the config, beside the same on a store of 100 sessions with one agent, measured in
 * turns in one run. Nothing here should be more than twice as slow.
 */
import { Database } from "bun:sqlite"
import { randomUUID } from "node:crypto"
import { statSync } from "node:fs"
import { join } from "node:path"
import { connect } from "../../src/client/connect.ts"
import type { Client } from "../../src/client/connect.ts"
import { answeredBy, freshHome, residentMegabytes, testToken } from "../support/binary.ts"
import type { Home } from "../support/binary.ts"
import { fakeModel } from "../support/fake-model.ts"
import { median, printTable, timed } from "./measure.ts"

const rounds = Number(process.argv[2] ?? 9)
const rowsPerSession = 100
const sizes = { small: { sessions: 100, agents: 1 }, large: { sessions: 10_000, agents: 500 } }

const model = fakeModel({ turns: ["One two three."] })

/** A home whose store holds that much. */
const seed = async ({ sessions, agents }: { sessions: number; agents: number }): Promise<Home> => {
  const home = freshHome()
  const answered = answeredBy(model)
  const list = Array.from({ length: agents }, (_, at) => ({ id: at ? `agent-${at}` : "main" }))
  home.configure({ ...answered, agents: { ...answered.agents, list } })
  await (await home.start()).end()
  fill(join(home.state, "fased.db"), sessions, agents)
  return home
}

const fill = (path: string, sessions: number, agents: number) => {
  const db = new Database(path, { strict: true })
  const now = Date.now()
  const addSession = db.query(
    `INSERT INTO sessions (key, session_id, agent_id, created_at, updated_at, title, preview,
       input_tokens, output_tokens, context_tokens, provider, model, status)
     VALUES ($key, $id, $agent, $at, $at, $title, $preview, 900, 400, 1300, 'fake', 'fake-1', 'done')`,
  )
  const addEntry = db.query(
    `INSERT INTO entries (session_id, seq, id, run_id, at, message)
     VALUES ($session, $seq, $id, $run, $at, $message)`,
  )
  const words = "the heron waits at the weir until the water falls ".repeat(4)
  const addTranscript = (session: string, at: number) => {
    for (let seq = 1; seq <= rowsPerSession; seq++) {
      const asked = seq % 2 === 1
      const content = asked ? `${seq} ${words}` : [{ type: "text", text: `${seq} ${words}` }]
      const message = { role: asked ? "user" : "assistant", content, timestamp: at }
      const run = `run-${session}-${seq >> 1}`
      addEntry.run({ session, seq, id: randomUUID(), run, at, message: JSON.stringify(message) })
    }
  }
  const addSome = db.transaction((from: number, to: number) => {
    for (let n = from; n < to; n++) {
      const agent = n % agents ? `agent-${n % agents}` : "main"
      const [id, at] = [randomUUID(), now - n * 60_000]
      const title = `Question number ${n} about herons`
      addSession.run({ key: `agent:${agent}:chat-${n}`, id, agent, at, title, preview: title })
      addTranscript(id, at)
    }
  })
  for (let from = 0; from < sessions; from += 500) addSome(from, Math.min(sessions, from + 500))
  db.close()
}

type Sample = Record<string, number>

const each = async (count: number, work: (at: number) => unknown) => {
  const times: number[] = []
  for (let at = 0; at < count; at++) times.push(await timed(() => work(at)))
  return median(times)
}

const turn = (client: Client, round: number) => async (at: number) => {
  const runId = randomUUID()
  const params = { sessionKey: `agent:main:turn-${round}-${at}`, message: "hello" }
  await client.request("agent", { ...params, idempotencyKey: runId }, { onAccepted: () => {} })
}

const sample = async (home: Home, round: number): Promise<Sample> => {
  const figures: Sample = {}
  let gateway!: Awaited<ReturnType<Home["start"]>>
  let client!: Client
  figures["start to hello-ok, ms"] = await timed(async () => {
    gateway = await home.start()
    client = await connect({ url: gateway.wsUrl, token: testToken, version: "0" })
  })
  const read = (method: string, params: object) => client.request(method, params)
  figures["handshake, ms"] = await each(20, async () => {
    const other = await connect({ url: gateway.wsUrl, token: testToken, version: "0" })
    await other.close()
  })
  figures["health, ms"] = await each(50, () => read("health", {}))
  figures["status, ms"] = await each(50, () => read("status", {}))
  // Another page each time, so that none is answered from what was prepared before.
  figures["sessions.list, ms"] = await each(30, (at) => read("sessions.list", { limit: 50 + at }))
  figures["sessions.list of an agent, ms"] = await each(15, (at) =>
    read("sessions.list", { limit: 5 + at, agentId: "main" }),
  )
  figures["sessions.list search, ms"] = await each(15, (at) =>
    read("sessions.list", { limit: 5 + at, search: "number 42 " }),
  )
  figures["chat.history, ms"] = await each(30, (at) =>
    read("chat.history", { sessionKey: "agent:main:chat-0", limit: 60 + at }),
  )
  figures["turn, ms"] = await each(20, turn(client, round))
  figures["memory after, MB"] = await residentMegabytes(gateway.pid)
  await client.close()
  figures["SIGTERM to exit, ms"] = await timed(() => gateway.end())
  return figures
}

const homes = { small: await seed(sizes.small), large: await seed(sizes.large) }
try {
  const megabytes = statSync(join(homes.large.state, "fased.db")).size / 1e6
  console.log(`large store: ${megabytes.toFixed(0)} MB, ${rounds} rounds\n`)
  const samples: { small: Sample; large: Sample }[] = []
  for (let round = 0; round < rounds; round++)
    samples.push({
      small: await sample(homes.small, round),
      large: await sample(homes.large, round),
    })
  printTable([
    ["median", "100 sessions", "10,000 sessions", "ratio"],
    ...Object.keys(samples[0]!.small).map((what) => {
      const small = median(samples.map((figures) => figures.small[what]!))
      const large = median(samples.map((figures) => figures.large[what]!))
      return [what, small.toFixed(2), large.toFixed(2), `${(large / small).toFixed(2)}×`]
    }),
  ])
} finally {
  for (const home of Object.values(homes)) await home[Symbol.asyncDispose]()
  await model.close()
}
