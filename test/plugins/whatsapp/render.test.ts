import { expect, test } from "bun:test"
import type { Span, Style, Styled } from "../../../src/kernel/styled.ts"
import { render } from "../../../src/plugins/whatsapp/render.ts"

/** `styled("a bold word", ["bold", { style: "bold" }])`: the first place where the words stand. */
const styled = (text: string, ...spans: readonly [string, Style][]): Styled => ({
  text,
  spans: spans.map(([words, style]): Span => {
    const start = text.indexOf(words)
    return { start, end: start + words.length, ...style }
  }),
})

test.each([
  ["bold, as *WhatsApp* writes it", styled("a b c", ["b", { style: "bold" }]), "a *b* c"],
  ["italic", styled("a b c", ["b", { style: "italic" }]), "a _b_ c"],
  ["strike", styled("a b c", ["b", { style: "strike" }]), "a ~b~ c"],
  ["code", styled("a b c", ["b", { style: "code" }]), "a `b` c"],
  ["a heading", styled("Plan\nwords", ["Plan", { style: "heading" }]), "*Plan*\nwords"],
  ["a block", styled("a\nb", ["a\nb", { style: "pre" }]), "```\na\nb\n```"],
  ["a quote", styled("a\nb\nc", ["a\nb", { style: "quote" }]), "> a\n> b\nc"],
  ["bold over lines", styled("a\nb", ["a\nb", { style: "bold" }]), "*a*\n*b*"],
  ["bold that ends in a space", styled("a b c", ["b ", { style: "bold" }]), "a *b* c"],
  [
    "one in the other",
    styled("all of it", ["all of it", { style: "bold" }], ["of", { style: "italic" }]),
    "*all _of_ it*",
  ],
  [
    "one as the other",
    styled("all", ["all", { style: "bold" }], ["all", { style: "italic" }]),
    "*_all_*",
  ],
  [
    "an address",
    styled("see here", ["here", { style: "link", href: "https://a.example" }]),
    "see here (https://a.example)",
  ],
  [
    "an address that is its own words",
    styled("see a.example", ["a.example", { style: "link", href: "https://a.example/" }]),
    "see a.example",
  ],
  [
    "code that looks like something",
    styled("a b c", ["a b c", { style: "code" }], ["b", { style: "bold" }]),
    "`a b c`",
  ],
])("%s", (_, text, written) => {
  expect(render(text)).toBe(written)
})
