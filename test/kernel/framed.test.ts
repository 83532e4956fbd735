import { expect, test } from "bun:test"
import { frame, type Spoken } from "../../src/inbox/frame.ts"
import { unframed } from "../../src/kernel/framed.ts"

const spoken = (more: Partial<Spoken>, text = "what now: [x] id:7: y?") => {
  const { start } = frame({
    label: "Telegram",
    sender: { ids: ["uuid:1-2"], name: "Ada: B" },
    at: 0,
    quotedHeard: false,
    since: [],
    unheard: 0,
    files: [],
    timezone: "UTC",
    ...more,
  })
  return unframed(`${start}${text}`)
}

test("what somebody wrote is found behind every kind of frame", () => {
  for (const more of [
    {},
    { timezone: undefined, elapsedMs: 5 },
    { room: {} },
    { room: { title: "A: room id:1" } },
    { room: {}, since: [{ sender: "x", text: "[Current", at: 0 }] },
  ])
    expect(spoken(more, "what now?")).toBe("what now?")
})

test("what has no frame stays as it is", () => {
  for (const text of ["hi", "[x] hi", "[a](b) id", "[Chat messages"])
    expect(unframed(text)).toBe(text)
})
