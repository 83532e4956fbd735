import { expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { privateFolder } from "../../src/store/files.ts"
import { textOf } from "../support/chat.ts"
import { startConversation } from "../support/conversation.ts"

test("/context says how large each part is that a model reads", async () => {
  await using place = await startConversation(["Hello."], { defaults: { bootstrapMaxChars: 500 } })
  const workspace = privateFolder(place.gateway.paths.workspace)
  writeFileSync(join(workspace, "AGENTS.md"), "x".repeat(3000))
  const list = textOf(await place.chat.ask("/context"))
  expect(list).toContain("Context of `fake/fake-1`")
  expect(list).toMatch(/- AGENTS\.md: [\d,]+ characters .*, cut from 3,000/)
  expect(list).toContain("- SOUL.md: missing")
  expect(list).toContain("of 32,000 tokens")

  const detail = textOf(await place.chat.ask("/context detail"))
  expect(detail).toContain("  - Safety: ")
  expect(detail).toContain("  - read: ")

  const json = textOf(await place.chat.ask("/context json")).replace(/^```json|```$/g, "")
  const facts = JSON.parse(json) as { prompt: number; sections: { chars: number }[] }
  const between = 2 * (facts.sections.length - 1)
  expect(facts.sections.reduce((sum, { chars }) => sum + chars, between)).toBe(facts.prompt)
  expect(place.model.calls).toHaveLength(0)
  expect(textOf(await place.chat.ask("/context x"))).toContain("list, detail, json")
})
