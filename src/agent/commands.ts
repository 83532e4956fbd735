/** Words in a chat about the conversation itself. Other folders declare theirs; `registry/commands.ts` lists all. */
import { command } from "../kernel/command.ts"
import { Models } from "../models/service.ts"
import { Directory } from "../sessions/directory.ts"

export const status = command({
  name: "status",
  description: "Show this session's model and tokens.",
  authority: "anyone",
  needs: { directory: Directory, models: Models },
  async run(_, { directory, models, sessionKey }) {
    const session = await directory.find(sessionKey)
    if (!session) return { say: "Nothing has been said here yet." }
    const { model, provider, inputTokens, outputTokens, sessionId } = session
    const used = model ? `${provider}/${model}` : models.defaultRef()
    return {
      say: [
        `- Session: \`${sessionKey}\``,
        `- Model: \`${used}\``,
        `- Messages: ${await directory.size(sessionId)}`,
        `- Tokens: ${inputTokens} in, ${outputTokens} out`,
      ].join("\n"),
    }
  },
})

export const reset = command({
  name: "new",
  aliases: ["reset"],
  description: "Start a new conversation; the old one is archived.",
  authority: "owner",
  needs: { directory: Directory },
  async run(_, { directory, sessionKey }) {
    await directory.reset(sessionKey)
    return { say: "A new conversation begins here. The old one is archived." }
  },
})

export const stop = command({
  name: "stop",
  description: "Stop the turn under way.",
  authority: "anyone",
  // A turn under way is stopped before this is reached, not in line behind it.
  run: () => ({ say: "Nothing is under way here." }),
})
