import { expect, test } from "bun:test"
import fc from "fast-check"
import { toDiscord } from "../../../src/channels/discord/render.ts"
import { plain, type Styled } from "../../../src/kernel/styled.ts"
import { readDiscordMarkdown } from "../../support/discord-markdown.ts"

test.each<[string, Styled, string]>([
  [
    "nested styles",
    {
      text: "bold and both",
      spans: [
        { start: 0, end: 13, style: "bold" },
        { start: 9, end: 13, style: "italic" },
      ],
    },
    "**bold and *both***",
  ],
  [
    "spaces at an edge",
    { text: "a b c", spans: [{ start: 1, end: 4, style: "bold" }] },
    "a **b** c",
  ],
  [
    "a block that holds a block",
    { text: "a\n```\nb", spans: [{ start: 0, end: 7, style: "pre", language: "md" }] },
    "```md\na\n`\u200B`\u200B`\nb\n```",
  ],
  [
    "code with backticks",
    { text: "`x`", spans: [{ start: 0, end: 3, style: "code" }] },
    "`` `x` ``",
  ],
  [
    "a quote of two lines",
    { text: "one\ntwo", spans: [{ start: 0, end: 7, style: "quote" }] },
    "> one\n> two",
  ],
  [
    "a link",
    { text: "here", spans: [{ start: 0, end: 4, style: "link", href: "https://x.test/a(b)" }] },
    "[here](https://x.test/a%28b%29)",
  ],
  [
    "an address that is no page",
    { text: "here", spans: [{ start: 0, end: 4, style: "link", href: "javascript:alert(1)" }] },
    "here",
  ],
  [
    "addresses and people as they stand",
    plain("https://x.test/a_b_c <@123456789> _x_"),
    "https://x.test/a_b_c <@123456789> \\_x\\_",
  ],
  ["lines that look like more", plain("# a\n> b\n-# c"), "\\# a\n\\> b\n-\\# c"],
])("renders %s", (_, styled, markdown) => {
  expect(toDiscord(styled)).toBe(markdown)
})

test("whatever is said, the reader sees just that", () => {
  const word = fc.oneof(
    fc.constantFrom(
      "*",
      "**",
      "_",
      "__",
      "~~",
      "||",
      "`",
      "```",
      "\\",
      "# ",
      "> ",
      "-# ",
      "[x](y)",
    ),
    fc.constantFrom("\n", " ", "<@everyone>", "https://x.test/_a_", "<#12345678>"),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const text = words.join("")
      expect(readDiscordMarkdown(toDiscord(plain(text)))).toBe(text)
    }),
    { numRuns: 500 },
  )
})
