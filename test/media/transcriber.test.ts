import { afterEach, expect, test } from "bun:test"
import { createTranscriber } from "../../src/media/transcriber.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"

let server: ReturnType<typeof Bun.serve> | undefined
afterEach(() => server?.stop(true))

const audio = { enabled: true, maxBytes: 100, timeoutSeconds: 5 }
const models = [
  { provider: "first", model: "a" },
  { provider: "second", model: "b" },
]
const never = new AbortController().signal

const transcriber = (
  answer: (form: FormData, model: string) => Response | Promise<Response>,
  settings: object = {},
) => {
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const form = await request.formData()
      return answer(form, String(form.get("model")))
    },
  })
  const clock = turnableClock()
  const made = createTranscriber({
    settings: () => ({ audio: { ...audio, models, ...settings } }),
    models: () => ({ reach: () => ({ baseUrl: server!.url.href.slice(0, -1), fetch }) }),
    clock,
    log: silentLog,
  })
  return { made, clock }
}
const options = { agentId: "main", signal: never }
const bytes = Buffer.from("OggS voice")

test("a recording goes to the first that answers, named by what it holds", async () => {
  const { made } = transcriber((form) => {
    const file = form.get("file") as File
    return Response.json({ text: ` heard ${file.name} ${file.size} ` })
  })
  expect(made.ready).toBe(true)
  expect(await made.transcribe(bytes, "ogg", options)).toBe("heard recording.ogg 10")
})

test.each([
  ["fails", () => new Response("no", { status: 500 })],
  ["says something else", () => Response.json({ words: 1 })],
  ["says no JSON", () => new Response("<html>")],
])("where one %s the next is asked", async (_, bad) => {
  const { made } = transcriber((_, model) =>
    model === "a" ? bad() : Response.json({ text: "hi" }),
  )
  expect(await made.transcribe(bytes, "ogg", options)).toBe("hi")
})

test("one that does not answer is given up, and nobody left is no words", async () => {
  const asked = Promise.withResolvers<void>()
  const { made, clock } = transcriber(() => (asked.resolve(), new Promise<Response>(() => {})), {
    models: models.slice(0, 1),
  })
  const words = made.transcribe(bytes, "ogg", options)
  await asked.promise
  clock.turn(5000)
  expect(await words).toBeUndefined()
})

test("nothing leaves where nobody is named, it is off or the recording too large", async () => {
  for (const settings of [{ models: [] }, { enabled: false }, { maxBytes: 3 }]) {
    const { made } = transcriber(() => Response.json({ text: "leaked" }), settings)
    expect(await made.transcribe(bytes, "ogg", options)).toBeUndefined()
    expect(made.ready).toBe("maxBytes" in settings)
    await server?.stop(true)
  }
})
