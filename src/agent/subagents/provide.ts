import { agents } from "../../agents/config.ts"
import { Receive } from "../../kernel/channel.ts"
import { Clock } from "../../kernel/clock.ts"
import { Log } from "../../kernel/log.ts"
import type { Services } from "../../kernel/service.ts"
import { Models } from "../../models/service.ts"
import { Directory } from "../../sessions/directory.ts"
import { Orchestrates } from "../../tools/standing.ts"
import type { Turns } from "../turns.ts"
import type { SubagentStore } from "./store.ts"
import { createSubagents, Subagents } from "./subagents.ts"

/** Builds what looks after subagents, and tells the tool policy which of them may start more. */
export const provideSubagents = (services: Services, store: SubagentStore, turns: Turns) => {
  const subagents = services.provide(
    Subagents,
    createSubagents({
      config: () => services.get(agents),
      store,
      directory: services.get(Directory),
      models: services.get(Models),
      turns,
      receive: () => services.get(Receive),
      clock: services.get(Clock),
      log: services.get(Log),
    }),
  )
  services.provide(Orchestrates, ({ sessionKey }) => subagents.mayGoDeeper(sessionKey))
  return subagents
}
