import { expect, test } from "bun:test"
import { direct, room, startWithRooms } from "../support/room-channel.ts"

test("what an account's owner writes to themselves is heard there, and nowhere else", async () => {
  await using at = await startWithRooms({ settings: { groupPolicy: "open" } })
  const sender = { ids: ["bot"] } as const
  const heard = async (conversation: typeof direct | typeof room) =>
    (await at.arrive({ conversation, sender })).kind
  expect(await heard({ id: "bot", kind: "direct" })).toBe("taken")
  expect(await heard(direct)).toBe("dropped")
  expect(await heard(room)).toBe("dropped")
})

test("private chats that are off are off for that one as well", async () => {
  await using at = await startWithRooms({ settings: { dmPolicy: "disabled" } })
  const conversation = { id: "bot", kind: "direct" } as const
  const heard = await at.arrive({ conversation, sender: { ids: ["bot"] } })
  expect(heard).toMatchObject({ kind: "dropped", reason: "dm-disabled" })
})
