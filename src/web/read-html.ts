import { isProbablyReaderable, Readability } from "@mozilla/readability"
import { parseHTML } from "linkedom"
import Turndown from "turndown"
import type { Extraction, Reading } from "./extract.ts"

/** Past this many tags a page is read without looking for its main part. */
const mostTags = 100_000
/** Deeper than any page that a person wrote; tree walkers run out of stack there. */
const deepest = 500

/** The text of a page: its main part, or all of it where no part stands out. */
export const readHtml = async ({
  bytes,
  charset,
  url,
  mode,
  main,
}: Extraction): Promise<Reading> => {
  const html = decode(bytes, charset)
  const shape = measure(html)
  if (shape.depth > deepest || shape.tags > mostTags) return plain(html)
  const { document } = parseHTML(whole(html))
  const title = document.querySelector("title")?.textContent?.trim() || undefined
  cleanse(document, url)
  const body = document.body?.innerHTML ?? ""
  const article =
    main && isProbablyReaderable(document)
      ? new Readability(document as unknown as Document).parse()
      : null
  const text = toText(article?.content || body, mode)
  return { title: article?.title?.trim() || title, text: text || (await plain(html)).text }
}

/** The parser makes up no parts that a page leaves out, and looks for them all the same. */
const whole = (html: string) =>
  `<!doctype html><html><head></head><body>${html.replace(/<!doctype[^<>]*>|<\/?(?:html|head|body)(?:\s[^<>]*)?>/gi, "")}</body></html>`

/** How deep and how large a page is, from a glance at its tags. */
const measure = (html: string) => {
  let [tags, depth, most] = [0, 0, 0]
  for (const [tag, close] of html.matchAll(/<(\/?)[a-z][^<>]{0,2000}>/gi)) {
    tags++
    if (close) depth = Math.max(0, depth - 1)
    else if (!tag.endsWith("/>") && !/^<(?:br|hr|img|input|link|meta|wbr|p|li|td|tr)\b/i.test(tag))
      most = Math.max(most, ++depth)
  }
  return { tags, depth: most }
}

const unread =
  "script, style, noscript, template, iframe, object, embed, svg, canvas, dialog:not([open]), [hidden], [aria-hidden=true]"
const unseenStyle =
  /display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])|font-size\s*:\s*0(?![.\d])/i

/** Takes out what no reader sees, and makes addresses whole. */
const cleanse = (document: Document, url: string) => {
  for (const element of document.querySelectorAll(unread)) element.remove()
  for (const element of document.querySelectorAll("[style]"))
    if (unseenStyle.test(element.getAttribute("style") ?? "")) element.remove()
  const base =
    URL.parse(document.querySelector("base")?.getAttribute("href") ?? "", url)?.href ?? url
  for (const link of document.querySelectorAll("a[href]")) {
    const target = URL.parse(link.getAttribute("href") ?? "", base)
    if (target && /^(?:https?|mailto):$/.test(target.protocol))
      link.setAttribute("href", target.href)
    else link.removeAttribute("href")
  }
  for (const image of document.querySelectorAll("img"))
    image.replaceWith(document.createTextNode(image.getAttribute("alt")?.trim() ?? ""))
}

const toText = (html: string, mode: Extraction["mode"]) => {
  const turndown = new Turndown({
    headingStyle: "atx",
    codeBlockStyle: "fenced",
    bulletListMarker: "-",
  })
  turndown.addRule("cell", {
    filter: ["th", "td"],
    replacement: (content) => ` ${content.replace(/\s+/g, " ").trim()} |`,
  })
  turndown.addRule("row", {
    filter: "tr",
    replacement: (content, row) =>
      `\n|${content}${isHeading(row) ? `\n${"|---".repeat(row.childNodes.length)}|` : ""}`,
  })
  turndown.addRule("table", {
    filter: ["table", "thead", "tbody", "tfoot"],
    replacement: (content, { nodeName }) => (nodeName === "TABLE" ? `\n\n${content}\n\n` : content),
  })
  if (mode === "text") {
    turndown.escape = (text) => text
    turndown.addRule("plain", {
      filter: ["a", "strong", "b", "em", "i", "code", "h1", "h2", "h3", "h4", "h5", "h6"],
      replacement: (content, { nodeName }) =>
        /^H\d$/.test(nodeName) ? `\n\n${content}\n\n` : content,
    })
  }
  // Turndown would look for a DOM of its own to parse a text with.
  const { document } = parseHTML(whole(html))
  return tidy(turndown.turndown(document.body as unknown as HTMLElement))
}

const isHeading = (row: Node) => row.firstChild?.nodeName === "TH"

/** The words alone, tag by tag, for pages that are too much for a tree. */
const plain = async (html: string): Promise<Reading> => {
  const parts: string[] = []
  let hidden = 0
  let title = ""
  const rewriter = new HTMLRewriter()
    .on("script, style, noscript, template, svg, title", {
      element(element) {
        hidden++
        element.onEndTag(() => void hidden--)
      },
    })
    .on("title", { text: ({ text }) => void (title += text) })
    .on("p, div, br, li, tr, h1, h2, h3, h4, section, article", {
      element: () => void parts.push("\n"),
    })
    .onDocument({ text: ({ text }) => void (hidden || parts.push(text)) })
  await rewriter.transform(new Response(html)).text()
  return { title: title.trim() || undefined, text: tidy(unescape(parts.join(""))) }
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
}
const unescape = (text: string) =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name) return entities[name.toLowerCase()] ?? whole
    const code = decimal ? Number(decimal) : parseInt(hex, 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ""
  })

/** No empty stretches, and nothing that is there without being seen. */
const tidy = (text: string) =>
  text
    .replace(
      /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu,
      "",
    )
    .replace(/[ \t\u00a0]+\n/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim()

/** By its own word, its first bytes, or as the web is mostly written. */
const decode = (bytes: Uint8Array, declared: string | undefined) => {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 2048))
  const named = declared ?? /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,20})/i.exec(head)?.[1]
  for (const label of [bomOf(bytes), named, "utf-8"]) {
    if (!label) continue
    try {
      return new TextDecoder(label as Bun.Encoding, { fatal: label === "utf-8" && !named }).decode(
        bytes,
      )
    } catch {
      continue // an encoding nobody knows, or not UTF-8 after all
    }
  }
  return new TextDecoder("windows-1252").decode(bytes)
}

const bomOf = ([a, b, c]: Uint8Array) =>
  a === 0xef && b === 0xbb && c === 0xbf
    ? "utf-8"
    : a === 0xff && b === 0xfe
      ? "utf-16le"
      : a === 0xfe && b === 0xff
        ? "utf-16be"
        : undefined
