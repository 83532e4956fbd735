import { agents } from "../agents/config.ts"
import { Environment, Paths } from "../config/paths.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import { BootstrapHooks, tellHooks } from "../kernel/hook-event.ts"
import { MemoryPrompt, SandboxPrompt, SkillsPrompt } from "../kernel/prompt-part.ts"
import { type Service, service, type Services } from "../kernel/service.ts"
import { SystemEvents } from "../kernel/system-events.ts"
import { Media } from "../media/service.ts"
import { Models } from "../models/service.ts"
import { Compactions } from "../sessions/compaction.ts"
import { createCompactionStore } from "../sessions/compaction-store.ts"
import { Directory } from "../sessions/directory.ts"
import { Store } from "../store/database.ts"
import { Ledger } from "../usage/service.ts"
import { type Briefing, createBriefing } from "./briefing.ts"
import { Compactor, createCompactor } from "./compaction/compactor.ts"
import { createUpkeep, type Upkeep } from "./compaction/after-turn.ts"
import { createPruner } from "./pruning.ts"

/** What a model is told besides the question, and what is done to keep that short. */
export interface ContextParts {
  briefing: Briefing
  media: Media
  compactions: Compactions
  compactor: Compactor
  upkeep: Upkeep
  events: SystemEvents
  ledger: Ledger
  prune: ReturnType<typeof createPruner>
}

/** The system prompt as a service, for those who ask how large it is. */
export const SystemPrompt = service<Briefing>("system prompt")

/** Builds what turns take their context from. `close` ends what runs on after a turn. */
export const provideContext = (services: Services): ContextParts & { close(): Promise<void> } => {
  const config = () => services.get(agents)
  const shared = {
    config,
    models: services.get(Models),
    directory: services.get(Directory),
    compactions: services.provide(Compactions, createCompactionStore(services.get(Store))),
    ledger: services.get(Ledger),
    clock: services.get(Clock),
    log: services.get(Log),
  }
  const given = <T>(name: Service<T>) => (services.has(name) ? services.get(name) : undefined)
  const briefing = services.provide(
    SystemPrompt,
    createBriefing({
      config,
      paths: services.get(Paths),
      env: services.get(Environment),
      parts: () => ({
        skills: given(SkillsPrompt),
        memory: given(MemoryPrompt),
        sandbox: given(SandboxPrompt),
        bootstrap: given(BootstrapHooks),
      }),
    }),
  )
  const upkeep = createUpkeep()
  return {
    briefing,
    media: services.get(Media),
    compactions: shared.compactions,
    compactor: services.provide(
      Compactor,
      createCompactor({ ...shared, tellHooks: tellHooks(services) }),
    ),
    upkeep,
    events: services.get(SystemEvents),
    ledger: shared.ledger,
    prune: createPruner(),
    close: upkeep.close,
  }
}
