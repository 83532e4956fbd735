import { agents, findAgent } from "../agents/config.ts"
import type { Services } from "../kernel/service.ts"
import type { AnyTool } from "../kernel/tool.ts"
import { Sandboxes } from "../sandbox/service.ts"
import { createInvokeTool, InvokeTool } from "./invoke.ts"
import { AgentIds } from "./methods.ts"
import { Confined } from "./standing.ts"
import { createToolbox, Toolbox } from "./toolbox.ts"

export const provideTools = (services: Services, tools: readonly AnyTool[]) => {
  // An instance that is only looked at has no sandboxes.
  services.provide(Confined, (whose) =>
    services.has(Sandboxes) ? services.get(Sandboxes).confinement(whose) : undefined,
  )
  services.provide(Toolbox, createToolbox(tools, services))
  services.provide(InvokeTool, createInvokeTool(services))
  services.provide(AgentIds, (id) => findAgent(services.get(agents), id).id)
}
