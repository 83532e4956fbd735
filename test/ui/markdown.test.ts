import { expect, test } from "bun:test"
import fc from "fast-check"
import { isValidElement } from "preact"
import { Markdown, safeHref } from "../../src/ui/markdown.tsx"
import { CodeBlock } from "../../src/ui/view/code-block.tsx"
import { hostile } from "../support/hostile-markdown.ts"

interface Seen {
  tag: string
  props: Record<string, unknown>
}

/** Every element a message became, and all of its text. */
const render = (text: string) => {
  const elements: Seen[] = []
  let words = ""
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk)
    if (typeof node === "string") words += node
    if (!isValidElement(node)) return
    const { type, props } = node
    const { children, ...rest } = props as Record<string, unknown>
    if (type === CodeBlock) words += rest.code
    elements.push({ tag: typeof type === "string" ? type : "CodeBlock", props: rest })
    walk(children)
  }
  walk(Markdown({ text }))
  return { elements, words, tags: elements.map(({ tag }) => tag) }
}

const allowedTags = new Set(
  "div p h3 h4 h5 h6 ul ol li blockquote table thead tbody tr th td strong em s a span code br hr img CodeBlock".split(
    " ",
  ),
)
const allowedProps = new Set(
  "class href title target rel src alt start tabIndex role aria-label code language".split(" "),
)

const expectHarmless = (text: string) => {
  for (const { tag, props } of render(text).elements) {
    expect(allowedTags).toContain(tag)
    for (const name of Object.keys(props)) expect(allowedProps).toContain(name)
    if ("href" in props) expect(String(props.href)).toMatch(/^(?:https?:\/\/|mailto:)/)
    if ("src" in props)
      expect(String(props.src)).toMatch(/^data:image\/(?:png|jpeg|gif|webp);base64,/)
  }
}

test.each(hostile.map((text) => [text]))("nothing dangerous comes of %j", (text) => {
  expectHarmless(text)
})

test("nothing dangerous comes of any mixture of dangerous pieces", () => {
  const piece = fc.oneof(fc.constantFrom(...hostile), fc.string({ maxLength: 8 }))
  const mixture = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""))
  fc.assert(fc.property(mixture, expectHarmless))
})

test("markup in a message is shown as the text it is", () => {
  const { tags, words } = render('<img src=x onerror="alert(1)"> and <b>bold</b>')
  expect(tags).toEqual(["div", "p"])
  expect(words).toBe('<img src=x onerror="alert(1)"> and <b>bold</b>')
})

test("only addresses a person may be sent to become links", () => {
  expect(safeHref("https://example.com/a?b#c")).toBe("https://example.com/a?b#c")
  expect(safeHref("mailto:a@example.com")).toBe("mailto:a@example.com")
  for (const href of [
    "javascript:alert(1)",
    "JaVa\nScript:x",
    "data:text/html,x",
    "file:///etc",
    "/a",
  ])
    expect(safeHref(href)).toBeUndefined()
})

test("a link opens apart and tells the other side nothing", () => {
  const link = render("[here](https://example.com/)").elements.find(({ tag }) => tag === "a")
  expect(link!.props).toMatchObject({
    href: "https://example.com/",
    title: "https://example.com/",
    target: "_blank",
    rel: "noopener noreferrer nofollow",
  })
})

test("a picture on another origin is a link, so that nothing is fetched", () => {
  const { tags, words } = render("![chart](https://example.com/chart.png)")
  expect(tags).toEqual(["div", "p", "a"])
  expect(words).toBe("chart")
})

test("what people and models write looks as they meant it", () => {
  const { tags, words } = render(
    "# Title\n\n1. one\n2. **two** `x`\n\n```ts\nconst a = 1\n```\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\nline\nnext",
  )
  expect(tags).toEqual(
    expect.arrayContaining(["h3", "ol", "li", "strong", "code", "CodeBlock", "table", "td", "br"]),
  )
  expect(words).toContain("const a = 1")
})
