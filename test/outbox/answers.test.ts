import { setImmediate } from "node:timers/promises"
import { expect, test } from "bun:test"
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { asked, fakeTurn, startSending } from "../support/sending.ts"

const ok = (text: string) => ({ status: "ok" as const, text })
/** Lets what was begun come as far as it can without the clock. */
const settle = async () => {
  for (let round = 0; round < 20; round++) await setImmediate()
}

test("the words of a turn go to the conversation that asked, once, however often it is concluded", async () => {
  await using sending = startSending()
  await sending.answers.conclude(asked(), ok("Hello **Ada**"))
  await sending.answers.conclude(asked(), ok("Hello **Ada**"))
  await sending.quiet()
  expect(sending.posted).toMatchObject([{ chat: "c1", text: "Hello Ada", replyTo: undefined }])
})

test("a turn that says nothing sends nothing; one that failed says so in few words", async () => {
  await using sending = startSending()
  await sending.answers.conclude(asked(), ok(""))
  await sending.answers.conclude(asked({ runId: "2" }), { status: "aborted", text: "half" })
  const error = `The model is down. ${"x".repeat(400)}`
  await sending.answers.conclude(asked({ runId: "3" }), { status: "error", text: "", error })
  await sending.quiet()
  expect(sending.posted).toHaveLength(1)
  expect(sending.posted[0]!.text).toStartWith("⚠️ The model is down.")
  expect(sending.posted[0]!.text.length).toBeLessThan(320)
})

test("tags say what is answered, and are not shown", async () => {
  await using sending = startSending()
  await sending.answers.conclude(asked(), ok("[[reply_to_current]] Yes"))
  await sending.answers.conclude(
    asked({ runId: "2" }),
    ok("No [[reply_to: m7]]\n```\n[[reply_to:x]]\n```"),
  )
  await sending.quiet()
  expect(sending.posted).toMatchObject([
    { text: "Yes", replyTo: "in-1" },
    { text: "No\n\n[[reply_to:x]]", replyTo: "m7" },
  ])
})

test("which parts are shown as an answer is the account's to say", async () => {
  for (const [settings, shown] of [
    [{ replyToMode: "off" }, [undefined, undefined]],
    [{ replyToMode: "first" }, ["in-1", undefined]],
    [{ replyToMode: "all" }, ["in-1", "in-1"]],
    [{ replyToMode: "all", replyToModeByChatType: { direct: "off" } }, [undefined, undefined]],
    [{ replyToMode: "off", replyToModeByChatType: { channel: "all" } }, [undefined, undefined]],
  ] as const) {
    await using sending = startSending({ settings: { ...settings, textChunkLimit: 6 } })
    await sending.answers.conclude(asked(), ok("abcde fghij"))
    await sending.quiet()
    expect(sending.posted.map(({ replyTo }) => replyTo)).toEqual([...shown])
  }
})

test("a prefix stands before an answer; the account's own comes first, and an empty one ends it", async () => {
  const messages = { responsePrefix: "[{Model} of {provider}]" }
  await using plain = startSending({ messages })
  await plain.answers.conclude(asked(), { ...ok("Hi"), provider: "p", model: "m" })
  await plain.quiet()
  expect(plain.posted[0]!.text).toBe("[m of p] Hi")
  await using own = startSending({
    messages,
    settings: { responsePrefix: "auto" },
    agents: { list: [{ id: "main", identity: { name: "Helper" } }] },
  })
  await own.answers.conclude(asked(), ok("Hi"))
  await own.quiet()
  expect(own.posted[0]!.text).toBe("[Helper] Hi")
  await using none = startSending({ messages, settings: { responsePrefix: "" } })
  await none.answers.conclude(asked(), ok("Hi"))
  await none.quiet()
  expect(none.posted[0]!.text).toBe("Hi")
})

test("in the chat that an account's owner has with themselves, an answer says whose it is", async () => {
  const network = { self: { ids: ["c1"] as const } }
  const inRoom = asked({ kind: "group", runId: "2" })
  for (const [more, shown] of [
    [{}, "[fased] Hi"],
    [{ agents: { list: [{ id: "main", identity: { name: "Helper" } }] } }, "[Helper] Hi"],
    [{ messages: { responsePrefix: "»" } }, "» Hi"],
    [{ settings: { responsePrefix: "" } }, "Hi"],
  ] as const) {
    await using sending = startSending({ network, ...more })
    await sending.answers.conclude(asked(), ok("Hi"))
    await sending.quiet()
    expect(sending.posted.at(-1)!.text).toBe(shown)
  }
  await using sending = startSending({ network })
  await sending.answers.conclude(inRoom, ok("Hi"))
  await sending.quiet()
  expect(sending.posted.at(-1)!.text).toBe("Hi")
})

