import { Database } from "bun:sqlite"
import type { Gateway, Home } from "./binary.ts"
import type { Call, FakeModel } from "./fake-model.ts"
import type { FakeNetwork, FakeRoom, Seen } from "./fake-network.ts"
import { networks } from "./networks.ts"

/** How much of it, and how rough. */
export interface Weather {
  /** So many messages are said on each network. */
  messages: number
  /** The gateway is killed after at most so long, again and again. */
  livesMs: number
  /** Between two messages of a conversation. */
  paceMs: number
}

/** What came of the messages of one network. */
export interface Fate {
  said: number
  answered: number
  /** How often the gateway was handed one again. */
  repeated: number
  /** Trouble the network made: connections cut, requests refused for now, broken, or left unanswered. */
  trouble: number
  /** Not answered, and the gateway says why. */
  failed: string[]
  /** Not answered, and the gateway says that it cannot know. */
  unknown: string[]
  /** Answered more than once, and the gateway says of one that it cannot know. */
  unsure: string[]
  /** Handed to a process that died before it was on disk, by a network that tells nothing twice. */
  untold: string[]
  lost: string[]
  doubled: string[]
}

const tag = /#[a-z]+-\d+\b/g
const most = 5
const patienceMs = 8_000
/** Of the outbox, between two tries. */
const longestPauseMs = 33_000

/** Answers with the marks of all that was said since it last spoke. */
export const echo = ({ body }: Pick<Call, "body">) => {
  const said = body.messages as { role: string; content: unknown }[]
  const last = said.findLastIndex(({ role }) => role === "assistant")
  const marks = said.slice(last + 1).flatMap((one) => JSON.stringify(one.content).match(tag) ?? [])
  return `This is the answer to ${[...new Set(marks)].join(" and to ")}, and nothing else.`
}

export const openNetworks = async () => {
  const all = await Promise.all(Object.values(networks).map(({ open }) => open()))
  return {
    all,
    config: Object.fromEntries(
      all.map(({ channel, settings }) => [
        channel,
        { ...settings, dmPolicy: "open", allowFrom: ["*"], groupPolicy: "open" },
      ]),
    ),
    [Symbol.asyncDispose]: async () => {
      for (const network of all) await network[Symbol.asyncDispose]()
    },
  }
}

/** A gateway on every network at once, in which no message waits for another longer than it must. */
export const onEveryNetwork = (
  model: FakeModel,
  channels: Record<string, object>,
): Record<string, unknown> => {
  const provider = model.provider("openai-completions")
  const models = provider.models.map((one) => ({ ...one, contextWindow: 8_000_000 }))
  return {
    agents: { defaults: { skipBootstrap: true, model: "fake/fake-1" } },
    models: { mode: "replace", providers: { fake: { ...provider, models } } },
    messages: { queue: { debounceMs: 0 } },
    channels,
  }
}

const between = (least: number, mostMs: number) => least + Math.random() * (mostMs - least)

/**
 * People talk on every network while cables are cut, networks are busy and broken, events come twice
 * and late, and the gateway is killed and started again. Then it is quiet, and everything is counted.
 */
export const storm = async (
  all: readonly FakeNetwork[],
  home: Home,
  { messages, livesMs, paceMs }: Weather,
) => {
  const over = new AbortController()
  let kills = 0
  let gateway: Gateway = await home.start()
  // A network sends again what was said while nobody listened to those alone who had begun to.
  await Promise.all(
    all.map(async (network) => {
      await network.untilConnected()
      await network.say(network.ada, network.direct(network.ada), "Anybody there?")
      await network.until(() => true)
    }),
  )
  const saidAt = new Map<string, number>()
  const fates = all.map(() => ({ said: 0, repeated: 0, trouble: 0 }))

  const people = async () => {
    await Promise.all(
      all.flatMap((network, index) => {
        const rooms = [network.direct(network.ada), network.room]
        return rooms.map((room, at) => talk(network, fates[index]!, room, at, rooms.length))
      }),
    )
    over.abort()
  }
  const talk = async (
    network: FakeNetwork,
    fate: (typeof fates)[number],
    room: FakeRoom,
    first: number,
    step: number,
  ) => {
    const open = new Set<string>()
    const ids: string[] = []
    for (let number = first; number < messages; number += step) {
      const mark = `#${network.channel}-${number}`
      await quieter(network, room, open)
      open.add(mark)
      saidAt.set(mark, Date.now())
      fate.said++
      ids.push(
        await network.say(network.ada, room, `${mark} what do you say?`, {
          mention: room.kind !== "direct",
        }),
      )
      if (Math.random() < 0.1) {
        fate.repeated++
        void network.repeat(ids[Math.floor(between(Math.max(0, ids.length - 20), ids.length))]!)
      }
      await Bun.sleep(between(0, paceMs * 2))
    }
  }
  /** Waits until not too many are unanswered; one that nobody answers is waited for only so long. */
  const quieter = async (network: FakeNetwork, room: FakeRoom, open: Set<string>) => {
    const began = Date.now()
    while (open.size >= most) {
      for (const { text } of network.seen.slice(-200).filter((seen) => seen.room === room.id))
        for (const mark of text.match(tag) ?? []) open.delete(mark)
      if (open.size < most) return
      if (Date.now() - began > patienceMs) return open.clear()
      await Bun.sleep(50)
    }
  }

  const bad = async (network: FakeNetwork, fate: (typeof fates)[number]) => {
    let seenThen = 0
    while (!over.signal.aborted) {
      await Bun.sleep(between(0, paceMs * 60))
      if (over.signal.aborted) return
      const what = Math.random()
      // What a send meets waits for one: a heap of it would only make the next one wait for minutes.
      if (what >= 0.25) {
        if (network.seen.length === seenThen) continue
        seenThen = network.seen.length
      }
      fate.trouble++
      if (what < 0.1 && network.forget) network.forget()
      else if (what < 0.25) network.drop()
      else if (what < 0.5) network.next("busy", 1, 50)
      else if (what < 0.75) network.next("broken")
      else network.next("lost")
    }
  }

  const death = async () => {
    while (!over.signal.aborted) {
      await Bun.sleep(between(0, livesMs))
      if (over.signal.aborted) return
      await gateway.end("SIGKILL")
      kills++
      gateway = await home.start()
    }
  }

  await Promise.all([
    people(),
    death(),
    ...all.map((network, index) => bad(network, fates[index]!)),
  ])
  await calm(all, saidAt, home)
  await gateway.end("SIGTERM")
  return {
    kills,
    fates: Object.fromEntries(
      all.map((network, index) => [network.channel, fateOf(network, fates[index]!, saidAt, home)]),
    ) as Record<string, Fate>,
  }
}

