/** What an agent answers when nothing is to be said (contract 16 §7). Nobody is shown it. */
const silence = "NO_REPLY"

/** True for a text that is the word for silence, or may become it as it grows. */
export const maybeSilence = (text: string) => silence.startsWith(text.trim())

/** The text without the word, where it stands alone or at the end. */
export const withoutSilence = (text: string) => {
  const trimmed = text.trimEnd()
  if (!trimmed.endsWith(silence)) return text
  const before = trimmed.slice(0, -silence.length)
  return before === "" || /\s$/.test(before) ? before.trimEnd() : text
}