test("a file of the workspace goes along; one that may not is said instead", async () => {
  await using sending = startSending({
    network: { limits: { text: 4000, caption: 100 }, can: { media: true } },
  })
  mkdirSync(sending.workspace, { recursive: true })
  writeFileSync(join(sending.workspace, "a.txt"), "words")
  await sending.answers.conclude(asked(), ok("Here:\nMEDIA: `a.txt`"))
  await sending.quiet()
  expect(sending.posted).toMatchObject([{ text: "Here:", file: "a.txt" }])
})

test.each([
  "/etc/passwd",
  "file:///etc/passwd",
  "\\\\host\\share",
  "~/.ssh/id_rsa",
  "%2e%2e/%2e%2e/etc/passwd",
  "../../etc/passwd",
  "/proc/self/environ",
  "a\0b",
  "link",
  "http://127.0.0.1/",
])("no answer sends %s away (N150)", async (path) => {
  await using sending = startSending({ network: { can: { media: true } } })
  mkdirSync(sending.workspace, { recursive: true })
  symlinkSync("/etc/passwd", join(sending.workspace, "link"))
  await sending.answers.conclude(asked(), ok(`Look\nMEDIA: ${path}`))
  await sending.quiet()
  expect(sending.posted).toHaveLength(1)
  expect(sending.posted[0]!.file).toBeUndefined()
  expect(sending.posted[0]!.text).toStartWith("Look\n\n⚠️ ")
})

test("who may not read files gets none", async () => {
  await using sending = startSending({ mayReadFiles: false, network: { can: { media: true } } })
  mkdirSync(sending.workspace, { recursive: true })
  writeFileSync(join(sending.workspace, "a.txt"), "words")
  await sending.answers.conclude(asked(), ok("MEDIA: a.txt"))
  await sending.quiet()
  expect(sending.posted).toMatchObject([{ file: undefined }])
  expect(sending.posted[0]!.text).not.toContain("words")
})

test("what the send policy keeps back is neither sent nor shown", async () => {
  for (const options of [
    { overrides: { sendPolicy: "deny" as const } },
    { session: { sendPolicy: { rules: [{ action: "deny", match: { channel: "fake" } }] } } },
    { session: { sendPolicy: { default: "deny" } } },
  ]) {
    await using sending = startSending({
      ...options,
      network: { can: { edit: true, typing: true } },
    })
    const turn = fakeTurn()
    sending.watch.begin(asked(), turn.turn)
    await settle()
    turn.say("Hello")
    await sending.watch.end("run-1")
    await sending.answers.conclude(asked(), ok("Hello"))
    await sending.quiet()
    expect(sending.posted).toEqual([])
    expect(sending.did).toEqual([])
  }
})

const live = { network: { can: { edit: true, react: true, typing: true } } as const }

test("an answer grows in one message, at most once a second, and ends as it is", async () => {
  await using sending = startSending({ ...live, settings: { streaming: "partial" } })
  const { turn, say } = fakeTurn()
  sending.watch.begin(asked(), turn)
  await settle()
  say("It was a dark and stormy ")
  sending.clock.turn(1000)
  await settle()
  expect(sending.posted).toMatchObject([{ text: "It was a dark and stormy", edited: 0 }])
  for (let word = 0; word < 10; word++) say("night ")
  await settle()
  sending.clock.turn(999)
  await settle()
  expect(sending.posted[0]!.edited).toBe(0)
  sending.clock.turn(1)
  await settle()
  expect(sending.posted[0]!.edited).toBe(1)
  await sending.watch.end("run-1")
  await sending.answers.conclude(asked(), ok("It was a **clear** night"))
  await sending.quiet()
  expect(sending.posted).toMatchObject([{ id: "m1", text: "It was a clear night", edited: 2 }])
})

test("an answer grows by whole paragraphs, or is only said to be written, where that is wished", async () => {
  const long = "A first paragraph that says something.\n\nA second one\n\n```\ncode\n\nmore"
  for (const [streaming, shown] of [
    ["block", "A first paragraph that says something.\n\nA second one"],
    ["progress", "An answer is being written …"],
  ] as const) {
    await using sending = startSending({ ...live, settings: { streaming } })
    const { turn, say } = fakeTurn()
    sending.watch.begin(asked(), turn)
    await settle()
    say(long)
    sending.clock.turn(1000)
    await settle()
    expect(sending.posted).toMatchObject([{ text: shown }])
    await sending.watch.end("run-1")
    await sending.answers.conclude(asked(), ok("All of it."))
    await sending.quiet()
    expect(sending.posted).toMatchObject([{ id: "m1", text: "All of it.", edited: 1 }])
  }
})

