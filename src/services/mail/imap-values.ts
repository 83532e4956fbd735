/** The notation of IMAP's answers (RFC 9051 §4): atoms, strings, lists, nothing. */

/** A text or the bytes of a literal, a list of them, or NIL. */
export type Value = string | Buffer | null | Value[]

/** Reads what a line says; `literals` are what its `{n}` stood for, in order. */
export const readValues = (line: string, literals: readonly Buffer[]): Value[] => {
  let at = 0
  let used = 0

  const list = (end?: string): Value[] => {
    const values: Value[] = []
    while (at < line.length) {
      const sign = line[at]!
      if (sign === end) {
        at++
        return values
      }
      if (sign === " ") at++
      else values.push(value(sign))
    }
    return values
  }

  const value = (sign: string): Value => {
    if (sign === "(") {
      at++
      return list(")")
    }
    if (sign === '"') return quoted()
    if (sign === "{") {
      at = line.indexOf("}", at) + 1 || line.length
      return literals[used++] ?? null
    }
    return atom()
  }

  const quoted = () => {
    let text = ""
    for (at++; at < line.length && line[at] !== '"'; at++) {
      if (line[at] === "\\") at++
      text += line[at] ?? ""
    }
    at++
    return text
  }

  /** `BODY[HEADER.FIELDS (FROM TO)]` is one atom: what its brackets hold belongs to it. */
  const atom = () => {
    const start = at
    let depth = 0
    for (; at < line.length; at++) {
      const sign = line[at]!
      if (sign === "[") depth++
      else if (sign === "]") depth--
      else if (depth <= 0 && /[ ()]/.test(sign)) break
    }
    // A sign that belongs nowhere must not hold it up.
    if (at === start) at++
    const text = line.slice(start, at)
    return text.toUpperCase() === "NIL" ? null : text
  }

  return list()
}

export const textOf = (value: Value | undefined): string =>
  Buffer.isBuffer(value) ? value.toString("utf8") : typeof value === "string" ? value : ""

/** Names of mailboxes are in a UTF-7 of their own (RFC 3501 §5.1.3). */
export const encodeMailbox = (name: string) =>
  name.replace(/&|[^\x20-\x7e]+/g, (run) =>
    run === "&"
      ? "&-"
      : `&${Buffer.from(run, "utf16le").swap16().toString("base64").replace(/=+$/, "").replaceAll("/", ",")}-`,
  )

export const decodeMailbox = (name: string) =>
  name.replace(/&([^-]*)-/g, (_, run: string) => {
    if (!run) return "&"
    const bytes = Buffer.from(run.replaceAll(",", "/"), "base64")
    return bytes
      .subarray(0, bytes.length & ~1)
      .swap16()
      .toString("utf16le")
  })
