// Text from models, channels and other machines can carry bytes that move the cursor, retitle the
// window or hide a link. Nothing of that kind reaches the terminal (threat N099).

// C0 and C1 controls, DEL, and the bidirectional overrides that reorder what is shown.
// oxlint-disable-next-line no-control-regex
const unsafe = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

const escaped = (char: string) => {
  const code = char.charCodeAt(0)
  return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`
}

/** Text of several lines: line breaks and tabs stay, everything else that acts is made visible. */
export const printableText = (text: string) =>
  text.replaceAll("\r\n", "\n").replace(unsafe, escaped)

/** One line of at most `limit` characters. */
export const printable = (text: string, limit = 500) => {
  const line = text
    .slice(0, limit + 1)
    .replace(/\s*[\n\t]\s*/g, " ")
    .replace(unsafe, escaped)
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line
}

/** JSON whose strings cannot act on a terminal either: `JSON.stringify` leaves C1 controls as they are. */
export const printableJson = (value: unknown, indent?: number) =>
  (JSON.stringify(value, null, indent) ?? "null").replace(
    // oxlint-disable-next-line no-control-regex
    /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )
