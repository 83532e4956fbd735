/** What somebody did at the keyboard. */
export type Key =
  | { kind: "text"; text: string }
  /** Pasted: line breaks in it send nothing. */
  | { kind: "paste"; text: string }
  | { kind: "key"; name: KeyName }

export type KeyName =
  | "enter"
  | "newline"
  | "tab"
  | "escape"
  | "backspace"
  | "delete"
  | "up"
  | "down"
  | "left"
  | "right"
  | "home"
  | "end"
  | "pageup"
  | "pagedown"
  | "interrupt"
  | "eof"
  | "clear-line"
  | "delete-word"
  | "redraw"
  | "approvals"

const controls: Readonly<Record<string, KeyName>> = {
  "\r": "enter",
  "\n": "newline",
  "\t": "tab",
  "\x7f": "backspace",
  "\b": "backspace",
  "\x01": "home",
  "\x05": "end",
  "\x03": "interrupt",
  "\x04": "eof",
  "\x0c": "redraw",
  "\x0f": "approvals",
  "\x15": "clear-line",
  "\x17": "delete-word",
}
const sequences: Readonly<Record<string, KeyName>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end",
  "1~": "home",
  "3~": "delete",
  "4~": "end",
  "5~": "pageup",
  "6~": "pagedown",
  "7~": "home",
  "8~": "end",
}

const pasteBegins = "\x1b[200~"
const pasteEnds = "\x1b[201~"
/** So much may be pasted at once. */
const mostPasted = 1_000_000

/**
 * Reads what a terminal sends. What is cut between two reads waits for the rest; `flush` says that
 * none is coming, so that a lone escape is the key.
 */
export const createKeyReader = (heard: (key: Key) => void) => {
  let rest = ""
  const decoder = new TextDecoder()
  const key = (name: KeyName | undefined) => name && heard({ kind: "key", name })

  /** Takes one key off the front; false when more is needed first. */
  const take = (isAll: boolean): boolean => {
    if (!rest) return false
    if (rest.startsWith(pasteBegins)) {
      const end = rest.indexOf(pasteEnds)
      if (end < 0 && rest.length < mostPasted) return false
      const text = rest.slice(pasteBegins.length, end < 0 ? undefined : end)
      rest = end < 0 ? "" : rest.slice(end + pasteEnds.length)
      heard({ kind: "paste", text: text.replace(/\r\n?/g, "\n") })
      return true
    }
    if (rest.startsWith("\x1b")) {
      // oxlint-disable-next-line no-control-regex -- that is what keys are made of
      const found = /^\x1b(?:[[O]([0-9;]*[A-Za-z~])|([\r\n]))/.exec(rest)
      if (found) {
        rest = rest.slice(found[0].length)
        key(found[2] ? "newline" : sequences[found[1]!.replace(/^1;\d+/, "")])
        return true
      }
      // oxlint-disable-next-line no-control-regex -- that is what keys are made of
      if (!isAll && /^\x1b(?:[[O][0-9;]*)?$/.test(rest)) return false
      rest = rest.slice(1)
      key("escape")
      return true
    }
    // oxlint-disable-next-line no-control-regex -- that is what keys are made of
    const text = /^[^\x00-\x1f\x7f]+/.exec(rest)?.[0]
    if (text) {
      rest = rest.slice(text.length)
      heard({ kind: "text", text })
      return true
    }
    key(controls[rest[0]!])
    rest = rest.slice(1)
    return true
  }

  const read = (isAll: boolean) => {
    while (take(isAll));
  }
  return {
    push(bytes: Uint8Array) {
      rest += decoder.decode(bytes, { stream: true })
      read(false)
    },
    flush: () => read(true),
    /** Something waits that may be a key by itself. */
    get waits() {
      return rest === "\x1b"
    },
  }
}
