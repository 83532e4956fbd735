/** Words in a chat about the conversation itself. Other folders declare theirs; `registry/commands.ts` lists all. */
import { command } from "../kernel/command.ts"
import { Build } from "../kernel/build.ts"
import { agents, findAgent, modelsOf } from "../agents/config.ts"
import { messages } from "../agents/messages.ts"
import { unclearModel, unknownModel } from "../models/faults.ts"
import { guideEntry, guideProvider } from "../models/guide.ts"
import { Models } from "../models/service.ts"
import { session } from "../sessions/config.ts"
import { Directory } from "../sessions/directory.ts"
import type { Session } from "../sessions/session.ts"
import { tokens } from "../usage/amounts.ts"
import { type BudgetStanding, Ledger, Usages, Zone } from "../usage/service.ts"
import { describeBudget, describeSum } from "../usage/told.ts"
import { statusLines } from "./status-lines.ts"
import { Turns } from "./turns.ts"

export const status = command({
  name: "status",
  description: "Show this session's model, settings, tokens and cost.",
  authority: "anyone",
  needs: {
    directory: Directory,
    models: Models,
    usages: Usages,
    ledger: Ledger,
    zone: Zone,
    turns: Turns,
    agents,
    messages,
    build: Build,
  },
  async run(_, context) {
    const { directory, models, usages, ledger, zone, build, sessionKey, owner } = context
    const session = await directory.find(sessionKey)
    if (!session) return { say: "Nothing has been said here yet." }
    const { model, provider, sessionId, compactions } = session
    const { agentId, overrides } = session
    const [next] = models.choose({ agentId, session: overrides.model }).refs
    const last = model && `${provider}/${model}`
    return {
      say: [
        `**fased ${build.version}**`,
        `- Session: \`${sessionKey}\``,
        `- Model: \`${next}\`${last && last !== next ? ` (last answered: \`${last}\`)` : ""}`,
        `- Messages: ${await directory.size(sessionId)}`,
        `- Used: ${describeSum(await usages.ofTranscript(sessionId))}`,
        ...contextOf(session, models, next),
        ...statusLines(session, context),
        ...(compactions ? [`- 🧹 Compactions: ${compactions}`] : []),
        // What all together may spend is the owner's to know.
        ...(owner ? nearlySpent(await ledger.standing(), session, zone()) : []),
      ].join("\n"),
    }
  },
})

const contextOf = ({ contextTokens }: Session, models: Models, ref: string | undefined) => {
  const known = models
    .list({ all: true })
    .find(({ provider, id }) => `${provider}/${id}` === ref)?.contextWindow
  if (!contextTokens || !known) return []
  const share = Math.round((contextTokens / known) * 100)
  return [`- Context: ${tokens(contextTokens)} of ${tokens(known)} tokens, ${share}%`]
}

const nearlySpent = (
  budgets: readonly BudgetStanding[],
  { key, agentId }: Session,
  zone: string,
) => {
  const own = new Set(["all", `agent:${agentId}`, `session:${key}`])
  return budgets
    .filter(({ of, state }) => state !== "ok" && own.has(of))
    .map((budget) => `- Budget: ${describeBudget(budget, zone)}`)
}

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
