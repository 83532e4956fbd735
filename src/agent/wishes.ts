import { type AgentsConfig, findAgent, modelsOf } from "../agents/config.ts"
import type { ThinkingLevel, TurnOptions } from "../kernel/channel.ts"
import type { Session } from "../sessions/session.ts"

/** How a turn is to be run, once everyone who has a say was asked. */
export interface Wishes {
  /** Models to try, best first; empty for the default one. */
  models: readonly string[]
  /** The one model this turn was asked for with; no other is tried. */
  model?: string
  /** Undefined leaves it to the model's own default. */
  thinking?: ThinkingLevel
  verbose: "on" | "full" | "off"
  timeoutMs: number
}

/** The message itself, then the session, then the agent, then what holds for all (contract 17 §2, §9). */
export const wishesOf = (
  options: TurnOptions,
  { overrides, agentId }: Pick<Session, "overrides" | "agentId">,
  config: AgentsConfig,
): Wishes => {
  const { defaults } = config
  const configured = modelsOf(findAgent(config, agentId), config)
  const own = overrides.model
  return {
    models: own ? [own, ...configured.filter((model) => model !== own)] : configured,
    model: options.model,
    thinking: options.thinking ?? overrides.thinking ?? defaults.thinkingDefault,
    verbose: overrides.verbose ?? defaults.verboseDefault,
    timeoutMs: options.timeoutMs ?? defaults.timeoutSeconds * 1000,
  }
}
