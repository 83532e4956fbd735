import { expect, test } from "bun:test"
import fc from "fast-check"
import type { Styled } from "../../src/kernel/styled.ts"
import { loadMarkdown } from "../../src/outbox/markdown.ts"
import { hostile } from "../support/hostile-markdown.ts"

const toStyled = await loadMarkdown()

/** `style:text` of each span. */
const seen = ({ text, spans }: Styled) =>
  spans.map(({ style, start, end }) => `${style}:${text.slice(start, end)}`)

const hold = ({ text, spans }: Styled) => {
  for (const [at, span] of spans.entries()) {
    expect(span.start).toBeGreaterThanOrEqual(0)
    expect(span.end).toBeGreaterThan(span.start)
    expect(span.end).toBeLessThanOrEqual(text.length)
    for (const later of spans.slice(at + 1)) {
      expect(later.start).toBeGreaterThanOrEqual(span.start)
      expect(later.start >= span.end || later.end <= span.end).toBe(true)
    }
  }
}

test("styles nest, and their offsets count UTF-16 code units", () => {
  const styled = toStyled(
    "👋 **bold *both*** ~~gone~~ `code` ||secret **loud**|| [there](https://a.example)",
  )
  expect(styled.text).toBe("👋 bold both gone code secret loud there")
  expect(seen(styled)).toEqual([
    "bold:bold both",
    "italic:both",
    "strike:gone",
    "code:code",
    "spoiler:secret loud",
    "bold:loud",
    "link:there",
  ])
  expect(styled.spans[0]!.start).toBe(3)
})

test("lists keep their bullets, numbers and depth", () => {
  const { text } = toStyled("Do:\n- a\n- b\n  1. c\n  2. d\n- e\n\n7. x\n8. y")
  expect(text).toBe("Do:\n\n• a\n• b\n  1. c\n  2. d\n• e\n\n7. x\n8. y")
})

test("code keeps its lines as they are and its language", () => {
  const styled = toStyled("Run:\n```ts title\n  if (a) {\n    **b**\n  }\n```\nDone")
  expect(styled.text).toBe("Run:\n\n  if (a) {\n    **b**\n  }\n\nDone")
  expect(styled.spans).toEqual([{ style: "pre", language: "ts", start: 6, end: 30 }])
})

test("a fence that is never closed reaches to the end", () => {
  expect(seen(toStyled("```\nlet a = 1"))).toEqual(["pre:let a = 1"])
})

const table = "| Name | Age |\n|---|---|\n| Ada | **36** |\n| 李 | 7 |"

test("a table becomes aligned code, bullets, or stays as it was written", () => {
  const code = toStyled(table)
  expect(seen(code)).toEqual([`pre:${code.text}`])
  expect(code.text).toBe("Name  Age\n----  ---\nAda   36\n李    7")
  const bullets = toStyled(table, { tables: "bullets" })
  expect(bullets.text).toBe("• Ada\n  Age: 36\n• 李\n  Age: 7")
  expect(seen(bullets)).toEqual(["bold:Ada", "bold:36", "bold:李"])
  expect(toStyled(table, { tables: "off" }).text).toBe(table)
})

test("HTML is text, and a link leads only where a reader may follow", () => {
  const styled = toStyled(
    "<b>no</b> [x](javascript:alert(1)) [y](/etc) [z](file:///etc/passwd) <@U1>",
  )
  expect(styled.text).toContain("<b>no</b>")
  expect(styled.text).toContain("<@U1>")
  expect(styled.spans).toEqual([])
})

test("a lone spoiler mark, or one that crosses a style, is text", () => {
  expect(toStyled("a || b").spans).toEqual([])
  const crossing = toStyled("||a **b|| c**")
  expect(seen(crossing)).toEqual(["bold:b|| c"])
  expect(crossing.text).toBe("||a b|| c")
})

test.each(hostile)("the spans of hostile text nest: %s", (text) => hold(toStyled(text)))

test("whatever is written, spans are sorted, nest and lie within the text", () => {
  const bit = fc.constantFrom(
    ..."* ** _ __ ~~ ` ``` || | - > # 1. [a](https://b.c) ![p](https://b.c/d.png) \n \n\n word 😀 \\ < & ||| \t é".split(
      " ",
    ),
  )
  const text = fc.array(fc.oneof(bit, fc.string({ unit: "binary" })), { maxLength: 60 })
  fc.assert(
    fc.property(text, fc.constantFrom("code", "bullets", "off"), (bits, tables) =>
      hold(toStyled(bits.join(""), { tables })),
    ),
  )
})

test("nothing deep or long takes long", () => {
  const started = performance.now()
  for (const text of [
    "> ".repeat(5000),
    "- ".repeat(5000),
    "*".repeat(20_000),
    "[".repeat(20_000),
    "||".repeat(5000),
    "`".repeat(9999),
    `${"|a".repeat(300)}|\n${"|-".repeat(300)}|\n`.repeat(20),
  ])
    hold(toStyled(text))
  expect(performance.now() - started).toBeLessThan(20_000)
})
