import type { AgentsConfig } from "../agents/config.ts"
import type { Inbound, ThinkingLevel } from "../kernel/channel.ts"
import type { Models } from "../models/service.ts"
import type { Session } from "../sessions/session.ts"

/** How a turn is to be run, once everyone who has a say was asked. */
export interface Wishes {
  /** Models to try, best first. */
  models: readonly string[]
  /** What people are to know of that choice: the session's own could not be kept. */
  notice?: string
  /** Undefined leaves it to the model's own default. */
  thinking?: ThinkingLevel
  timeoutMs: number
}

/**
 * The message itself, then the session, then the agent, then what holds for all (contract 17 §1, §9).
 * Throws for a model that the message asks for and that cannot be had.
 */
export const wishesOf = (
  { options = {}, pictures }: Pick<Inbound, "options" | "pictures">,
  { overrides, agentId }: Pick<Session, "overrides" | "agentId">,
  { defaults }: AgentsConfig,
  models: Pick<Models, "choose">,
): Wishes => {
  const { refs, notice } = models.choose({
    agentId,
    override: options.model,
    session: overrides.model,
    pictures: Boolean(pictures?.length),
  })
  return {
    models: refs,
    ...(notice && { notice }),
    thinking: options.thinking ?? overrides.thinking,
    timeoutMs: options.timeoutMs ?? defaults.timeoutSeconds * 1000,
  }
}

/** What holds in a session where a message says nothing else. */
export const levelsOf = (
  { overrides }: Pick<Session, "overrides">,
  { defaults }: Pick<AgentsConfig, "defaults">,
) => ({
  thinking: overrides.thinking ?? defaults.thinkingDefault,
  verbose: overrides.verbose ?? defaults.verboseDefault,
})
