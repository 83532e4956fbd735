import { expect, test } from "bun:test"
import { isAvatar } from "../../../src/agents/avatar.ts"
import { idFrom } from "../../../src/agent/agents/edits.ts"
import { identityIn } from "../../../src/agent/agents/identity.ts"

test("IDENTITY.md gives what was filled in, and no hints", () => {
  expect(identityIn("# Who I am\n\n- Name: Ada\n- Manner:\n- Emoji: 🔭\n")).toEqual({
    name: "Ada",
    emoji: "🔭",
  })
  expect(identityIn("- **Name:** Ada\n- **Vibe:** calm\n- **Avatar:** _(a path or URL)_")).toEqual({
    name: "Ada",
    theme: "calm",
  })
})

test("a picture is a file of the workspace, a page's or written out, and nothing else", () => {
  for (const one of [
    "ada.png",
    "art/ada.png",
    "https://x.test/a.png",
    "data:image/png;base64,AAA=",
  ])
    expect([one, isAvatar(one)]).toEqual([one, true])
  const refused = ["", "../a", "a/../../b", "/etc/passwd", "~/a.png", "file:///a", "javascript:x"]
  for (const one of [...refused, "data:text/html;base64,AAA=", "data:image/svg+xml;base64,AAA="])
    expect([one, isAvatar(one)]).toEqual([one, false])
})

test("a name becomes an id", () => {
  expect(["Research Team", "Zoë", "a__b", " --x-- "].map(idFrom)).toEqual([
    "research-team",
    "zoe",
    "a__b",
    "x",
  ])
  expect(() => idFrom("…")).toThrow("nothing to name")
})
