import type { Span, Style, Styled } from "../../kernel/styled.ts"

interface Dialect {
  text(text: string): string
  inline: Readonly<Partial<Record<Style["style"], string>>>
  link(href: string, label: string): string
  code(text: string): string
  pre(text: string, language: string | undefined): string
}

/** Slack's own way of writing, for notifications, exports and wherever blocks are not shown: https://docs.slack.dev/messaging/formatting-message-text */
export const toMrkdwn = (styled: Styled): string => write(styled, mrkdwn)

/** The common Markdown, which Slack wants where a text grows. */
export const toMarkdown = (styled: Styled): string => write(styled, markdown)

export const escape = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/**
 * Mentions of people, channels and groups are written as Slack writes them. Those that call a whole
 * channel are not among them: words from anywhere must not be able to.
 */
export const token =
  /<(?:@[UW][A-Z0-9]{2,20}|#[CG][A-Z0-9]{2,20}(?:\|[^<>|\n]{0,80})?|!subteam\^S[A-Z0-9]{2,20}(?:\|[^<>|\n]{0,80})?)>/g

const escapeAround = (text: string) => {
  let out = ""
  let from = 0
  for (const found of text.matchAll(token)) {
    out += escape(text.slice(from, found.index)) + found[0]
    from = found.index + found[0].length
  }
  return out + escape(text.slice(from))
}

/** Undefined for what is no address to follow. */
export const linkAddress = (href: string) =>
  /^(?:https?:|mailto:|tel:)/i.test(href)
    ? href.replace(/[<>|\s]/g, (one) => encodeURIComponent(one))
    : undefined

const mrkdwn: Dialect = {
  text: escapeAround,
  inline: { bold: "*", heading: "*", italic: "_", strike: "~" },
  link(href, label) {
    const to = linkAddress(href)
    if (!to) return escape(label === href ? label : `${label} (${href})`)
    const shown = label.replace(/\s+/g, " ").trim()
    return shown && shown !== href ? `<${escape(to)}|${escape(shown)}>` : `<${escape(to)}>`
  },
  // There is no way to write a backtick inside of code.
  code: (text) => (/[`\n]/.test(text) || !text.trim() ? escape(text) : `\`${escape(text)}\``),
  pre: (text) => `\`\`\`\n${escape(text.replaceAll("```", "`\u200b``"))}\n\`\`\``,
}

const markdown: Dialect = {
  text: (text) => text,
  inline: { bold: "**", heading: "**", italic: "_", strike: "~~" },
  link(href, label) {
    const to = linkAddress(href)
    if (!to) return label === href ? label : `${label} (${href})`
    return label === href
      ? href
      : `[${label.replace(/[[\]]/g, "")}](${to.replace(/[()]/g, encode)})`
  },
  code: (text) => (text.includes("`") ? text : `\`${text}\``),
  pre: (text, language = "") => `\`\`\`${language}\n${text.replaceAll("```", "`\u200b``")}\n\`\`\``,
}
const encode = (one: string) => (one === "(" ? "%28" : "%29")

const write = ({ text, spans }: Styled, dialect: Dialect): string => {
  const range = (from: number, to: number, inside: readonly Span[], on: string): string => {
    let out = ""
    let at = from
    for (let i = 0; i < inside.length;) {
      const span = inside[i]!
      let next = i + 1
      while (next < inside.length && inside[next]!.start < span.end) next++
      out += dialect.text(text.slice(at, span.start))
      const children = inside.slice(i + 1, next)
      const mark = dialect.inline[span.style]
      if (mark !== undefined && !on.includes(mark))
        out += lines(range(span.start, span.end, children, on + mark), mark)
      else if (mark !== undefined) out += range(span.start, span.end, children, on)
      else out += block(span, children, on)
      at = span.end
      i = next
    }
    out += dialect.text(text.slice(at, to))
    return out
  }
  const block = (span: Span, children: readonly Span[], on: string) => {
    const said = text.slice(span.start, span.end)
    if (span.style === "code") return dialect.code(said)
    if (span.style === "pre") return dialect.pre(said, span.language)
    if (span.style === "link") return dialect.link(span.href, said)
    const inner = range(span.start, span.end, children, on)
    return span.style === "quote" ? inner.replace(/^/gm, "> ") : inner
  }
  return range(0, text.length, spans, "")
}

/** Marks hold within a line and touch what they mark. */
const lines = (text: string, mark: string) =>
  text.replace(/^([^\S\n]*)(.*?)([^\S\n]*)$/gm, (line, before, inner, after) =>
    inner ? `${before}${mark}${inner}${mark}${after}` : line,
  )
