/** Directives with one word behind them: how the model thinks, and how much of it is shown. */
import { agents } from "../../agents/config.ts"
import { Elevation } from "../../agents/elevated.ts"
import {
  elevatedLevels,
  reasoningLevels,
  type TurnOptions,
  verboseLevels,
} from "../../kernel/channel.ts"
import { command } from "../../kernel/command.ts"
import { Models } from "../../models/service.ts"
import { levelWords, readThinking, requireThinking } from "../../models/thinking.ts"
import { Directory } from "../../sessions/directory.ts"
import type { SessionOverrides } from "../../sessions/overrides.ts"
import { elevationNotYours, noSuchLevel } from "../faults.ts"

/** Words that take a session's own wish back. */
export const isBack = (word: string) => ["default", "inherit", "reset"].includes(word)

/** `hard` and `harder` go on where `/think` left off. */
const thinkingOf = (typed: string) =>
  typed ? (readThinking(typed) ?? readThinking(`think ${typed}`)) : undefined

export const think = command({
  name: "think",
  aliases: ["thinking", "t"],
  description: "How hard the model thinks.",
  group: "model",
  usage: "[off | minimal | low | medium | high | xhigh | default]",
  choices: ["off", "minimal", "low", "medium", "high", "xhigh", "default"],
  authority: "owner",
  needs: { directory: Directory, models: Models },
  inline([word = ""]) {
    const thinking = thinkingOf(word)
    return thinking && { options: { thinking }, words: 1 }
  },
  async run(args, { directory, models, sessionKey, agentId }) {
    const typed = args.toLowerCase()
    const { key, overrides } = await directory.open(directory.key(sessionKey).key, agentId)
    const [ref] = models.choose({ agentId, session: overrides.model }).refs
    const model = await models.open(ref, { agentId })
    const usual = model.thinking?.usual ?? "as the model likes"
    const valid = levelWords(model).join(", ")
    if (!typed) {
      const now = overrides.thinking ?? usual
      return { say: `Thinking: ${now}. ${model.provider}/${model.model} knows ${valid}.` }
    }
    if (isBack(typed)) {
      await directory.patch(key, { overrides: { thinking: null } })
      return { say: `Thinking is back to the default: ${usual}.` }
    }
    const thinking = requireThinking(model, thinkingOf(typed) ?? typed)
    await directory.patch(key, { overrides: { thinking } })
    return { say: `Thinking is ${thinking} here from now on.` }
  },
})

/** A directive that stores one of a few words under one name. */
const level = <K extends "verbose" | "reasoning">(
  name: K,
  about: {
    aliases: readonly string[]
    description: string
    levels: readonly (SessionOverrides[K] & string)[]
    usual: (config: { verbose: string }) => string
    said: string
  },
) => {
  const { aliases, description, levels, usual, said } = about
  const find = (typed: string) => levels.find((one) => one === typed.toLowerCase())
  return command({
    name,
    aliases,
    description,
    group: "model",
    usage: `[${[...levels, "default"].join(" | ")}]`,
    choices: [...levels, "default"],
    authority: "owner",
    needs: { directory: Directory, agents },
    inline([word = ""]) {
      const value = find(word)
      return value && { options: { [name]: value } satisfies TurnOptions, words: 1 }
    },
    async run(args, { directory, agents, sessionKey, agentId }) {
      const typed = args.toLowerCase()
      const { key, overrides } = await directory.open(directory.key(sessionKey).key, agentId)
      const fallback = usual({ verbose: agents.defaults.verboseDefault })
      if (!typed) {
        const choices = levels.join(", ")
        return { say: `${said}: ${overrides[name] ?? fallback}. It can be ${choices}.` }
      }
      const value = find(typed)
      if (!value && !isBack(typed)) throw noSuchLevel({ name, typed, valid: levels })
      await directory.patch(key, { overrides: { [name]: value ?? null } })
      return { say: `${said}: ${value ?? `back to the default, ${fallback}`}.` }
    },
  })
}

export const verbose = level("verbose", {
  aliases: ["v"],
  description: "Whether chats show what tools do.",
  levels: verboseLevels,
  usual: ({ verbose }) => verbose,
  said: "What tools do is shown",
})

export const reasoning = level("reasoning", {
  aliases: ["reason"],
  description: "Whether the model's reasoning is shown.",
  levels: reasoningLevels,
  usual: () => "off",
  said: "Reasoning is shown",
})

export const elevated = command({
  name: "elevated",
  aliases: ["elev"],
  description: "Whether commands may leave the sandbox.",
  group: "work",
  usage: `[${[...elevatedLevels, "default"].join(" | ")}]`,
  choices: [...elevatedLevels, "default"],
  authority: "owner",
  needs: { directory: Directory, elevation: Elevation },
  inline([word = ""]) {
    const elevated = elevatedLevels.find((one) => one === word.toLowerCase())
    return elevated && { options: { elevated }, words: 1 }
  },
  async run(args, { directory, elevation, sessionKey, agentId, standing }) {
    const typed = args.toLowerCase()
    const { key, overrides } = await directory.open(directory.key(sessionKey).key, agentId)
    if (!typed) {
      const now = overrides.elevated ?? "off"
      return { say: `Elevated: ${now}. It can be ${elevatedLevels.join(", ")}.` }
    }
    const value = elevatedLevels.find((one) => one === typed)
    if (!value && !isBack(typed))
      throw noSuchLevel({ name: "elevated", typed, valid: elevatedLevels })
    if (value && value !== "off" && !elevation(standing)) throw elevationNotYours()
    await directory.patch(key, { overrides: { elevated: value ?? null } })
    return { say: told[value ?? "off"] }
  },
})

const leave = "Where this session has a sandbox, commands leave it from now on"
const told: Record<(typeof elevatedLevels)[number], string> = {
  on: `${leave}; approvals hold as they are.`,
  ask: `${leave}; approvals hold as they are.`,
  full: `${leave}, and nobody is asked first.`,
  off: "Commands stay in the sandbox, where there is one.",
}
