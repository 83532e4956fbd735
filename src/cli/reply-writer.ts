import type { Output } from "./output.ts"

const fence = /^\s*(?:```|~~~)/
const bullet = /^(?:[-*+]|\d+\.)$/
const mark = /(\*\*|`)/

/**
 * Writes a reply while it streams in. On a terminal, words wrap at its edge, what Markdown marks is
 * painted, and code stands apart on lines of its own; a pipe gets the text as it came.
 */
export const replyWriter = ({ tty, width, paint, write }: Output) => {
  if (!tty) return asItComes(write)
  const colours = paint.heading("x") !== "x"
  /** What of the line is not written yet. */
  let rest = ""
  let fenced = false
  /** Where the line stands, where its next line begins, and the blanks before its next word. */
  let [column, hang, gap] = [0, 0, 0]
  let begun = false
  let [bold, code] = [false, false]

  const painted = (part: string) => {
    if (colours && part === "`") code = !code
    else if (colours && part === "**" && !code) bold = !bold
    else return code ? paint.accent(part) : bold ? paint.heading(part) : part
    return ""
  }

  const putWord = () => {
    const word = rest.trimEnd()
    if (word) {
      const size = Bun.stringWidth(colours ? word.replaceAll(/\*\*|`/g, "") : word)
      const wraps = begun && column + gap + size > width
      if (!begun) hang = gap + (bullet.test(word) ? size + 1 : 0)
      write(wraps ? `\n${" ".repeat(hang)}` : " ".repeat(gap))
      write(word.split(mark).map(painted).join(""))
      column = (wraps ? hang : column + gap) + size
      begun = true
      gap = 0
    }
    gap += rest.length - word.length
    rest = ""
  }

  const endLine = () => {
    if (!begun && fence.test(rest)) fenced = !fenced
    else if (fenced) write(`  ${paint.accent(rest)}\n`)
    else {
      putWord()
      write("\n")
    }
    rest = ""
    ;[column, hang, gap, begun, bold, code] = [0, 0, 0, false, false, false]
  }

  return {
    add(piece: string) {
      for (const char of piece) {
        if (char === "\n") endLine()
        else {
          rest += char
          // Code, and what may begin it, is written line by line.
          if (char === " " && !fenced && (begun || !fence.test(rest))) putWord()
        }
      }
    },
    /** Writes what waited for more, and ends the line. */
    end() {
      if (fenced ? rest : begun || rest) endLine()
    },
  }
}

const asItComes = (write: (text: string) => void) => {
  let last = "\n"
  return {
    add(piece: string) {
      write(piece)
      last = piece.at(-1) ?? last
    },
    end() {
      if (last !== "\n") write("\n")
      last = "\n"
    },
  }
}
