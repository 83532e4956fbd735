import { afterEach, beforeEach, expect, test } from "bun:test"
import { createInbox } from "../../src/inbox/inbox.ts"
import type { Inbox } from "../../src/inbox/inbox.ts"
import { createInboxStore, migrations } from "../../src/inbox/store.ts"
import type { Inbound } from "../../src/kernel/channel.ts"
import { Database } from "../../src/store/database.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const minutes = 60_000
const place = { sessionKey: "agent:main:main", agentId: "main" }
const message = (id: string, more: Partial<Inbound> = {}): Inbound => ({
  channel: "telegram",
  account: "default",
  chat: "42",
  id,
  sender: { kind: "person", id: "7" },
  text: "hi",
  ...more,
})

let db: Database
let inbox: Inbox
let clock: ReturnType<typeof turnableClock>
beforeEach(() => {
  db = new Database(":memory:", migrations)
  clock = turnableClock()
  inbox = createInbox({ store: createInboxStore(db), clock, log: silentLog })
})
afterEach(() => db.close())

const accept = async (id: string, more?: Partial<Inbound>) =>
  (await inbox.accept(message(id, more), place)).receipt

test("a message is new once, then running, then done, always with the same turn", async () => {
  const first = await accept("1")
  expect(first.state).toBe("new")
  expect(await accept("1")).toEqual({ ...first, state: "running" })
  await inbox.settle(first.runId)
  expect(await accept("1", { text: "another text" })).toEqual({ ...first, state: "done" })
})

test("the same id is another message in another chat, account or channel", async () => {
  const places = [{}, { chat: "43" }, { account: "work" }, { channel: "slack" }]
  const states = await Promise.all(places.map(async (more) => (await accept("1", more)).state))
  expect(states).toEqual(["new", "new", "new", "new"])
})

test("what is left over is told apart by its age", async () => {
  const old = await accept("old")
  clock.turn(16 * minutes)
  const young = await accept("young")
  const settled = await accept("settled")
  await inbox.settle(settled.runId)
  const { fresh, stale } = await inbox.leftOver()
  expect(fresh.map(({ runId }) => runId)).toEqual([young.runId])
  expect(stale.map(({ runId }) => runId)).toEqual([old.runId])
  expect(stale[0]!.message).toEqual(message("old"))
})

test("answered messages are forgotten after a week, unanswered ones never", async () => {
  const answered = await accept("answered")
  await inbox.settle(answered.runId)
  await accept("waiting")
  clock.turn(8 * 24 * 60 * minutes)
  await Promise.resolve()
  expect((await accept("answered")).state).toBe("new")
  expect((await accept("waiting")).state).toBe("running")
})
