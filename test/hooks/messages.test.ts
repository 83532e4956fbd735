import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { temporaryHome } from "../support/gateway.ts"
import { direct, startWithRooms } from "../support/room-channel.ts"
import { noting, writeHook } from "./support.ts"

test("of a voice note on a network it is told what was said, before its turn, and once to whom the answer went", async () => {
  using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => Response.json({ text: "what is for lunch?" }),
  })
  await using home = await temporaryHome()
  const file = join(home.path, "told")
  writeHook(join(home.path, ".fased", "hooks"), "notes", {
    events: ["message"],
    handler: noting(file),
  })
  const answered = Promise.withResolvers<void>()
  await using script = await startWithRooms({
    home: home.path,
    settings: { dmPolicy: "open", allowFrom: ["*"] },
    config: {
      agents: { defaults: { skipBootstrap: true } },
      models: { providers: { stt: { baseUrl: `${server.url}v1`, apiKey: "key-of-a-test" } } },
      tools: { media: { audio: { models: [{ provider: "stt", model: "whisper-1" }] } } },
      hooks: { internal: { entries: { notes: { enabled: true } } } },
    },
    more: { download: async () => Buffer.from("OggS voice") },
  })
  script.gateway.client.on("outbox.settled", () => answered.resolve())
  await script.arrive({
    id: "v1",
    conversation: direct,
    deed: { kind: "message", text: "", attachments: [{ ref: "1", kind: "voice" }] },
  })
  await answered.promise
  await script.gateway.stop()
  const told = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
  expect(told.map(({ action }) => action)).toEqual([
    "transcribed",
    "preprocessed",
    "received",
    "sent",
  ])
  const [transcribed, preprocessed, received, sent] = told
  const where = { channelId: "rooms", accountId: "default", messageId: "v1", from: "ada" }
  expect(transcribed.context).toMatchObject({ ...where, transcript: "what is for lunch?" })
  expect(preprocessed.context).toMatchObject({ content: "what is for lunch?", files: 1 })
  expect(received.context).toMatchObject({ ...where, conversationId: "dm-1" })
  expect(sent.context).toMatchObject({ channelId: "rooms", success: true })
})
