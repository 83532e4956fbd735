import { afterAll, expect, setDefaultTimeout, test } from "bun:test"
import { contentOf } from "../../../src/plugins/whatsapp/content.ts"
import { connectAdapter } from "../../support/adapter.ts"
import { fakeWhatsapp } from "../../support/fake-whatsapp.ts"
import { whatsappChannel } from "../../support/whatsapp-channel.ts"

// Each starts processes of its own, which takes a while on a busy machine.
setDefaultTimeout(20_000)

const { channel, remove } = await whatsappChannel()
afterAll(remove)

const never = new AbortController().signal

test.each([
  ["image/jpeg", "image"],
  ["audio/ogg", "voice"],
  ["application/pdf", "document"],
] as const)("a file of %s is told of, and fetched when it is wanted", async (mimeType, kind) => {
  await using network = await fakeWhatsapp()
  await using host = await connectAdapter(channel, network)
  const bytes = crypto.getRandomValues(new Uint8Array(50_000))
  const extra = { file: { name: "plan.pdf", bytes, mimeType } }
  const id = await network.say(network.ada, network.direct(network.ada), "", extra)
  const { deed } = await host.until((arrival) => arrival.id === id)
  if (deed.kind !== "message") throw new Error("no message")
  const [found] = deed.attachments!
  expect(found).toMatchObject({ kind, mimeType, bytes: bytes.length })
  const fetched = await host.connection.download!(found!.ref, bytes.length, never)
  expect(Buffer.from(fetched).equals(bytes)).toBe(true)
  await expect(host.connection.download!(found!.ref, 10_000, never)).rejects.toThrow("larger than")
})

test.each([
  "https://evil.example/x",
  "@evil.example/x",
  ".evil.example/x",
  "//evil.example/x",
  "/\\e",
])("A7: a file that is said to lie at %s is none: nothing else is asked for it", (directPath) => {
  const imageMessage = {
    mediaKey: new Uint8Array(32),
    url: "https://evil.example/x",
    directPath,
    caption: "look",
  }
  expect(contentOf({ imageMessage })).toEqual({ text: "look", context: undefined })
})
