import type { Span, Styled } from "../../kernel/styled.ts"

/**
 * Addresses, in which Discord reads no signs and a backslash would be part of them, and people, channels
 * and emoji by number are left as they stand. The rest are signs that mean something anywhere, or at the beginning of a line.
 */
const special =
  /(https?:\/\/[^\s<]+<?|<@!?\d{5,25}>|<#\d{5,25}>|<a?:\w{2,32}:\d{5,25}>)|[\\*_~`|<[]|(?<=^[ \t]*-?)[#>]/gm

const escape = (text: string) =>
  text.replace(special, (sign, kept: string | undefined) => kept ?? `\\${sign}`)

/**
 * Discord's Markdown. Signs of the text itself are escaped, so that what looks like markup is only
 * what was meant as such. Whom a message may alert is said beside it (outbound.ts).
 */
export const toDiscord = ({ text, spans }: Styled): string => render(text, spans, 0, text.length)

const render = (text: string, spans: readonly Span[], start: number, end: number): string => {
  let out = ""
  let at = start
  for (const [index, span] of spans.entries()) {
    if (span.start < at || span.end > end || span.end <= span.start) continue
    out += escape(text.slice(at, span.start))
    const inner = spans.slice(index + 1).filter((one) => one.start < span.end)
    out += wrap(span, text, inner)
    at = span.end
  }
  return out + escape(text.slice(at, end))
}

const wrap = (span: Span, text: string, inner: readonly Span[]): string => {
  const raw = text.slice(span.start, span.end)
  const content = () => render(text, inner, span.start, span.end)
  switch (span.style) {
    case "bold":
    case "heading":
      return around("**", content())
    case "italic":
      return around("*", content())
    case "strike":
      return around("~~", content())
    case "spoiler":
      return around("||", content())
    case "quote":
      return `> ${content().replaceAll("\n", "\n> ")}`
    case "code":
      return code(raw)
    case "pre":
      return block(raw, span.language)
    case "link":
      return link(raw, content(), span.href)
  }
}

/** A sign beside a space means nothing to Discord, so the spaces stay outside. */
const around = (sign: string, content: string) => {
  const inner = content.trim()
  if (!inner) return content
  const start = content.indexOf(inner)
  return `${content.slice(0, start)}${sign}${inner}${sign}${content.slice(start + inner.length)}`
}

const code = (raw: string) => {
  if (!raw.includes("`")) return `\`${raw}\``
  const pad = (edge: string | undefined) => (edge === "`" ? " " : "")
  return `\`\`${pad(raw[0])}${raw.replace(/`{2,}/g, spread)}${pad(raw.at(-1))}\`\``
}

const block = (raw: string, language = "") => {
  const known = /^[\w+#.-]{1,40}$/.test(language) ? language : ""
  return `\`\`\`${known}\n${raw.replace(/`{3,}/g, spread)}\n\`\`\``
}

/** Backticks that would end the block, with something between that nobody sees. */
const spread = (ticks: string) => [...ticks].join("\u200B")

const link = (raw: string, content: string, href: string) => {
  if (!/^https?:\/\//i.test(href)) return content
  const address = href.replace(/[\s<>()]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
  return raw === href ? address : `[${content}](${address})`
}
