/** Words in a chat about the conversation itself. Other folders declare theirs; `registry/commands.ts` lists all. */
import { command } from "../kernel/command.ts"
import { agents, findAgent, modelsOf } from "../agents/config.ts"
import { unclearModel, unknownModel } from "../models/faults.ts"
import { guideEntry, guideProvider } from "../models/guide.ts"
import { Models } from "../models/service.ts"
import { session } from "../sessions/config.ts"
import { Directory } from "../sessions/directory.ts"

export const status = command({
  name: "status",
  description: "Show this session's model and tokens.",
  authority: "anyone",
  needs: { directory: Directory, models: Models },
  async run(_, { directory, models, sessionKey }) {
    const session = await directory.find(sessionKey)
    if (!session) return { say: "Nothing has been said here yet." }
    const { model, provider, inputTokens, outputTokens, sessionId, compactions } = session
    const { agentId, overrides } = session
    const [next] = models.choose({ agentId, session: overrides.model }).refs
    const last = model && `${provider}/${model}`
    return {
      say: [
        `- Session: \`${sessionKey}\``,
        `- Model: \`${next}\`${last && last !== next ? ` (last answered: \`${last}\`)` : ""}`,
        `- Messages: ${await directory.size(sessionId)}`,
        `- Tokens: ${inputTokens} in, ${outputTokens} out`,
        ...(compactions ? [`- 🧹 Compactions: ${compactions}`] : []),
      ].join("\n"),
    }
  },
})

export const reset = command({
  name: "new",
  aliases: ["reset"],
  description: "Start a new conversation; the old one is archived.",
  usage: "[model] [first message]",
  authority: "owner",
  needs: { directory: Directory, models: Models, session, agents },
  triggers: ({ session }) => session.resetTriggers,
  async run(args, { directory, models, agents, sessionKey, agentId }) {
    const { model, prompt } = splitModel(args, models)
    const fresh = await directory.reset(sessionKey)
    if (model) await directory.patch(sessionKey, { overrides: { model } })
    if (prompt) return { ask: prompt }
    const answering =
      model ?? fresh?.overrides.model ?? modelsOf(findAgent(agents, agentId), agents)[0]
    // The built-in guide answers questions about this gateway; it has no greeting of its own.
    return (answering ?? models.defaultRef()) === `${guideProvider}/${guideEntry.id}`
      ? { say: begun }
      : { ask: greet }
  },
})

const begun = "A new conversation begins here. The old one is archived."
const greet =
  "A new conversation begins. Greet me in one or two short sentences and ask what I would like to do."

/**
 * `/new sonnet what is new?`: a first word that names a model is not part of the message. A few
 * letters of one do only when they are all there is.
 */
const splitModel = (args: string, models: Models) => {
  const [, word, rest = ""] = /^(\S+)\s*([^]*)$/.exec(args) ?? []
  if (!word) return { prompt: "" }
  for (const read of rest ? [models.check] : [models.check, models.match])
    try {
      return { model: read(word), prompt: rest }
    } catch (error) {
      if (!unknownModel.is(error) && !unclearModel.is(error)) throw error
    }
  return { prompt: args }
}

export const stop = command({
  name: "stop",
  description: "Stop the turn under way.",
  authority: "anyone",
  // A turn under way is stopped before this is reached, not in line behind it.
  run: () => ({ say: "Nothing is under way here." }),
})
