import { expect, test } from "bun:test"
import { listen } from "../support/chat.ts"
import { startGateway } from "../support/gateway.ts"
import { pngOf } from "../support/pictures.ts"

test("media.get shows a picture to its own session, and says of others that they have none", async () => {
  await using gateway = await startGateway()
  const { client } = gateway
  const content = Buffer.from(await pngOf(40, 20)).toString("base64")
  const chat = listen(client)
  await client.request("chat.send", {
    sessionKey: "main",
    message: "What is this?",
    attachments: [{ type: "image", content }],
    idempotencyKey: "1",
  })
  await client.request("agent.wait", { runId: "1" }).catch(() => {})
  const { messages } = await chat.history()
  const blocks = messages[0]!.content as { type: string; mediaId?: string }[]
  const mediaId = blocks.find(({ type }) => type === "image")!.mediaId!

  const picture = await client.request("media.get", { sessionKey: "main", mediaId })
  expect(picture).toMatchObject({ mimeType: "image/png" })
  expect((picture as { content: string }).content.length).toBeGreaterThan(40)
  const elsewhere = client.request("media.get", { sessionKey: "agent:main:other", mediaId })
  await expect(elsewhere).rejects.toThrow("This session has no picture")
})