/** In figures, a line a network. */
export const figures = (fates: Readonly<Record<string, Fate>>) =>
  Object.fromEntries(
    Object.entries(fates).map(([channel, fate]) => [
      channel,
      Object.fromEntries(
        Object.entries(fate).map(([name, value]) => [
          name,
          typeof value === "number" ? value : value.length,
        ]),
      ),
    ]),
  )

const answersTo = ({ seen }: FakeNetwork) => {
  const answers = new Map<string, Seen[]>()
  for (const one of seen)
    for (const mark of new Set(one.text.match(tag) ?? []))
      answers.set(mark, [...(answers.get(mark) ?? []), one])
  return answers
}

const openDatabase = (home: Home) => new Database(`${home.state}/fased.db`, { readonly: true })

/** Whether an answer is to be tried again. */
const isWaiting = (home: Home) => {
  using db = openDatabase(home)
  return db.query("SELECT 1 FROM outbox WHERE state IN ('pending', 'sending')").get() !== null
}

/** Until everything is answered, or nothing more happens. */
const calm = async (
  all: readonly FakeNetwork[],
  saidAt: ReadonlyMap<string, number>,
  home: Home,
) => {
  const patience = () => (isWaiting(home) ? patienceMs + longestPauseMs : patienceMs)
  const count = () => all.reduce((sum, network) => sum + answersTo(network).size, 0)
  let before = count()
  for (let since = Date.now(); Date.now() - since < patience();) {
    await Bun.sleep(500)
    const now = count()
    if (now === saidAt.size) break
    if (now === before) continue
    before = now
    since = Date.now()
  }
  await Bun.sleep(1500) // what is said twice is said soon
}

/**
 * Whether an answer was meant for a question. The next question's turn sees one whose own was cut off,
 * and speaks of both.
 */
const turnsIn = (db: Database, channel: string) => {
  const runs = new Map<string, Set<string | null>>()
  for (const { message, runId, answeredBy } of db
    .query<{ message: string; runId: string; answeredBy: string | null }, [string]>(
      "SELECT message, run_id AS runId, answered_by AS answeredBy FROM inbox WHERE channel = ?",
    )
    .all(channel))
    for (const mark of message.match(tag) ?? []) runs.set(mark, new Set([runId, answeredBy]))
  const meant = new Map(
    db
      .query<{ id: string; runId: string }, [string]>(
        `SELECT message_id AS id, substr(key, 8) AS runId
         FROM outbox JOIN outbox_deliveries ON outbox_deliveries.id = delivery
         WHERE channel = ? AND key LIKE 'answer:%' AND message_id IS NOT NULL`,
      )
      .all(channel)
      .map(({ id, runId }) => [id, runId]),
  )
  return (mark: string, id: string) => {
    const runId = meant.get(id)
    return runId === undefined || (runs.get(mark)?.has(runId) ?? true)
  }
}

const fateOf = (
  network: FakeNetwork,
  told: Pick<Fate, "said" | "repeated" | "trouble">,
  saidAt: ReadonlyMap<string, number>,
  home: Home,
): Fate => {
  using db = openDatabase(home)
  const marksIn = (sql: string) =>
    new Set(
      db
        .query<{ text: string }, [string]>(sql)
        .all(network.channel)
        .flatMap(({ text }) => text.match(tag) ?? []),
    )
  const sent = "SELECT part AS text FROM outbox WHERE channel = ? AND state ="
  const unknown = marksIn(`${sent} 'unknown'`)
  const failed = marksIn(`${sent} 'failed'`)
  const heard = marksIn(
    "SELECT kept AS text FROM arrivals WHERE channel = ?1 UNION ALL SELECT message FROM inbox WHERE channel = ?1",
  )
  const answers = answersTo(network)
  const own = [...saidAt.keys()].filter((mark) => mark.startsWith(`#${network.channel}-`))
  const open = own.filter((mark) => !answers.has(mark))
  const isFor = turnsIn(db, network.channel)
  const doubled = own.filter(
    (mark) => (answers.get(mark) ?? []).filter(({ id }) => isFor(mark, id)).length > 1,
  )
  const isUntold = (mark: string) => network.channel === "signal" && !heard.has(mark)
  return {
    ...told,
    answered: own.length - open.length,
    failed: open.filter((mark) => failed.has(mark)),
    unknown: open.filter((mark) => unknown.has(mark)),
    unsure: doubled.filter((mark) => unknown.has(mark)),
    untold: open.filter(isUntold),
    lost: open.filter((mark) => !unknown.has(mark) && !failed.has(mark) && !isUntold(mark)),
    doubled: doubled.filter((mark) => !unknown.has(mark)),
  }
}
