import { service } from "./service.ts"

/**
 * A part of the system prompt that another folder writes. It should read the same from one turn to
 * the next as long as nothing changed: providers cache what comes before the first difference.
 */
export interface PromptPart {
  /** The whole part, heading included; undefined when there is nothing to say. */
  section(about: {
    agentId: string
    sessionKey: string
    /** Names of the tools offered in this turn. */
    tools?: readonly string[]
    /** Of the agent's skills, only these by name. */
    skills?: readonly string[]
  }): Promise<string | undefined>
}

/** Where tools run when they do not run on this machine itself. */
export const SandboxPrompt = service<PromptPart>("sandbox prompt")
/** What skills there are and how to load one. */
export const SkillsPrompt = service<PromptPart>("skills prompt")
/** How to look things up in memory. */
export const MemoryPrompt = service<PromptPart>("memory prompt")