test("another process edits the message the dead one had shown", async () => {
  await using first = startSending({ ...live, settings: { streaming: "partial" } })
  const begun = fakeTurn()
  first.watch.begin(asked(), begun.turn)
  await settle()
  begun.say("It was a dark and stormy night")
  first.clock.turn(1000)
  await settle()
  const again = fakeTurn()
  first.watch.begin(asked(), again.turn)
  await settle()
  again.say("It was a dark and calm night then")
  first.clock.turn(1000)
  await settle()
  first.clock.turn(1000)
  await settle()
  await first.watch.end("run-1")
  await first.answers.conclude(asked(), ok("It was calm."))
  await first.quiet()
  expect(first.posted).toMatchObject([{ text: "It was calm." }])
})

test("a long answer goes on in new messages, and a file takes the place of what was shown", async () => {
  await using sending = startSending({
    ...live,
    settings: { streaming: "partial", textChunkLimit: 50 },
  })
  const { turn, say } = fakeTurn()
  sending.watch.begin(asked(), turn)
  await settle()
  say("word ".repeat(20))
  sending.clock.turn(1000)
  await settle()
  expect(sending.posted).toHaveLength(1)
  await sending.watch.end("run-1")
  await sending.answers.conclude(asked(), ok("word ".repeat(20)))
  await sending.quiet()
  expect(sending.posted.map(({ text }) => text.length <= 50)).toEqual([true, true])

  await using other = startSending({ ...live, settings: { streaming: "partial" } })
  mkdirSync(other.workspace, { recursive: true })
  writeFileSync(join(other.workspace, "a.txt"), "words")
  const second = fakeTurn()
  other.watch.begin(asked(), second.turn)
  await settle()
  second.say("Here it comes, one moment please")
  other.clock.turn(1000)
  await settle()
  expect(other.posted).toHaveLength(1)
  await other.watch.end("run-1")
  await other.answers.conclude(asked(), ok("MEDIA: a.txt"))
  await other.quiet()
  expect(other.posted).toMatchObject([{ file: "a.txt" }])
  expect(other.did).toContain("remove m1")
})

test("an answer in blocks is sent paragraph by paragraph, and its end is what is left", async () => {
  await using sending = startSending({
    ...live,
    settings: { blockStreaming: true, blockStreamingCoalesce: { minChars: 20, maxChars: 60 } },
  })
  const { turn, say } = fakeTurn()
  sending.watch.begin(asked(), turn)
  await settle()
  say("The first paragraph of it.\n\nThe second")
  await settle()
  expect(sending.posted.map(({ text }) => text)).toEqual(["The first paragraph of it."])
  say(" paragraph of it.\n\nAnd the end.")
  await settle()
  await sending.watch.end("run-1")
  const whole = "The first paragraph of it.\n\nThe second paragraph of it.\n\nAnd the end."
  await sending.answers.conclude(asked(), ok(whole))
  await sending.quiet()
  expect(sending.posted.map(({ text }) => text)).toEqual(whole.split("\n\n"))
})

test("typing is shown at once where it was spoken to, else with the first words, and ends", async () => {
  await using sending = startSending(live)
  const direct = fakeTurn()
  sending.watch.begin(asked(), direct.turn)
  await settle()
  expect(sending.did).toEqual(["typing"])
  sending.clock.turn(6000)
  expect(sending.did).toEqual(["typing", "typing"])
  await sending.watch.end("run-1")
  expect(sending.did.at(-1)).toBe("typed")
  sending.did.length = 0
  const group = fakeTurn()
  sending.watch.begin(asked({ kind: "group", addressed: false, runId: "2" }), group.turn)
  await settle()
  expect(sending.did).toEqual([])
  group.say("Hi")
  expect(sending.did).toEqual(["typing"])
  group.end()
  await settle()
  expect(sending.did.at(-1)).toBe("typed")
})

test("a message in a group that names the bot gets a reaction, taken back where that is wanted", async () => {
  await using sending = startSending({
    ...live,
    agents: {
      defaults: { typingMode: "never" },
      list: [{ id: "main", identity: { emoji: "🦊" } }],
    },
    messages: { removeAckAfterReply: true },
  })
  const { turn } = fakeTurn()
  sending.watch.begin(asked({ kind: "group" }), turn)
  await settle()
  expect(sending.did).toEqual(["add 🦊 in-1"])
  await sending.watch.end("run-1")
  expect(sending.did).toEqual(["add 🦊 in-1", "remove 🦊 in-1"])
  sending.did.length = 0
  sending.watch.begin(asked({ runId: "2" }), fakeTurn().turn)
  await settle()
  expect(sending.did).toEqual([])
})

test("a sender is told that the message was read, where the account does that", async () => {
  await using sending = startSending({
    network: { reads: true },
    agents: { defaults: { typingMode: "never" } },
  })
  sending.watch.begin(asked(), fakeTurn().turn)
  await settle()
  expect(sending.did).toEqual(["read in-1 of ada"])
})
