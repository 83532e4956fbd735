import { expect, test } from "bun:test"
import { richText } from "../../../src/channels/slack/rich.ts"
import { toMarkdown, toMrkdwn } from "../../../src/channels/slack/render.ts"
import type { Span, Style, Styled } from "../../../src/kernel/styled.ts"
import fc from "fast-check"

/** `a{bold:b}c`, so that cases can be read. */
const styled = (source: string): Styled => {
  const spans: Span[] = []
  let text = ""
  const open: { style: Style; start: number }[] = []
  for (const [piece] of source.matchAll(/\{\w+(?:=[^:{}]*(?::\/\/[^:{}]*)?)?:|\}|[^{}]+/g)) {
    const [, name, value] = /^\{(\w+)(?:=(.*))?:$/s.exec(piece) ?? []
    if (name) {
      const style = (
        name === "link"
          ? { style: name, href: value! }
          : name === "pre" && value
            ? { style: name, language: value }
            : { style: name }
      ) as Style
      open.push({ style, start: text.length })
    } else if (piece === "}") {
      const { style, start } = open.pop()!
      spans.push({ ...style, start, end: text.length })
    } else text += piece
  }
  spans.sort((a, b) => a.start - b.start || b.end - a.end)
  return { text, spans }
}

test.each([
  ["{bold:b} {italic:i} {strike:s} {code:c} {spoiler:p}", "*b* _i_ ~s~ `c` p"],
  ["{heading:Title}\ntext", "*Title*\ntext"],
  ["{heading:A {bold:b} c}", "*A b c*"],
  ["{bold:a {italic:b} c}", "*a _b_ c*"],
  ["{bold:one\ntwo }", "*one*\n*two* "],
  ["a < b & c > d", "a &lt; b &amp; c &gt; d"],
  ["{code:a<b}", "`a&lt;b`"],
  ["{pre=ts:if (a < b)\n  c}", "```\nif (a &lt; b)\n  c\n```"],
  ["{quote:one\ntwo}", "> one\n> two"],
  ["{link=https://a.example/?x=1&y=2:the page}", "<https://a.example/?x=1&amp;y=2|the page>"],
  ["{link=https://a.example:https://a.example}", "<https://a.example>"],
  ["{link=javascript;alert(1):click}", "click (javascript;alert(1))"],
  ["hi <@U123ABC>, see <#C123ABC|x>", "hi <@U123ABC>, see <#C123ABC|x>"],
  [
    "<!channel> <!here> <!everyone> <@everyone>",
    "&lt;!channel&gt; &lt;!here&gt; &lt;!everyone&gt; &lt;@everyone&gt;",
  ],
  ["{code:<@U123ABC>}", "`&lt;@U123ABC&gt;`"],
])("%s is written as mrkdwn", (source, expected) => {
  expect(toMrkdwn(styled(source))).toBe(expected)
})

test("where a text grows it is common Markdown", () => {
  const text = styled("{bold:b} {italic:i} {strike:s} {link=https://a.example/(x):l}\n{pre=ts:x}")
  expect(toMarkdown(text)).toBe("**b** _i_ ~~s~~ [l](https://a.example/%28x%29)\n```ts\nx\n```")
})

test("rich text keeps every look, and blocks stand by themselves", () => {
  const text = styled(
    "Hi <@U123ABC>: {bold:b {italic:bi}} {link=https://a.example:l}\n\n{pre=ts:let x\nlet y}\n\nafter\n{quote:said {code:x}}\nend",
  )
  expect(richText(text)).toEqual({
    type: "rich_text",
    elements: [
      {
        type: "rich_text_section",
        elements: [
          { type: "text", text: "Hi " },
          { type: "user", user_id: "U123ABC" },
          { type: "text", text: ": " },
          { type: "text", text: "b ", style: { bold: true } },
          { type: "text", text: "bi", style: { bold: true, italic: true } },
          { type: "text", text: " " },
          { type: "link", url: "https://a.example", text: "l" },
          { type: "text", text: "\n" },
        ],
      },
      { type: "rich_text_preformatted", elements: [{ type: "text", text: "let x\nlet y" }] },
      { type: "rich_text_section", elements: [{ type: "text", text: "\nafter" }] },
      {
        type: "rich_text_quote",
        elements: [
          { type: "text", text: "said " },
          { type: "text", text: "x", style: { code: true } },
        ],
      },
      { type: "rich_text_section", elements: [{ type: "text", text: "end" }] },
    ],
  })
})

test("rich text loses no word, whatever is marked in it", () => {
  const styles = ["bold", "italic", "strike", "code", "spoiler", "heading"] as const
  fc.assert(
    fc.property(
      fc.string({ maxLength: 60 }),
      fc.array(fc.tuple(fc.nat(60), fc.nat(60), fc.constantFrom(...styles)), { maxLength: 1 }),
      (text, marks) => {
        const spans = marks.flatMap(([a, b, style]) => {
          const start = Math.min(a, b, text.length)
          const end = Math.min(Math.max(a, b), text.length)
          return end > start ? [{ start, end, style }] : []
        })
        const { elements } = richText({ text, spans }) as {
          elements: { elements: { text: string }[] }[]
        }
        expect(elements.flatMap(({ elements }) => elements.map(({ text }) => text)).join("")).toBe(
          text,
        )
      },
    ),
  )
})
