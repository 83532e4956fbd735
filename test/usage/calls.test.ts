/** Every model call is in the books, with what it cost, whichever wire it came by. */
import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import type { Api } from "../support/fake-model.ts"
import { pngOf } from "../support/pictures.ts"
import { callsOf, startSpending } from "../support/spending.ts"

const wires: [Api, { input: number; cacheRead: number; cacheWrite?: number }][] = [
  ["openai-completions", { input: 1000, cacheRead: 800 }],
  ["openai-responses", { input: 1000, cacheRead: 800 }],
  ["anthropic-messages", { input: 1000, cacheRead: 700, cacheWrite: 200 }],
  ["google-generative-ai", { input: 1000, cacheRead: 800 }],
]

describe.each(wires)("%s", (api, read) => {
  test("tokens from a cache have their own price", async () => {
    await using talk = await startSpending([{ text: "Hi.", usage: { ...read, output: 50 } }], {
      api,
    })
    await talk.chat.ask("hello")
    const { input, cacheRead, cacheWrite = 0 } = read
    const fresh = input - cacheRead - cacheWrite
    const micros = fresh * 3 + 50 * 15 + cacheRead * 0.3 + cacheWrite * 3.75
    expect(await callsOf(talk.gateway.client)).toMatchObject([
      {
        kind: "turn",
        provider: "fake",
        model: "fake-1",
        input: fresh,
        output: 50,
        cacheRead,
        cacheWrite,
        totalTokens: input + 50,
        cost: micros / 1_000_000,
        billing: "priced",
        outcome: "ok",
      },
    ])
  })
})

test("a model whose price nobody knows has tokens and no cost, and the totals say so", async () => {
  await using talk = await startSpending([{ text: "Hi." }], { price: null })
  await talk.chat.ask("hello")
  const { client } = talk.gateway
  expect(await callsOf(client)).toMatchObject([{ totalTokens: 15, billing: "unpriced" }])
  expect(await client.request("usage.cost", {})).toMatchObject({
    totals: { totalTokens: 15, totalCost: 0, missingCostEntries: 1 },
  })
})

test("calls of a turn with tools are each in the books, under their run", async () => {
  const tools = [{ name: "session_status", input: {} }]
  await using talk = await startSpending([{ tools }, "Done."])
  const { runId } = await talk.chat.ask("look")
  expect(await callsOf(talk.gateway.client)).toMatchObject([
    { kind: "turn", runId, outcome: "ok" },
    { kind: "turn", runId, outcome: "ok" },
  ])
})

test("a call that fails and one that is stopped are in the books as that", async () => {
  await using talk = await startSpending([
    { text: "one two three", failAfter: { pieces: 1 } },
    { text: "one two three", holdAfter: 1 },
  ])
  await talk.chat.ask("fail")
  const { runId } = await talk.chat.send("hold")
  await talk.chat.until(() => talk.chat.events.find((event) => event.runId === runId))
  await talk.chat.abort()
  await talk.chat.ended(runId)
  const { client } = talk.gateway
  expect(await callsOf(client)).toMatchObject([
    { outcome: "error", billing: "uncounted", totalTokens: 0 },
    { outcome: "aborted", billing: "uncounted", totalTokens: 0 },
  ])
  expect(await client.request("usage.cost", {})).toMatchObject({
    totals: { calls: 2, failedCalls: 1, uncountedCalls: 1 },
  })
})

test("what was used outlasts the gateway, also what was noted a moment before it stopped", async () => {
  await using talk = await startSpending([{ text: "Hi." }])
  await talk.chat.ask("hello")
  await talk.gateway.stop()
  const { Database } = await import("../../src/store/database.ts")
  const { migrations } = await import("../../src/registry/migrations.ts")
  const db = new Database(talk.gateway.paths.database, migrations)
  try {
    const rows = db.sqlite.query("SELECT kind, input, output, micros FROM usage_calls").all()
    expect(rows).toEqual([{ kind: "turn", input: 10, output: 5, micros: 105 }])
  } finally {
    db.close()
  }
})

test("a summary made by hand is in the books as one", async () => {
  await using talk = await startSpending(["First.", "Second.", "The summary."])
  await talk.chat.ask("one ".repeat(400))
  await talk.chat.ask("two ".repeat(400))
  await talk.gateway.client.request("sessions.compact", { key: "main" })
  const kinds = (await callsOf(talk.gateway.client)).map(({ kind }) => kind)
  expect(kinds).toEqual(["turn", "turn", "compaction"])
})

test("the built-in guide is no language model, and not in the books", async () => {
  await using talk = await startSpending([], { defaults: { model: "fased/guide" } })
  await talk.chat.ask("hello")
  expect(await callsOf(talk.gateway.client)).toEqual([])
})

test("what the image tool asks of a model is in the books", async () => {
  const tools = [{ name: "image", input: { images: ["dot.png"] } }]
  await using talk = await startSpending([{ tools }, "A dot.", "It is a dot."], {
    defaults: { imageModel: "fake/fake-1" },
  })
  const { workspace } = talk.gateway.paths
  await Bun.write(join(workspace, "dot.png"), await pngOf(8, 8))
  await talk.chat.ask("what is it?")
  const calls = (await callsOf(talk.gateway.client)).map(({ kind, totalTokens }) => [
    kind,
    totalTokens,
  ])
  expect(calls).toEqual([
    ["turn", 15],
    ["image", 15],
    ["turn", 15],
  ])
})
