import { realpathSync } from "node:fs"
import { agents, listAgents, workspaceOf } from "../agents/config.ts"
import { Environment, Paths } from "../config/paths.ts"
import { Clock } from "../kernel/clock.ts"
import { Bus } from "../kernel/event.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { SystemEvents } from "../kernel/system-events.ts"
import { Store } from "../store/database.ts"
import { ExecSettings } from "../tools/exec-settings.ts"
import { Approvals, createApprovals } from "./approvals.ts"
import { Approvers, createExecGate, RemoteApprovers, SkillPrograms } from "./exec-gate.ts"
import { ExecGate } from "./gate.ts"
import { createPolicyStore, Policies } from "./policy-store.ts"
import { createApprovalStore } from "./store.ts"

/** Builds all that judges commands. The gateway adds `Approvers` when its port is open. */
export const provideApprovals = async (services: Services) => {
  const db = services.get(Store)
  const clock = services.get(Clock)
  const log = services.get(Log)
  const paths = services.get(Paths)
  const policies = services.provide(Policies, createPolicyStore(db))
  const approvals = await createApprovals({
    store: createApprovalStore(db),
    policies,
    bus: services.get(Bus),
    events: services.get(SystemEvents),
    clock,
    log,
  })
  services.provide(Approvals, approvals)
  services.provide(
    ExecGate,
    createExecGate({
      policies,
      approvals,
      approvers: () => ({
        present: () =>
          [Approvers, RemoteApprovers].some(
            (name) => services.has(name) && services.get(name).present(),
          ),
      }),
      skillPrograms: async (agentId) =>
        services.has(SkillPrograms) ? services.get(SkillPrograms)(agentId) : [],
      safeBins: (agentId) => services.get(ExecSettings)(agentId),
      home: paths.home,
      workspaces: () => {
        const config = services.get(agents)
        return listAgents(config).map((agent) => realFolder(workspaceOf(agent, config, paths)))
      },
      path: services.get(Environment).PATH ?? "",
      clock,
      log,
    }),
  )
  return approvals
}

const realFolder = (folder: string) => {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}
