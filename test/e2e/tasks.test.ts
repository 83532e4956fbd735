/** Tasks of the compiled binary, killed whenever. */
import { expect, test } from "bun:test"
import { connect } from "../../src/client/connect.ts"
import type { Client } from "../../src/client/connect.ts"
import { answeredBy, freshHome, testToken, type Gateway } from "../support/binary.ts"
import { fakeModel } from "../support/fake-model.ts"

const clientOf = ({ wsUrl }: Gateway) => connect({ url: wsUrl, token: testToken, version: "0" })

/** The model answers each question with its own last word. */
const echo = () =>
  fakeModel({
    turns: [
      (call) => {
        const said = JSON.stringify(call.body.messages.at(-1).content)
        return `Result of ${/word-\d+-end/.exec(said)?.[0] ?? "nothing"}.`
      },
    ],
  })

interface Said {
  role: string
  content: unknown
}
const told = async (client: Client) => {
  const params = { sessionKey: "main", limit: 500 }
  const { messages } = (await client.request("chat.history", params)) as { messages: Said[] }
  return messages
    .filter(({ role }) => role === "assistant")
    .map(({ content }) => JSON.stringify(content))
}

const runsOf = async (client: Client) =>
  (
    (await client.request("cron.runs", { scope: "all", limit: 200 })) as {
      entries: { jobName: string; status?: string; state: string }[]
    }
  ).entries

/** Resolves when no run is open and no one-shot is left. */
const settled = async (client: Client): Promise<void> => {
  const { jobs } = (await client.request("cron.list", {})) as { jobs: unknown[] }
  const open = (await runsOf(client)).some(({ status }) => status === undefined)
  if (!jobs.length && !open) return
  await Bun.sleep(50)
  return settled(client)
}

test("kills in a row, whenever they hit, lose no run of a task and double none", async () => {
  await using model = echo()
  await using home = freshHome()
  home.configure({ ...answeredBy(model), cron: { maxConcurrentRuns: 3 } })
  const rounds = 12
  for (let round = 0; round < rounds; round++) {
    const gateway = await home.start()
    const client = await clientOf(gateway)
    const isReminder = round % 4 === 3
    await client.request("cron.add", {
      name: `task-${round}`,
      schedule: { kind: "at", at: new Date(Date.now() + round * 3).toISOString() },
      ...(isReminder
        ? { sessionTarget: "main", payload: { kind: "systemEvent", text: `word-${round}-end` } }
        : {
            sessionTarget: "isolated",
            payload: { kind: "agentTurn", message: `word-${round}-end` },
          }),
    })
    await Bun.sleep(round * 4)
    await gateway.end("SIGKILL")
  }
  await using gateway = await home.start()
  await using client = await clientOf(gateway)
  await settled(client)
  const results = await told(client)
  for (let round = 0; round < rounds; round++) {
    const word = `Result of word-${round}-end.`
    expect(
      results.filter((text) => text.includes(word)),
      word,
    ).toHaveLength(1)
  }
  const runs = await runsOf(client)
  expect(runs.map(({ jobName, status }) => `${jobName} ${status}`).toSorted()).toEqual(
    Array.from({ length: rounds }, (_, round) => `task-${round} ok`).toSorted(),
  )
}, 120_000)
