import { afterAll, describe, expect, test } from "bun:test"
import { systemClock } from "../../src/kernel/clock.ts"
import { createExtractor, type Extraction } from "../../src/web/extract.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const extractor = createExtractor(systemClock)
afterAll(() => extractor.close())

const page = (html: string | Uint8Array, more: Partial<Extraction> = {}): Extraction => ({
  kind: "html",
  bytes: typeof html === "string" ? new TextEncoder().encode(html) : html,
  url: "https://site.test/dir/page",
  mode: "markdown",
  main: true,
  maxChars: 50_000,
  ...more,
})
const read = (html: string | Uint8Array, more?: Partial<Extraction>) =>
  extractor.read(page(html, more))

const article = `<!DOCTYPE html><html lang="en"><head><title>The Title</title></head><body>
  <nav><a href="/">Home</a></nav><main><article><h1>The Title</h1>
  ${"<p>A long paragraph with many words, commas, and <a href='more#x'>a link</a> in it, as articles have them.</p>".repeat(12)}
  </article></main><footer>Cookies! Subscribe!</footer></body></html>`

test("the main part of a page is read, its links whole, and the rest left out", async () => {
  const { title, text } = await read(article)
  expect(title).toBe("The Title")
  expect(text).toContain("[a link](https://site.test/dir/more#x)")
  expect(text).not.toContain("Subscribe")
  expect((await read(article, { main: false })).text).toContain("Subscribe")
})

test("headings, lists, code and tables become Markdown, or plain words", async () => {
  const html = `<h2>Head</h2><ul><li>one</li></ul><pre><code>x = 1</code></pre>
    <table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td><b>2</b></td></tr></table>`
  const { text } = await read(html)
  expect(text).toContain("## Head")
  expect(text).toContain("```\nx = 1\n```")
  expect(text).toContain("| A | B |\n|---|---|\n| 1 | **2** |")
  expect((await read("<h2>Head</h2><p>a_b <b>c</b> [d]</p>", { mode: "text" })).text).toBe(
    "Head\n\na_b c [d]",
  )
})

test("what a reader does not see is not read", async () => {
  const { text } = await read(`<p>seen</p><p hidden>1</p><p style="display: none">2</p>
    <p style="font-size:0">3</p><p aria-hidden="true">4</p><!-- 5 --><script>6</script>
    <template>7</template><noscript>8</noscript><p>o\u200bn\u{e0041}e</p><a href="javascript:9">link</a>`)
  expect(text).toBe("seen\n\none\n\nlink")
})

test.each([
  ["its own word", "<meta charset=latin1><p>caf\xe9", undefined, "café"],
  ["the server's word", "<p>\xcf\xf0\xe8", "windows-1251", "При"],
  ["nobody's word", "<p>caf\xe9", undefined, "café"],
  ["a word nobody knows", "<meta charset=klingon><p>plain", undefined, "plain"],
])("letters are read by %s", async (_, latin, charset, text) => {
  expect((await read(Buffer.from(latin, "latin1"), { charset })).text).toBe(text)
})

describe("a hostile page is read or refused, and holds up nobody", () => {
  test.each([
    ["nested without end", "<div>".repeat(100_000) + "words"],
    ["tables in tables", "<table><tr><td>".repeat(400) + "words"],
    ["tags that are never closed", "<p><b><i>".repeat(60_000) + "words"],
    ["a tag of half a million attributes", `<a ${"x=1 ".repeat(500_000)}>words`],
    ["a hundred thousand paragraphs", "<p>words</p>".repeat(100_000)],
    ["a style without end", `<p style='${"display".repeat(200_000)}'>words`],
  ])("%s", async (_, html) => {
    expect((await read(html)).text).toContain("words")
  })

  test("nothing but the beginnings of tags and comments", async () => {
    for (const html of ["<a ".repeat(300_000), "<!--".repeat(300_000), ""])
      expect((await read(html)).text).toBe("")
  })

  test("one that takes too long is given up on, and the next one is read", async () => {
    const clock = turnableClock()
    const impatient = createExtractor(clock)
    const slow = impatient.read(page("<p>x</p>".repeat(30_000)))
    await Promise.resolve()
    clock.turn(15_000)
    await expect(slow).rejects.toThrow("could not be turned into text within 15 s")
    expect((await impatient.read(page("<p>next"))).text).toBe("next")
    impatient.close()
  })
})

const pdf = (content: string) => {
  const stream = `BT /F1 24 Tf 10 100 Td (${content}) Tj ET`
  return `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R 7 0 R]/Count 2>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 144]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length ${stream.length}>>stream
${stream}
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
6 0 obj<</Title(A paper)>>endobj
7 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 144]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
trailer<</Root 1 0 R/Info 6 0 R>>`
}

test("a PDF is read page by page, and damage is told", async () => {
  const found = await read(pdf("Hello PDF"), { kind: "pdf" })
  expect(found).toMatchObject({
    title: "A paper",
    text: "[page 1 of 2]\nHello PDF\n\n[page 2 of 2]\nHello PDF",
  })
  const short = await read(pdf("Hello PDF"), { kind: "pdf", maxChars: 3 })
  expect(short.text).toBe("[page 1 of 2]\nHello PDF")
  // `rejects` would wait without letting the worker's answer in.
  const broken = await read("%PDF-1.4 and nothing else", { kind: "pdf" }).catch(String)
  expect(broken).toContain("https://site.test/dir/page could not be read: Invalid PDF structure.")
})
