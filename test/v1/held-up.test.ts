import { expect, test } from "bun:test"
import { type Answer, callModel } from "../../src/agent/model-call.ts"
import type { OpenModel } from "../../src/models/service.ts"

/** A model that never ends and counts how often it was asked to go on. */
const endless = () => {
  const asked = { times: 0 }
  const stream = new ReadableStream(
    {
      pull(controller) {
        asked.times++
        controller.enqueue({ type: "text-delta", id: "1", delta: "word " })
      },
    },
    { highWaterMark: 0 },
  )
  const language = { doStream: async () => ({ stream }) }
  return { asked, model: { provider: "p", model: "m", language } as unknown as OpenModel }
}

test("a model is asked for no more than its hearer has room for, and nothing is kept", async () => {
  const { asked, model } = endless()
  const answer: Answer = { parts: [], calls: [], stopReason: "other" }
  const stop = new AbortController()
  const full = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  let heard = 0
  const done = callModel(model, { prompt: [], abortSignal: stop.signal }, answer, {
    passes: true,
    text: () => heard++,
    thinking: () => {},
    room() {
      if (heard < 10) return undefined
      full.resolve()
      return held.promise
    },
  })
  await full.promise
  for (let tick = 0; tick < 5; tick++) await new Promise(setImmediate)
  expect([heard, asked.times]).toEqual([10, 10])
  expect(answer.parts).toEqual([{ type: "text", text: "word " }])
  stop.abort(new Error("gone"))
  held.resolve()
  await expect(done).rejects.toThrow("gone")
})
