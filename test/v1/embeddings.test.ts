import { expect, test } from "bun:test"
import { startChatApi } from "./chat-gateway.ts"

/** A server of embeddings whose vectors tell how long each text is. */
const fakeEmbedder = () => {
  const asked: { model: string; input: string[] }[] = []
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const body = (await request.json()) as { model: string; input: string[] }
      asked.push(body)
      const data = body.input.map((text, index) => ({ index, embedding: [text.length, 3, 4, 0] }))
      return Response.json({ data, usage: { prompt_tokens: 5, total_tokens: 5 } })
    },
  })
  return {
    asked,
    url: `http://127.0.0.1:${server.port}/v1`,
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

const start = (url: string) =>
  startChatApi([], {
    defaults: {
      memorySearch: { provider: "openai", remote: { baseUrl: url, apiKey: "sk-embeddings" } },
    },
  })

test("texts become vectors, as numbers or packed", async () => {
  await using embedder = fakeEmbedder()
  await using api = await start(embedder.url)
  const { data } = await api.openai.embeddings.create({
    model: "text-embedding-3-large",
    input: ["a", "four"],
  })
  expect(data.map(({ embedding }) => embedding[0]! > 0)).toEqual([true, true])
  expect(embedder.asked[0]!.model).toBe("text-embedding-3-large")
  const answer = await api.post({ model: "fased", input: "four" }, {}, "v1/embeddings")
  const [{ embedding }] = (await answer.json()).data
  expect(embedding).toHaveLength(4)
  const short = await api.post(
    { model: "fased", input: "four", dimensions: 2 },
    {},
    "v1/embeddings",
  )
  expect(Math.hypot(...(await short.json()).data[0].embedding)).toBeCloseTo(1)
})

test("what cannot be is said in OpenAI's words", async () => {
  await using embedder = fakeEmbedder()
  await using api = await start(embedder.url)
  const status = async (body: object) => (await api.post(body, {}, "v1/embeddings")).status
  expect(await status({ input: [[1, 2]] })).toBe(400)
  expect(await status({ input: "" })).toBe(400)
  expect(await status({ input: "a", dimensions: 5000 })).toBe(400)
  expect(await status({ input: "a", model: "other/model" })).toBe(404)
  expect(await status({ input: "a", model: "fased/nobody" })).toBe(400)
})

test("without anybody to make them, clients are told so and do not try again", async () => {
  await using api = await startChatApi([])
  const answer = await api.post({ model: "fased", input: "a" }, {}, "v1/embeddings")
  expect(answer.status).toBe(404)
  expect((await answer.json()).error.code).toBe("v1.no-embedder")
})
