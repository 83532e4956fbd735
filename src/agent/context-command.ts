import { agents } from "../agents/config.ts"
import { command } from "../kernel/command.ts"
import { Models } from "../models/service.ts"
import { Directory } from "../sessions/directory.ts"
import { Toolbox } from "../tools/toolbox.ts"
import { roomOf, tokensOfBytes } from "./context.ts"
import { SystemPrompt } from "./provide.ts"

const forms = ["list", "detail", "json"] as const

export const contextCommand = command({
  name: "context",
  description: "Show what a model reads here besides the question, and how large it is.",
  usage: "[list | detail | json]",
  choices: forms,
  authority: "anyone",
  needs: { agents, directory: Directory, models: Models, toolbox: Toolbox, briefing: SystemPrompt },
  async run(args, { agents, directory, models, toolbox, briefing, sessionKey, agentId, owner }) {
    const form = args.trim().toLowerCase() || "list"
    if (!forms.some((known) => known === form))
      return { say: `/context takes ${forms.join(", ")} or nothing.` }
    const session = await directory.find(sessionKey)
    const [ref] = models.choose({ agentId, session: session?.overrides.model }).refs
    const model = await models.open(ref, { agentId })
    const tools = toolbox
      .offered({ agentId, sessionKey, owner, surface: "chat", model })
      .map((tool) => ({ name: tool.name, chars: JSON.stringify(tool).length }))
    const names = tools.map(({ name }) => name)
    const brief = await briefing({ agentId, sessionKey, tools: names, model })
    const { window, limit } = roomOf(model, agents.defaults)
    const facts: Facts = {
      model: `${model.provider}/${model.model}`,
      prompt: brief.text.length,
      sections: brief.sections.map(({ title, text }) => ({ name: title, chars: text.length })),
      files: brief.files.map(({ name, text, cutFrom }) => ({
        name,
        chars: text?.length ?? 0,
        ...(text === null && { missing: true }),
        ...(cutFrom !== undefined && { of: cutFrom }),
      })),
      tools,
      conversation: { tokens: session?.contextTokens ?? 0, window, compactedAt: limit },
      compactions: session?.compactions ?? 0,
    }
    if (form === "json") return { say: `\`\`\`json\n${JSON.stringify(facts, null, 2)}\n\`\`\`` }
    return { say: told(facts, form === "detail") }
  },
})

interface Part {
  name: string
  chars: number
}

interface Facts {
  model: string
  prompt: number
  sections: Part[]
  files: (Part & { missing?: boolean; of?: number })[]
  tools: Part[]
  conversation: { tokens: number; window: number; compactedAt: number }
  compactions: number
}

const told = (facts: Facts, inDetail: boolean) => {
  const { sections, files, tools, conversation, compactions } = facts
  const schemas = tools.reduce((sum, { chars }) => sum + chars, 0)
  return [
    `**Context of \`${facts.model}\`**`,
    `- System prompt: ${size(facts.prompt)}`,
    ...(inDetail ? sections.map(({ name, chars }) => `  - ${name}: ${size(chars)}`) : []),
    ...files.map(fileLine),
    `- Tools: ${tools.length}, ${size(schemas)}`,
    ...(inDetail
      ? largestFirst(tools).map(({ name, chars }) => `  - ${name}: ${size(chars)}`)
      : []),
    `- Conversation: ${number(conversation.tokens)} of ${number(conversation.window)} tokens; compacted from ${number(conversation.compactedAt)} on`,
    `- 🧹 Compactions: ${compactions}`,
  ].join("\n")
}

const fileLine = ({ name, chars, missing, of }: Facts["files"][number]) => {
  if (missing) return `- ${name}: missing`
  return `- ${name}: ${size(chars)}${of === undefined ? "" : `, cut from ${number(of)}`}`
}

const largestFirst = (parts: readonly Part[]) => parts.toSorted((a, b) => b.chars - a.chars)
const number = (value: number) => value.toLocaleString("en")
const size = (chars: number) =>
  `${number(chars)} characters (about ${number(tokensOfBytes(chars))} tokens)`
