/** Telegram's own reading of `parse_mode: HTML`, as strict: the plain text, or why it cannot be parsed. */
const tags = new Set(
  "b strong i em u ins s strike del tg-spoiler a code pre blockquote span tg-emoji".split(" "),
)
const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"' }

export const parseTelegramHtml = (html: string): { text: string } | { problem: string } => {
  const open: string[] = []
  let text = ""
  const token = /<(\/?)([a-z][\w-]*)((?:\s+[\w-]+="[^"<>]*")*)\s*>|&(#\d+|\w+);|[^]/giy
  for (let match = token.exec(html); match; match = token.exec(html)) {
    const [whole, closing, name = "", attributes = "", entity] = match
    const at = Buffer.byteLength(html.slice(0, match.index))
    if (entity !== undefined) {
      const known = entity.startsWith("#")
        ? String.fromCodePoint(Number(entity.slice(1)))
        : entities[entity]
      text += known ?? whole
    } else if (name) {
      if (!tags.has(name))
        return { problem: `Unsupported start tag "${name}" at byte offset ${at}` }
      if (closing) {
        if (open.pop() !== name)
          return { problem: `Unmatched end tag at byte offset ${at}, found "</${name}>"` }
      } else if (name === "span" && !attributes.includes('class="tg-spoiler"')) {
        return { problem: `Tag "span" must have class "tg-spoiler" at byte offset ${at}` }
      } else if (name === "blockquote" && open.includes(name)) {
        return { problem: `Nested blockquote at byte offset ${at}` }
      } else open.push(name)
    } else if (whole === "<") {
      return { problem: `Unsupported start tag "" at byte offset ${at}` }
    } else text += whole
  }
  return open.length
    ? { problem: `Can't find end tag corresponding to start tag ${open.at(-1)}` }
    : { text }
}
