import type { Message } from "../sessions/message.ts"

/** What happened beside the conversation since its last turn, as its model reads it. */
export const systemNotes = (lines: readonly string[], timestamp: number): Message[] =>
  lines.length
    ? [
        {
          role: "user",
          content: lines.map((line) => `System: ${line}`).join("\n"),
          provenance: { kind: "system" },
          timestamp,
        },
      ]
    : []
