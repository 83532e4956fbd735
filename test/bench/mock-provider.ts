/**
 * A model server that costs next to nothing: what a gateway adds can be seen beside it. Speaks
 * OpenAI's chat wire, without a pause and no faster than its reader.
 *
 *   words-<n>   answers with so many words
 *   endless     goes on until nobody reads, as fast as it is read
 *   steady      goes on until nobody reads, with 20 words a second
 */
const encoder = new TextEncoder()

const chunk = (delta: object, finish: string | null = null, usage?: object) =>
  `data: ${JSON.stringify({
    id: "chatcmpl-mock",
    object: "chat.completion.chunk",
    created: 1,
    model: "mock",
    choices: usage ? [] : [{ index: 0, delta, finish_reason: finish }],
    ...(usage && { usage }),
  })}\n\n`

const usageOf = (words: number) => ({
  prompt_tokens: 10,
  completion_tokens: words,
  total_tokens: words + 10,
})

/** So many words of an answer go out in one piece. */
const perPiece = 16
const wordsFrom = (from: number, to: number) => {
  let text = ""
  for (let at = from; at < to; at++) text += chunk({ content: `word${at} ` })
  return encoder.encode(text)
}

const pieces = new Map<number, Uint8Array[]>()
const piecesOf = (words: number) =>
  pieces.getOrInsertComputed(words, () => [
    encoder.encode(chunk({ role: "assistant", content: "" })),
    ...Array.from({ length: Math.ceil(words / perPiece) }, (_, at) =>
      wordsFrom(at * perPiece, Math.min(words, (at + 1) * perPiece)),
    ),
    encoder.encode(`${chunk({}, "stop")}${chunk({}, null, usageOf(words))}data: [DONE]\n\n`),
  ])
const endlessPiece = wordsFrom(0, 64)
const steadyPiece = wordsFrom(0, 4)
const steadyMs = 200

const steady = () =>
  new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await Bun.sleep(steadyMs)
        controller.enqueue(steadyPiece)
      },
    },
    { highWaterMark: 0 },
  )

const streamed = (words: number) => {
  let at = 0
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (words === Infinity) return controller.enqueue(endlessPiece)
        const all = piecesOf(words)
        controller.enqueue(all[at++]!)
        if (at === all.length) controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

const whole = (words: number) =>
  Response.json({
    id: "chatcmpl-mock",
    object: "chat.completion",
    created: 1,
    model: "mock",
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: Array.from({ length: words }, (_, at) => `word${at} `).join(""),
        },
        finish_reason: "stop",
      },
    ],
    usage: usageOf(words),
  })

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  async fetch(request) {
    const { model, stream } = (await request.json()) as { model: string; stream?: boolean }
    const words = model === "endless" ? Infinity : Number(/^words-(\d+)$/.exec(model)?.[1])
    if (!stream) return whole(words)
    const body = model === "steady" ? steady() : streamed(words)
    return new Response(body, { headers: { "content-type": "text/event-stream" } })
  },
})
console.log(server.url.href)
