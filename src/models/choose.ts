import { type AgentsConfig, findAgent, modelsOf } from "../agents/config.ts"
import { splitChoice, type TaskRole } from "../agents/models.ts"
import { Fault } from "../kernel/fault.ts"
import type { References } from "./references.ts"

/** What a run asks for. */
export interface Wish {
  agentId?: string
  /** Asked for by this one message or call; a name that cannot be had refuses it. */
  override?: string
  /** What the session was set to; a name that cannot be had any more gives way to the default. */
  session?: string
  /** The kind of work it is. */
  role?: TaskRole
  /** There are pictures to look at. */
  pictures?: boolean
}

export interface Choice {
  /** References to try, best first; never empty. */
  refs: readonly string[]
  source: "override" | "session" | "role" | "image" | "agent" | "default"
  /** What people are to know of it: their choice could not be kept, and the session's is to be cleared. */
  notice?: string
}

interface Ground {
  agents: () => AgentsConfig
  defaultRef: () => string
  references: Pick<References, "check" | "aliases">
  /** False for a model that is known to read text alone. */
  sees: (ref: string) => boolean
}

/** The models of one run (contract 17 §1): override, session, role, agent, default. */
export const chooseModels = (
  { agentId, override, session, role, pictures }: Wish,
  { agents, defaultRef, references, sees }: Ground,
): Choice => {
  const config = agents()
  const agent = findAgent(config, agentId)
  const whole = (ref: string) => references.aliases().get(ref.toLowerCase()) ?? ref
  const own = modelsOf(agent, config).map(whole)
  const [primary, ...fallbacks] = own.length ? own : [defaultRef()]
  const led = (lead: string) => [...new Set([lead, ...fallbacks, primary!])]
  const usual = (): Choice => {
    const task = role && (agent.taskModels?.[role] ?? config.defaults.taskModels?.[role])
    if (task) return { refs: led(whole(task)), source: "role" }
    const refs = led(primary!)
    const { primary: image, fallbacks: others = [] } = splitChoice(config.defaults.imageModel)
    if (pictures && image && !sees(primary!))
      return { refs: [...new Set([image, ...others].map(whole).concat(refs))], source: "image" }
    return { refs, source: own.length ? "agent" : "default" }
  }

  if (override) return { refs: led(references.check(override)), source: "override" }
  if (!session) return usual()
  try {
    return { refs: led(references.check(session)), source: "session" }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const choice = usual()
    const notice = `${error.message} This session is back on ${choice.refs[0]}.`
    return { ...choice, notice }
  }
}
