import { agents } from "../agents/config.ts"
import type { Env } from "../config/paths.ts"
import { systemClock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import { models as section } from "../models/config.ts"
import { createModels } from "../models/create.ts"
import { createDiscovery } from "../models/discovery.ts"
import { createGuide } from "../models/guide.ts"
import type { LocalChoice } from "./choices.ts"
import { serverNotFound } from "./faults.ts"

/** One of a server's models, as the config's `models.providers.<id>.models` lists it. */
export interface ServerModel {
  id: string
  contextWindow?: number
  reasoning?: true
  input?: ("text" | "image")[]
}

/** What a server says of its models. Throws `onboard.server-not-found`. */
export const findModels = async (
  { id, label, baseUrl }: LocalChoice,
  { env }: { env: Env },
): Promise<ServerModel[]> => {
  const config = section.schema.parse({ providers: { [id]: { baseUrl } } })
  const noAgents = agents.schema.parse({})
  const service = createModels({
    config: () => config,
    agents: () => noAgents,
    env,
    clock: systemClock,
    guide: createGuide(),
    discovery: createDiscovery({ clock: systemClock }),
  })
  const [asked] = await service.refresh(id)
  const found = service.list({ provider: id, all: true })
  if (asked && "error" in asked && !(asked.error instanceof Fault)) throw asked.error
  if (!found.length) throw serverNotFound({ label, baseUrl, flag: "--base-url" })
  return found.map(({ id, contextWindow, reasoning, input }) => ({
    id,
    ...(contextWindow && { contextWindow }),
    ...(reasoning && { reasoning }),
    ...(input?.includes("image") && { input: [...input] }),
  }))
}
