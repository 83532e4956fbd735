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
