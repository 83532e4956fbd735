import { expect, test } from "bun:test"
import { type Api, fakeModel, imagesIn, type Turn } from "../support/fake-model.ts"
import { collect, failureOf, modelsFor, partOf, says } from "./models-for.ts"

const apis: Api[] = [
  "openai-completions",
  "openai-responses",
  "anthropic-messages",
  "google-generative-ai",
]

const opened = async (api: Api, turn: Turn) => {
  const server = fakeModel({ turns: [turn] })
  const models = modelsFor({ config: { providers: { fake: server.provider(api) } } })
  const { language } = await models.open("fake/fake-1")
  return { server, language }
}

for (const api of apis) {
  test(`${api}: tokens from the provider's cache are told apart from those read anew`, async () => {
    const usage = { input: 100, output: 7, cacheRead: 60 }
    const { server, language } = await opened(api, { text: "hello", usage })
    await using _ = server
    const parts = await collect((await language.doStream({ prompt: says("hi") })).stream)
    const { inputTokens, outputTokens } = partOf(parts, "finish")!.usage
    expect(inputTokens).toMatchObject({ total: 100, cacheRead: 60, noCache: 40 })
    expect(outputTokens.total).toBe(7)
  })

  test(`${api}: an error frame in mid-stream is a fault that says what the provider said`, async () => {
    const { server, language } = await opened(api, {
      text: "one two three four",
      failAfter: { pieces: 2, code: "overloaded_error", message: "Overloaded" },
    })
    await using _ = server
    const failure = await failureOf(() => language.doStream({ prompt: says("hi") }))
    expect((failure as { code: string }).code).toStartWith("models.")
  })

  test(`${api}: a tool call whose arguments are no JSON arrives as it was written, or is named`, async () => {
    const { server, language } = await opened(api, {
      tools: [{ name: "read", raw: '{"path": "/etc' }],
    })
    await using _ = server
    const { stream } = await language.doStream({
      prompt: says("hi"),
      tools: [{ type: "function", name: "read", inputSchema: { type: "object" } }],
    })
    const parts = await collect(stream)
    const call = partOf(parts, "tool-call")
    if (api === "google-generative-ai") expect(partOf(parts, "error")).toBeDefined()
    else expect(call?.input).toBe('{"path": "/etc')
  })

  test(`${api}: an image in the question reaches the server whole`, async () => {
    const { server, language } = await opened(api, { text: "a cat" })
    await using _ = server
    const picture = Buffer.from("not really a png")
    await collect(
      (
        await language.doStream({
          prompt: [
            {
              role: "user",
              content: [
                { type: "text", text: "what is it" },
                {
                  type: "file",
                  mediaType: "image/png",
                  data: { type: "data", data: new Uint8Array(picture) },
                },
              ],
            },
          ],
        })
      ).stream,
    )
    expect(imagesIn(server.calls[0]!.body)).toEqual([
      { mediaType: "image/png", base64: picture.toString("base64") },
    ])
  })
}
