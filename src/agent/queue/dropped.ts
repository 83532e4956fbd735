import type { Message } from "../../sessions/message.ts"

const mostChars = 160

const line = (text: string) => {
  const flat = text.replace(/\s+/g, " ").trim()
  return flat.length > mostChars ? `${flat.slice(0, mostChars - 1).toWellFormed()}…` : flat
}

/** What is left of messages that more could not wait for: a line each. */
export const droppedSummary = (texts: readonly string[], timestamp: number): Message => ({
  role: "user",
  content: [
    `[Queue overflow] ${texts.length} ${texts.length === 1 ? "message" : "messages"} dropped, as too many waited. Summary:`,
    ...texts.map((text) => `- ${line(text)}`),
  ].join("\n"),
  timestamp,
})
