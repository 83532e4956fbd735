import type { Span, Styled } from "../../kernel/styled.ts"

const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }
const escape = (text: string) => text.replace(/[&<>"]/g, (sign) => names[sign]!)

/**
 * Telegram's HTML (https://core.telegram.org/bots/api#html-style). Whatever a model wrote that looks
 * like markup is text; the only tags are those made here.
 */
export const renderHtml = ({ text, spans }: Styled): string => {
  let html = ""
  let at = 0
  const open: { end: number; close: string; raw: boolean }[] = []
  const upTo = (offset: number) => {
    html += escape(text.slice(at, offset))
    at = offset
  }
  const closeUntil = (offset: number) => {
    while (open.length && open.at(-1)!.end <= offset) {
      const { end, close } = open.pop()!
      upTo(end)
      html += close
    }
  }
  for (const span of spans) {
    closeUntil(span.start)
    // Nothing may stand inside code, and a quote not in a quote.
    const tag = open.some(({ raw }) => raw) ? undefined : tagOf(span)
    if (!tag || span.end <= span.start) continue
    if (tag.quote && open.some(({ close }) => close === tag.close)) continue
    upTo(span.start)
    html += tag.open
    open.push({ end: span.end, close: tag.close, raw: tag.raw ?? false })
  }
  closeUntil(text.length)
  upTo(text.length)
  return html
}

interface Tag {
  open: string
  close: string
  raw?: boolean
  quote?: boolean
}

const plainTag = (name: string): Tag => ({ open: `<${name}>`, close: `</${name}>` })

const tagOf = (span: Span): Tag | undefined => {
  switch (span.style) {
    case "bold":
    case "heading":
      return plainTag("b")
    case "italic":
      return plainTag("i")
    case "strike":
      return plainTag("s")
    case "spoiler":
      return plainTag("tg-spoiler")
    case "quote":
      return { ...plainTag("blockquote"), quote: true }
    case "code":
      return { ...plainTag("code"), raw: true }
    case "pre":
      return pre(span.language)
    case "link":
      return link(span.href)
  }
}

const pre = (language: string | undefined): Tag => {
  const known = language && /^[\w+#.-]{1,40}$/.test(language)
  return known
    ? { open: `<pre><code class="language-${language}">`, close: "</code></pre>", raw: true }
    : { ...plainTag("pre"), raw: true }
}

/** `tg:` addresses would mention people and open things; those of the web are what readers expect. */
const link = (href: string): Tag | undefined =>
  /^(?:https?|mailto|tel):/i.test(href)
    ? { open: `<a href="${escape(href)}">`, close: "</a>" }
    : undefined
