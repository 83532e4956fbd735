/** What an agent answers when nothing is to be said (contract 16 §7). Nobody is shown it. */
const silence = "NO_REPLY"

/** What an agent answers when it was woken and nothing needs attention (contract 19 §5). */
const allWell = "HEARTBEAT_OK"

/**
 * True for a text that is a word for silence, or may become one as it grows. Whether an answer that
 * may be an acknowledgement says anything is only known at its end.
 */
export const maybeSilence = (text: string, ack?: number) =>
  ack !== undefined || [silence, allWell].some((word) => word.startsWith(text.trim()))

/**
 * The text without such words, where they stand alone or at an end. Beside `HEARTBEAT_OK` as many
 * characters as `ack` says are no words either.
 */
export const withoutSilence = (text: string, ack?: number) => {
  const said = withoutWord(text)
  if (!said.includes(allWell)) return said
  const rest = withoutAck(said)
  if (rest === said) return said
  return ack !== undefined && rest.trim().length <= ack ? "" : rest
}

const withoutWord = (text: string) => {
  const trimmed = text.trimEnd()
  if (!trimmed.endsWith(silence)) return text
  const before = trimmed.slice(0, -silence.length)
  return before === "" || /\s$/.test(before) ? before.trimEnd() : text
}

/** Markdown around it, and a full stop, belong to it. */
const withoutAck = (text: string) => {
  const begun = /^[\s*_`]*HEARTBEAT_OK(?!\w)[*_`.!]*\s*/.exec(text)
  const rest = begun ? text.slice(begun[0].length) : text
  const at = rest.lastIndexOf(allWell)
  const after = rest.slice(at + allWell.length)
  const before = rest.slice(0, Math.max(0, at))
  const ends = at >= 0 && /^[\s*_`.!]*$/.test(after) && !/\w$/.test(before)
  return ends ? before.slice(0, lengthWithout(before, " \n\t\r*_`")) : rest
}

/** How long a text is without such characters at its end. */
const lengthWithout = (text: string, characters: string) => {
  let end = text.length
  while (end && characters.includes(text[end - 1]!)) end--
  return end
}
