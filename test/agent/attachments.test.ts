import { describe, expect, test } from "bun:test"
import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { privateFolder } from "../../src/store/files.ts"
import { type Api, fakeModel } from "../support/fake-model.ts"
import { startConversation } from "../support/conversation.ts"
import { pngClaiming, pngOf } from "../support/pictures.ts"

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64")
const withPicture = async (more: object = {}) => ({
  attachments: [
    { mimeType: "image/png", fileName: "cat.png", content: base64(await pngOf(20, 10)), ...more },
  ],
})
/** What models of the fake provider can read. */
const sight = (...models: [id: string, ...input: string[]][]) => ({
  models: models.map(([id, ...input]) => ({ id, contextWindow: 32_000, input })),
})
const seeing = { provider: sight(["fake-1", "text", "image"]) }

test("a picture reaches the model, and the transcript holds its name instead of it", async () => {
  await using place = await startConversation(["A cat."], seeing)
  await place.chat.ask("What is this?", await withPicture())
  const [call] = place.model.calls
  expect(call!.body.messages.at(-1).content).toMatchObject([
    { type: "text", text: "What is this?" },
    { type: "image_url", image_url: { url: expect.stringMatching(/^data:image\/png;base64,/) } },
  ])
  const [asked] = (await place.chat.history()).messages
  expect(asked!.content).toMatchObject([
    { type: "text", text: "What is this?" },
    { type: "image", mimeType: "image/png", width: 20, height: 10 },
  ])
  expect(JSON.stringify(asked)).not.toContain("cat.png")
  expect(readdirSync(join(place.gateway.paths.state, "media"))).toEqual([asked!.content[1].mediaId])
})

test("it is still shown in later turns", async () => {
  await using place = await startConversation(["A cat.", "Grey."], seeing)
  await place.chat.ask("What is this?", await withPicture())
  await place.chat.ask("Which colour?")
  expect(JSON.stringify(place.model.calls[1]!.body.messages)).toContain("data:image/png;base64,")
})

test("a model that cannot look at pictures is told that there was one", async () => {
  await using place = await startConversation(["I cannot see it."])
  await place.chat.ask("What is this?", await withPicture())
  const sent = JSON.stringify(place.model.calls[0]!.body.messages)
  expect(sent).toContain("fake-1 cannot look at pictures")
  expect(sent).not.toContain("base64")
})

test("agents.defaults.imageModel looks at what the agent's own model cannot", async () => {
  await using place = await startConversation(["A cat."], {
    defaults: { imageModel: "fake/fake-2" },
    provider: sight(["fake-1", "text"], ["fake-2", "text", "image"]),
  })
  await place.chat.ask("What is this?", await withPicture())
  expect(place.model.calls.map(({ body }) => body.model)).toEqual(["fake-2"])
})

describe("N154, N156 what cannot be a picture is refused, and nothing is kept of it", () => {
  const refused = async (attachment: object, code: string) => {
    await using place = await startConversation(["Hello."])
    const params = { attachments: [attachment] }
    await expect(place.chat.send("look", params)).rejects.toMatchObject({
      data: { error: { details: { code } } },
    })
    expect(place.model.calls).toHaveLength(0)
    expect((await place.chat.history()).totalMessages).toBe(0)
  }

  test("text", () => refused({ content: btoa("hello") }, "media.not-a-picture"))
  test("no base64", () => refused({ content: "<not base64>" }, "agents.attachment-unreadable"))
  test("nothing", () => refused({ content: "" }, "agents.attachment-unreadable"))
  test("a bomb", async () =>
    refused({ content: base64(await pngClaiming(30_000, 30_000)) }, "media.picture-too-large"))
  test("too much, before it is decoded", () =>
    refused({ content: "A".repeat(8_000_000) }, "media.file-too-large"))
})

test("more than ten files are refused", async () => {
  await using place = await startConversation(["Hello."])
  const [one] = (await withPicture()).attachments
  const params = { attachments: Array.from({ length: 11 }, () => one) }
  await expect(place.chat.send("look", params)).rejects.toThrow(/at most 10 files/)
})

test("a data URL is taken for what it holds", async () => {
  await using place = await startConversation(["Hello."])
  const content = `data:text/html;base64,${base64(await pngOf(4, 4))}`
  await place.chat.ask("look", { attachments: [{ content }] })
  const [asked] = (await place.chat.history()).messages
  expect(asked!.content[1]).toMatchObject({ type: "image", mimeType: "image/png" })
})

describe("every wire takes pictures, of people and of tools", () => {
  const carried: Record<Api, RegExp> = {
    "openai-completions": /"image_url":\{"url":"data:image\/png;base64,/g,
    "openai-responses": /"image_url":"data:image\/png;base64,/g,
    "anthropic-messages": /"type":"base64","media_type":"image\/png"/g,
    "google-generative-ai": /"inlineData":\{"mimeType":"image\/png"/g,
  }

  test.each(Object.keys(carried) as Api[])("%s", async (api) => {
    const look = { name: "read", input: { path: "cat.png" } }
    await using server = fakeModel({ turns: [{ tools: [look] }, "Two cats."] })
    const fake = { ...server.provider(api), ...seeing.provider }
    await using place = await startConversation(["unused"], { models: { providers: { fake } } })
    const { workspace } = place.gateway.paths
    writeFileSync(join(privateFolder(workspace), "cat.png"), await pngOf(30, 30))
    expect(await place.chat.ask("And this?", await withPicture())).toMatchObject({ state: "final" })
    const bodies = server.calls.map(({ body }) => JSON.stringify(body))
    expect(bodies[0]!.match(carried[api])).toHaveLength(1)
    expect(bodies[1]!.match(carried[api])).toHaveLength(2)
  })
})
