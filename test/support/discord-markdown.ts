/** What a reader sees of a message: Discord's Markdown read by its rules, without its signs. */
export const readDiscordMarkdown = (source: string): string => {
  let text = ""
  let at = 0
  const rules: readonly [RegExp, (match: RegExpExecArray) => string][] = [
    [/\\([^0-9A-Za-z\s])/y, ([, sign = ""]) => sign],
    [/```(?:[\w+#.-]*\n)?([^]*?)\n?```/y, ([, code = ""]) => code],
    [/(`+)([^]*?[^`])\1(?!`)/y, ([, , code = ""]) => code],
    [/(?:<@!?\d+>|<#\d+>|<a?:\w+:\d+>)/y, ([whole]) => whole],
    [/https?:\/\/[^\s<]+[^\s<.,:;"')\]]/y, ([whole]) => whole],
    [/\[((?:\\.|[^[\]\\])+)\]\(<?https?:\/\/[^\s<>)]+>?\)/y, inner],
    [/\*\*((?:\\[^]|[^\\])+?)\*\*(?!\*)/y, inner],
    [/__((?:\\[^]|[^\\])+?)__(?!_)/y, inner],
    [/~~((?:\\[^]|[^\\])+?)~~/y, inner],
    [/\|\|((?:\\[^]|[^\\])+?)\|\|/y, inner],
    [/\*(?=\S)((?:\*\*|\\[^]|[^*\\])+?)(?<!\s)\*(?!\*)/y, inner],
    [/\b_((?:\\[^]|[^_\\])+?)_\b/y, inner],
  ]
  const lineStart = /(?:-#|#{1,3}|>) +/y
  next: while (at < source.length) {
    if (at === 0 || source[at - 1] === "\n") {
      lineStart.lastIndex = at
      at += lineStart.exec(source)?.[0].length ?? 0
    }
    for (const [rule, read] of rules) {
      rule.lastIndex = at
      const match = rule.exec(source)
      if (!match) continue
      text += read(match)
      at += match[0].length
      continue next
    }
    text += source[at] ?? ""
    at += 1
  }
  return text
}

const inner = ([, content = ""]: RegExpExecArray) => readDiscordMarkdown(content)
