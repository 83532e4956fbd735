import { expect, test } from "bun:test"
import { judge } from "../../src/access/judge.ts"
import type { Sender } from "../../src/kernel/channel.ts"

const from = (sender: Sender) =>
  judge({ channel: "c", account: "a", chat: "main", id: "1", sender, text: "hi" })

test("an operator is heard", () => {
  expect(from({ kind: "operator", clientId: "cli", admin: false })).toEqual({ kind: "allow" })
})

test("nobody else is, as long as no rule lets them in", () => {
  expect(from({ kind: "person", id: "7", name: "operator" })).toEqual({
    kind: "refuse",
    reason: "unknown-sender",
  })
})
