/** One word of a shell line. */
export interface Word {
  /** What it is once quotes are taken away. */
  text: string
  /** False when the shell may put something else in its place: a variable, file names, braces, a home. */
  literal: boolean
  /** So many of its first characters stand without quotes. */
  bare: number
}

/** The commands of a line, or what keeps it from being understood. */
export type ShellLine = { commands: Word[][] } | { unclear: string }

/** Longest line that is looked at, and that a person is shown. */
export const mostCharacters = 16_384

/**
 * Reads a line as every shell reads it: bash, dash, zsh and ksh. What they read differently, and
 * what runs more than the words say, is unclear. Whatever may run is among the commands; whether it
 * does (`&&`, `||`) is not looked at.
 */
export const readShellLine = (line: string): ShellLine => {
  try {
    return { commands: new Reader(line).commands() }
  } catch (error) {
    if (error instanceof Unclear) return { unclear: error.message }
    throw error
  }
}

class Unclear extends Error {}
const unclear = (what: string): never => {
  throw new Unclear(what)
}

// oxlint-disable-next-line no-control-regex
const control = /[\x00-\x08\x0b-\x1f\x7f]/
const endsWord = new Set(" \t\n;|&()<>")
/** Characters that stand for something else, in one shell or another. */
const expands = new Set("*?[]{}~^")

class Reader {
  private at = 0

  constructor(private readonly line: string) {
    if (line.length > mostCharacters) unclear("it is too long")
    if (control.test(line)) unclear("it holds control characters")
  }

  commands(): Word[][] {
    const commands: Word[][] = []
    let words: Word[] = []
    const end = () => {
      if (words.length) commands.push(words)
      words = []
    }
    while (this.at < this.line.length) {
      const char = this.line[this.at]!
      if (this.skipContinuation()) continue
      if (char === " " || char === "\t") this.at++
      else if (char === "#") this.skipComment()
      else if (char === "<" || char === ">") unclear("it redirects input or output")
      else if (char === "(" || char === ")") unclear("it uses parentheses")
      else if (endsWord.has(char)) {
        end()
        this.at++
      } else words.push(this.word())
    }
    end()
    return commands
  }

  /** A backslash before a line break joins the lines, outside of single quotes and comments. */
  private skipContinuation() {
    if (!this.line.startsWith("\\\n", this.at)) return false
    this.at += 2
    return true
  }

  private skipComment() {
    const end = this.line.indexOf("\n", this.at)
    this.at = end < 0 ? this.line.length : end
  }

  private word(): Word {
    const word: Word = { text: "", literal: true, bare: 0 }
    let quoted = false
    const add = (text: string) => {
      word.text += text
      if (!quoted) word.bare = word.text.length
    }
    while (this.at < this.line.length && !endsWord.has(this.line[this.at]!)) {
      if (this.skipContinuation()) continue
      const char = this.line[this.at]!
      if (char === "'") {
        quoted = true
        add(this.singleQuoted())
      } else if (char === '"') {
        quoted = true
        add(this.doubleQuoted(word))
      } else if (char === "\\") {
        quoted = true
        if (this.at + 1 >= this.line.length) unclear("it ends with a backslash")
        this.plainOnly(this.line[this.at + 1]!)
        add(this.line[this.at + 1]!)
        this.at += 2
      } else {
        this.plainOnly(char)
        if (char === "`") unclear("it runs a command inside a word")
        if (char === "$") word.literal = this.dollar(false)
        else if (expands.has(char) || (char === "=" && !word.text)) word.literal = false
        add(char)
        this.at++
      }
    }
    return word
  }

  private plainOnly(char: string) {
    if (char > "~") unclear("it holds letters beyond ASCII outside of quotes")
  }

  private singleQuoted() {
    const end = this.line.indexOf("'", this.at + 1)
    if (end < 0) unclear("a quote is not closed")
    const text = this.line.slice(this.at + 1, end)
    this.at = end + 1
    return text
  }

  private doubleQuoted(word: Word) {
    let text = ""
    this.at++
    for (;;) {
      if (this.at >= this.line.length) unclear("a quote is not closed")
      if (this.skipContinuation()) continue
      const char = this.line[this.at]!
      if (char === '"') break
      if (char === "`") unclear("it runs a command inside a word")
      if (char === "$") word.literal = this.dollar(true)
      const escaped = char === "\\" && '$`"\\'.includes(this.line[this.at + 1] ?? "-")
      text += escaped ? this.line[this.at + 1] : char
      this.at += escaped ? 2 : 1
    }
    this.at++
    return text
  }

  /** Looks at what follows a `$`; always false, for a word that holds one is not literal. */
  private dollar(quoted: boolean): false {
    const rest = this.line.slice(this.at + 1, this.at + 80)
    if (rest.startsWith("(")) unclear("it runs a command inside a word")
    if (!quoted && /^['"]/.test(rest)) unclear("it uses $'…', which shells read differently")
    if (/^[[+^=~:]|^\\\n/.test(rest)) unclear("it computes a word")
    const name = /^(?:\{[A-Za-z_]\w{0,63}\}|[A-Za-z_]\w{0,63}|[0-9@*#?$!_-])/.exec(rest)?.[0]
    if (!name && rest.startsWith("{")) unclear("it computes a word")
    if (name && /^(?:\[|\w|\\\n)/.test(rest.slice(name.length)) && !name.endsWith("}"))
      unclear("it computes a word")
    return false
  }
}
