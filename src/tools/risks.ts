import { agents } from "../agents/config.ts"
import { risk } from "../kernel/risk.ts"
import { tools } from "./config.ts"

export const reachesEverywhere = risk({
  id: "tools.fs.workspace_only_off",
  title: "File tools reach outside the workspace",
  needs: { tools },
  detect: ({ tools }) =>
    tools.fs.workspaceOnly
      ? null
      : {
          severity: "warn",
          detail:
            "tools.fs.workspaceOnly is off: what an agent is talked into, it can do to every file you can reach.",
          remediation: "fased config set tools.fs.workspaceOnly true",
        },
})

export const minimalOverridden = risk({
  id: "tools.profile_minimal_overridden",
  title: "An agent has more tools than the profile minimal",
  needs: { tools, agents },
  detect({ tools, agents }) {
    if (tools.profile !== "minimal") return null
    const wider = agents.list.filter(({ tools }) => tools?.profile && tools.profile !== "minimal")
    if (!wider.length) return null
    return {
      severity: "warn",
      detail: `tools.profile is minimal, but these agents set a profile of their own: ${wider.map(({ id, tools }) => `${id} (${tools!.profile})`).join(", ")}.`,
      remediation: "Take tools.profile out of those agents, if minimal was meant for all.",
    }
  },
})
