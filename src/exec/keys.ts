import { unknownKey } from "./faults.ts"

const named: Readonly<Record<string, string>> = {
  enter: "\r",
  return: "\r",
  tab: "\t",
  "s-tab": "\x1b[Z",
  esc: "\x1b",
  escape: "\x1b",
  space: " ",
  backspace: "\x7f",
  delete: "\x1b[3~",
  insert: "\x1b[2~",
  up: "\x1b[A",
  down: "\x1b[B",
  right: "\x1b[C",
  left: "\x1b[D",
  home: "\x1b[H",
  end: "\x1b[F",
  pageup: "\x1b[5~",
  pagedown: "\x1b[6~",
  f1: "\x1bOP",
  f2: "\x1bOQ",
  f3: "\x1bOR",
  f4: "\x1bOS",
  f5: "\x1b[15~",
  f6: "\x1b[17~",
  f7: "\x1b[18~",
  f8: "\x1b[19~",
  f9: "\x1b[20~",
  f10: "\x1b[21~",
  f11: "\x1b[23~",
  f12: "\x1b[24~",
}

/** What a terminal sends for a key: `enter`, `C-c`, `M-x`, `^d`, or one character as it is. */
export const keyBytes = (key: string): string => {
  const known = named[key.toLowerCase()]
  if (known !== undefined) return known
  const control = /^(?:c-|ctrl-|ctrl\+|\^)([a-z@[\\\]^_])$/i.exec(key)
  if (control) return String.fromCharCode(control[1]!.toUpperCase().charCodeAt(0) & 0x1f)
  const meta = /^(?:m-|alt-|alt\+)(.)$/iu.exec(key)
  if (meta) return `\x1b${meta[1]}`
  if ([...key].length === 1) return key
  throw unknownKey({ key })
}

/** Text as a terminal hands over what is pasted, so that no line of it runs before the last is there. */
export const pasted = (text: string) => `\x1b[200~${text.replaceAll("\x1b", "")}\x1b[201~`
