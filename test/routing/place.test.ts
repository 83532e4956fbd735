import { expect, test } from "bun:test"
import { unknownAgent } from "../../src/agents/faults.ts"
import { place } from "../../src/routing/place.ts"
import { parseKey } from "../../src/sessions/keys.ts"

const destinations = {
  key: (written: string) => parseKey(written, "main"),
  requireAgent(id: string) {
    if (!["main", "research"].includes(id)) throw unknownAgent({ id, known: ["main"] })
  },
}
const to = (chat: string) =>
  place(
    {
      channel: "webchat",
      account: "default",
      chat,
      id: "1",
      sender: { kind: "operator", clientId: "cli", admin: true },
      text: "hi",
    },
    destinations,
  )

test("an operator's words go to the session they named", () => {
  expect(to("main")).toEqual({ agentId: "main", sessionKey: "agent:main:main" })
  expect(to("agent:Research:notes")).toEqual({
    agentId: "research",
    sessionKey: "agent:research:notes",
  })
})

test("an agent that does not exist gets nothing", () => {
  expect(() => to("agent:nobody:main")).toThrow('no agent named "nobody"')
})
