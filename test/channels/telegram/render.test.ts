import { expect, test } from "bun:test"
import fc from "fast-check"
import { renderHtml } from "../../../src/channels/telegram/render.ts"
import type { Span, Style, Styled } from "../../../src/kernel/styled.ts"
import { parseTelegramHtml } from "../../support/telegram-html.ts"

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
    "<b>bold and <i>both</i></b>",
  ],
  [
    "a block of code with its language, and nothing in it",
    {
      text: "if (a < b) & c",
      spans: [
        { start: 0, end: 14, style: "pre", language: "ts" },
        { start: 0, end: 2, style: "bold" },
      ],
    },
    '<pre><code class="language-ts">if (a &lt; b) &amp; c</code></pre>',
  ],
  [
    "a language that is none",
    { text: "x", spans: [{ start: 0, end: 1, style: "pre", language: '"><b>' }] },
    "<pre>x</pre>",
  ],
  [
    "a link, its address escaped",
    { text: "here", spans: [{ start: 0, end: 4, style: "link", href: 'https://x.test/?a="&b' }] },
    '<a href="https://x.test/?a=&quot;&amp;b">here</a>',
  ],
  [
    "an address that is no page",
    { text: "here", spans: [{ start: 0, end: 4, style: "link", href: "javascript:alert(1)" }] },
    "here",
  ],
  [
    "somebody who would be mentioned",
    { text: "here", spans: [{ start: 0, end: 4, style: "link", href: "tg://user?id=1" }] },
    "here",
  ],
  [
    "a quote in a quote",
    {
      text: "outer inner",
      spans: [
        { start: 0, end: 11, style: "quote" },
        { start: 6, end: 11, style: "quote" },
      ],
    },
    "<blockquote>outer inner</blockquote>",
  ],
  [
    "markup of the model's own",
    { text: "<b>x</b> &amp;", spans: [] },
    "&lt;b&gt;x&lt;/b&gt; &amp;amp;",
  ],
])("renders %s", (_, styled, html) => {
  expect(renderHtml(styled)).toBe(html)
})

const style = fc.oneof(
  fc
    .constantFrom("bold", "italic", "strike", "code", "spoiler", "quote", "heading")
    .map((style) => ({ style }) as Style),
  fc.record({ style: fc.constant("pre" as const), language: fc.string() }),
  fc.record({ style: fc.constant("link" as const), href: fc.oneof(fc.webUrl(), fc.string()) }),
)

/** Spans that nest and never cross, made by cutting a span into parts again and again. */
const spansIn = (start: number, end: number, styles: Style[], depth = 0): Span[] => {
  const [first, ...rest] = styles
  if (!first || end <= start || depth > 6) return []
  const middle = start + Math.ceil((end - start) / 2)
  const half = Math.ceil(rest.length / 2)
  return [
    { start, end, ...first },
    ...spansIn(start, middle, rest.slice(0, half), depth + 1),
    ...spansIn(middle, end, rest.slice(half), depth + 1),
  ]
}

test("whatever is styled, Telegram can parse it and reads the same text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.array(style), (text, styles) => {
      const html = renderHtml({ text, spans: spansIn(0, text.length, styles) })
      expect(parseTelegramHtml(html)).toEqual({ text })
    }),
  )
})
