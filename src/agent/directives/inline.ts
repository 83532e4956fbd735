import type { Inline } from "../../kernel/command.ts"
import type { TurnOptions } from "../../kernel/channel.ts"

/** A directive as it stands in a message. */
export interface Found {
  /** The name it was written by, lower case. */
  name: string
  /** The words that follow it and belong to it. */
  args: string
}

/** What is left of a message once its directives are taken out. */
export interface Read {
  found: readonly Found[]
  options: TurnOptions
  text: string
}

/** A word is read up to its `:`, so that `/think:high` is two. */
const word = /[^\s:]\S*/gy
const directive = /(?<!\S)\/([a-z]{1,32})(?=[\s:]|$):?[ \t]*/gi

/** Code and quotes are somebody's text, whatever is written in them. */
const kept = /```[^]*?(?:```|$(?![^]))|`[^`\n]*`|^[ \t]*>.*$/gm

/**
 * Takes the directives out of a message. Only words of their own count, with a value that `read`
 * knows: paths, addresses, code and quoted lines stay as they are.
 */
export const readDirectives = (
  message: string,
  read: (name: string, following: readonly string[]) => Inline | undefined,
): Read => {
  const shielded = [...message.matchAll(kept)].map(({ index, 0: all }) => [
    index,
    index + all.length,
  ])
  const isShielded = (at: number) => shielded.some(([from, to]) => from! <= at && at < to!)
  const found: Found[] = []
  let options: TurnOptions = {}
  let text = ""
  let rest = 0
  directive.lastIndex = 0
  for (let match = directive.exec(message); match; match = directive.exec(message)) {
    if (match.index < rest || isShielded(match.index)) continue
    const name = match[1]!.toLowerCase()
    const words = wordsFrom(message, match.index + match[0].length)
    const inline = read(
      name,
      words.map(({ text }) => text),
    )
    if (!inline) continue
    const taken = words.slice(0, inline.words)
    found.push({ name, args: taken.map(({ text }) => text).join(" ") })
    options = { ...options, ...inline.options }
    text += message.slice(rest, match.index)
    rest = taken.at(-1)?.end ?? match.index + match[0].length
    // The gap it leaves is one gap.
    if (/\s$|^$/.test(text)) while (/[ \t]/.test(message[rest] ?? "")) rest++
    directive.lastIndex = rest
  }
  return { found, options, text: found.length ? (text + message.slice(rest)).trim() : message }
}

/** As many as any directive takes up. */
const mostWords = 8

/** The words of the same line. */
const wordsFrom = (message: string, start: number) => {
  const words: { text: string; end: number }[] = []
  let at = start
  while (words.length < mostWords) {
    word.lastIndex = at
    const match = word.exec(message)
    if (!match) break
    at = word.lastIndex
    words.push({ text: match[0], end: at })
    while (message[at] === " " || message[at] === "\t") at++
  }
  return words
}
