import { expect, test } from "bun:test"
import { mayHandIn } from "../../src/access/judge.ts"
import type { Sender } from "../../src/kernel/channel.ts"

const from = (sender: Sender) =>
  mayHandIn({ channel: "c", account: "a", chat: "main", id: "1", sender, text: "hi" })

test("an operator hands messages in", () => {
  expect(from({ kind: "operator", clientId: "cli", admin: false })).toBe(true)
})

test("nobody on a network does so past the way in of that network, whatever they are called", () => {
  expect(from({ kind: "person", id: "7", name: "operator" })).toBe(false)
})
