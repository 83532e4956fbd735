import { expect, test } from "bun:test"
import { direct, room, startWithRooms } from "../support/room-channel.ts"

type Listed = {
  pending: { code: string; sender: string; account: string }[]
  paired: { sender: string }[]
}
const listed = async (script: Awaited<ReturnType<typeof startWithRooms>>) =>
  (await script.gateway.client.request("pairing.list", {})) as Listed
const from = (id: string) => ({ ids: [id] as [string], name: `Name of ${id}` })

/** What a person reads, once it is sent. */
const prompts = async (script: Awaited<ReturnType<typeof startWithRooms>>, count: number) => {
  while (script.sent.length < count) await Bun.sleep(2)
  return script.sent.map(({ text }) => text?.text ?? "")
}

test("a stranger is shown a code once, and let in by it; what they wrote before stays unread", async () => {
  await using script = await startWithRooms({ settings: {} })
  const before = { conversation: direct, sender: from("7") }
  await script.arrive(before)
  await script.arrive(before)
  const { pending } = await listed(script)
  expect(pending).toHaveLength(1)
  const { code } = pending[0]!
  expect(code).toMatch(/^[A-HJ-NP-Z2-9]{8}$/)
  const [prompt, ...more] = await prompts(script, 1)
  expect(prompt).toContain(code)
  expect(more).toEqual([])
  await script.gateway.client.request("pairing.approve", { code: code.toLowerCase(), notify: true })
  expect((await listed(script)).paired).toMatchObject([{ sender: "7" }])
  expect((await prompts(script, 2))[1]).toContain("let in")
  const answer = await script.arrive(before)
  expect(answer.kind).toBe("taken")
  const { messages } = (await script.gateway.client.request("chat.history", {
    sessionKey: "main",
  })) as { messages: { role: string }[] }
  expect(messages.filter(({ role }) => role === "user").length).toBeLessThanOrEqual(1)
})

test("three may wait at one account; the next is shown nothing, and another account has its own room", async () => {
  await using script = await startWithRooms({ settings: { accounts: { default: {}, work: {} } } })
  for (const id of ["1", "2", "3", "4"])
    await script.arrive({ conversation: { ...direct, id }, sender: from(id) })
  await script.arrive({ conversation: direct, sender: from("5") }, "work")
  const { pending } = await listed(script)
  expect(pending.map(({ sender }) => sender).sort()).toEqual(["1", "2", "3", "5"])
  await prompts(script, 4)
})

test("nobody is asked who they are in a room, for a reaction, or where pairing is off", async () => {
  await using script = await startWithRooms({
    settings: { groups: { room: {} }, accounts: { default: {}, closed: { dmPolicy: "disabled" } } },
  })
  await script.arrive({ conversation: room, sender: from("1") })
  await script.arrive({
    conversation: direct,
    sender: from("1"),
    deed: { kind: "reaction", emoji: "👍", added: true, messageId: "1", own: true },
  })
  await script.arrive({ conversation: direct, sender: from("1") }, "closed")
  expect((await listed(script)).pending).toEqual([])
})

test("the first to be let in becomes the owner, the second does not", async () => {
  await using script = await startWithRooms({ settings: {} })
  const approve = async (id: string) => {
    await script.arrive({ conversation: { ...direct, id }, sender: from(id) })
    const { pending } = await listed(script)
    const { code } = pending.find(({ sender }) => sender === id)!
    return script.gateway.client.request("pairing.approve", { code })
  }
  expect(await approve("1")).toMatchObject({ owner: true })
  await script.gateway.running.reload()
  expect(await approve("2")).toMatchObject({ owner: false })
  const { config } = (await script.gateway.client.request("config.get", {})) as {
    config: { commands: { ownerAllowFrom: string[] } }
  }
  expect(config.commands.ownerAllowFrom).toEqual(["rooms:1"])
})

