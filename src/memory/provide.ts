import { agents } from "../agents/config.ts"
import { Environment, Paths } from "../config/paths.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import { MemoryPrompt } from "../kernel/prompt-part.ts"
import type { Services } from "../kernel/service.ts"
import { Models } from "../models/service.ts"
import { Ledger } from "../usage/service.ts"
import { memory as section } from "./config.ts"
import { createEmbedders, Embedders } from "./embedders.ts"
import { createMemory, Memory } from "./memory.ts"
import { memoryPrompt } from "./prompt.ts"

/** Builds memory; nothing is opened before it is used. Whoever runs a gateway closes it. */
export const provideMemory = (services: Services): void => {
  const config = () => services.get(agents)
  const clock = services.get(Clock)
  const embedders = services.provide(
    Embedders,
    createEmbedders({
      config,
      models: () => services.get(Models),
      env: services.get(Environment),
      clock,
      ledger: () => (services.has(Ledger) ? services.get(Ledger) : undefined),
    }),
  )
  const memory = services.provide(
    Memory,
    createMemory({
      config,
      paths: services.get(Paths),
      embedders,
      clock,
      log: services.get(Log).for("memory"),
    }),
  )
  services.provide(MemoryPrompt, memoryPrompt({ memory, config: () => services.get(section) }))
}
