/** How large the parts of an answer are that is sent while it is written, and where they end. */
export interface BlockSizes {
  minChars: number
  maxChars: number
  breakPreference: "paragraph" | "newline" | "sentence"
}

const breaks = {
  paragraph: /\n\s*\n/g,
  newline: /\n/g,
  sentence: /[.!?…。！？]["')\]]*\s/g,
  word: /\s/g,
} as const

const from = {
  paragraph: ["paragraph", "newline", "sentence", "word"],
  newline: ["newline", "sentence", "word"],
  sentence: ["sentence", "word"],
} as const

/**
 * How much of the text can be sent as a part by now; 0 when it is to grow first. A part never ends
 * within a block of code.
 */
export const blockEnd = (text: string, { minChars, maxChars, breakPreference }: BlockSizes) => {
  if (text.length < minChars) return 0
  const window = text.slice(0, maxChars)
  const isFull = text.length >= maxChars
  for (const kind of from[breakPreference]) {
    // A softer break than is liked counts only when no more can be waited for.
    if (kind !== breakPreference && !isFull) return 0
    const ends = [...window.matchAll(breaks[kind])]
      .map(({ index, 0: match }) => index + match.length)
      .filter((end) => end >= Math.min(minChars, maxChars) / 2 && !isInCode(text, end))
    const last = ends.at(-1)
    if (last !== undefined && (last >= minChars || isFull)) return last
  }
  return 0
}

/** Whether a fence is open at a place. */
export const isInCode = (text: string, at: number) =>
  (text.slice(0, at).match(/^ {0,3}(?:```|~~~)/gm) ?? []).length % 2 === 1
