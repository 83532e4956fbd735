import { type AgentsConfig, findAgent, modelsOf } from "../agents/config.ts"
import { Fault } from "../kernel/fault.ts"
import type { Models } from "../models/service.ts"
import type { Beat } from "./beat.ts"

const hourMs = 3_600_000

/** What Anthropic sells by the month has little to spare: once an hour is enough, unless said otherwise. */
export const unhurried = (
  beat: Beat,
  config: AgentsConfig,
  models: Pick<Models, "ways" | "defaultRef">,
): Beat => {
  if (beat.every !== undefined) return beat
  const { agentId } = beat
  const [first = models.defaultRef()] = modelsOf(findAgent(config, agentId), config)
  const ref = beat.model ?? first
  if (!ref.startsWith("anthropic/")) return beat
  try {
    const [way] = models.ways(ref, { agentId })
    return way?.subscription ? { ...beat, everyMs: hourMs } : beat
  } catch (error) {
    // A model that cannot be had is told of when the agent is woken.
    if (error instanceof Fault) return beat
    throw error
  }
}
