const tokens =
  /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/|[^\s{}[\],:"'/]+/g
const json = /^(?:"(?:[^"\\\n\r]|\\["\\/bfnrt])*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/
const singleQuoted = /^'(?:[^'\\\n\r]|\\['"\\/bfnrt])*'$/
const word = /^[A-Za-z_]\w*$/
const literal = /^(?:true|false|null)$/

/**
 * JSON5 in which every name and value that a JSONC parser may not know (`$include`, `.5`, `+1`, a
 * string over two lines) is stood in for by quoted text; `restore` puts what was there back.
 * `others` is text that must not be mistaken for a stand-in either.
 */
export const withStandIns = (text: string, others: string) => {
  let mark = "~"
  while (text.includes(mark) || others.includes(mark)) mark += "~"
  const originals: string[] = []
  const names = new Map<string, string>()
  const plain = text.replace(tokens, (token, at: number) => {
    const isName = isNameAt(text, at + token.length)
    if (isKnown(token, isName)) return token
    const standIn = mark + originals.length
    originals.push(token)
    if (isName) names.set(Object.keys(Bun.JSON5.parse(`{${token}:0}`) as object)[0]!, standIn)
    return `"${standIn}"`
  })
  return {
    text: plain,
    /** How a name is written in `text`. */
    standInFor: (name: string) => names.get(name),
    restore: (changed: string) =>
      changed.replace(new RegExp(`"${mark}(\\d+)"`, "g"), (_, index) => originals[Number(index)]!),
  }
}

/** How many names a JSON5 text has, counted without parsing it. */
export const countNames = (text: string) => {
  let count = 0
  for (const { 0: token, index } of text.matchAll(tokens))
    if (!token.startsWith("/") && isNameAt(text, index + token.length)) count++
  return count
}

const isNameAt = (text: string, end: number) => /^\s*:/.test(text.slice(end, end + 200))

const isKnown = (token: string, isName: boolean) =>
  token.startsWith("/") ||
  json.test(token) ||
  singleQuoted.test(token) ||
  (isName ? word.test(token) && !literal.test(token) : literal.test(token))