test("who may only pair devices makes nobody an owner", async () => {
  await using script = await startWithRooms({ settings: {} })
  await script.arrive({ conversation: direct, sender: from("1") })
  const { pending } = await listed(script)
  const { approve } = await import("../../src/access/methods.ts")
  const changed: unknown[] = []
  const answer = await approve.handle({ code: pending[0]!.code, notify: false }, {
    pairing: {
      approve: async () => ({
        channel: "rooms",
        account: "default",
        sender: "1",
        name: "",
        approvedAt: 1,
      }),
    },
    commands: { ownerAllowFrom: [] },
    settings: { set: async (...change: unknown[]) => void changed.push(change) },
    caller: { scopes: new Set(["pairing"]) },
  } as unknown as Parameters<typeof approve.handle>[1])
  expect(answer).toMatchObject({ owner: false })
  expect(changed).toEqual([])
})

test("who is let in no longer is a stranger again at once", async () => {
  await using script = await startWithRooms({ settings: {} })
  const message = { conversation: direct, sender: from("1") }
  await script.arrive(message)
  const { pending } = await listed(script)
  await script.gateway.client.request("pairing.approve", { code: pending[0]!.code })
  expect((await script.arrive(message)).kind).toBe("taken")
  await script.gateway.client.request("pairing.remove", { channel: "rooms", sender: "1" })
  expect(await script.arrive(message)).toMatchObject({ kind: "dropped", reason: "not-paired" })
})

test("who is taken off a list, and an account that is off, are heard no more from that moment on (N140)", async () => {
  await using script = await startWithRooms({
    settings: { allowFrom: ["1"], dmPolicy: "disabled" },
  })
  const kind = async () =>
    await script.arrive({
      conversation: room,
      sender: from("1"),
      deed: { kind: "message", text: "hi" },
    })
  const change = async (rooms: object) => {
    const { hash } = (await script.gateway.client.request("config.get", {})) as { hash: string }
    const raw = JSON.stringify({ channels: { rooms } })
    await script.gateway.client.request("config.patch", { raw, baseHash: hash })
    await script.gateway.running.reload()
  }
  /** The account connects anew after each change. */
  const connected = async () => {
    for (;;) {
      const answer = await kind().catch(() => undefined)
      if (answer) return answer
      await Bun.sleep(2)
    }
  }
  await change({ groups: { room: { requireMention: false } } })
  expect(await connected()).toMatchObject({ kind: "taken" })
  await change({ allowFrom: ["2"] })
  expect(await connected()).toMatchObject({ reason: "sender-not-listed" })
  await change({ enabled: false, allowFrom: ["1"] })
  await expect(kind()).rejects.toThrow("takes nothing in")
})

test("a wrong code lets nobody in, and says where codes are", async () => {
  await using script = await startWithRooms({ settings: {} })
  await expect(
    script.gateway.client.request("pairing.approve", { code: "AAAAAAAA" }),
  ).rejects.toMatchObject({ message: expect.stringContaining("AAAAAAAA") })
})

test("what was turned away is explained by its id and by its conversation, with what to change", async () => {
  await using script = await startWithRooms({
    settings: { allowFrom: ["1"], groups: { room: {} } },
  })
  await script.arrive({
    id: "m1",
    conversation: room,
    sender: from("1"),
    deed: { kind: "message", text: "hi", mentions: { bot: false, others: false } },
  })
  await script.arrive({ id: "m2", conversation: { ...room, id: "other" }, sender: from("1") })
  const explain = async (target: string) =>
    (await script.gateway.client.request("channels.explain", { target })) as { drops: unknown[] }
  expect((await explain("m1")).drops).toMatchObject([
    { reason: "not-mentioned", change: expect.stringContaining("requireMention") },
  ])
  expect((await explain("rooms:other")).drops).toMatchObject([
    { id: "m2", reason: "room-not-listed", why: expect.stringContaining("other") },
  ])
  await expect(explain("m3")).rejects.toThrow("m3")
})
