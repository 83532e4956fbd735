/** Words in lines of `width`; a word that is longer stays whole. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = []
  for (const paragraph of text.split("\n")) {
    let line = ""
    for (const word of paragraph.split(" ")) {
      if (line && Bun.stringWidth(line) + 1 + Bun.stringWidth(word) > width) {
        lines.push(line)
        line = word
      } else line = line ? `${line} ${word}` : word
    }
    lines.push(line)
  }
  return lines
}

/** Advice in lines of `width`. A command it ends with gets a line of its own, whole, to be copied. */
export const adviceLines = (text: string, width: number): string[] =>
  text.split("\n").flatMap((line) => {
    if (Bun.stringWidth(line) <= width) return [line]
    const [, words, command] = /^(.+:) +(fased .+)$/.exec(line) ?? []
    return words && command ? [...wrap(words, width), command] : wrap(line, width)
  })
