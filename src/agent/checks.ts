import { accessSync, chmodSync, constants, statSync } from "node:fs"
import { configValid } from "../config/checks.ts"
import { Environment, Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { agents, listAgents, workspaceOf } from "./config.ts"
import { ensureWorkspace } from "./workspace.ts"

type Problem = "missing" | "not a folder" | "not writable"

export const workspacesUsable = check({
  id: "agents.workspace",
  title: "Every agent has a folder it can work in",
  severity: "warn",
  after: [configValid],
  needs: { agents, paths: Paths, env: Environment },
  detect({ agents, paths }) {
    const folders = listAgents(agents).flatMap((agent) => {
      const folder = workspaceOf(agent, agents, paths)
      const problem = look(folder)
      return problem ? [{ agentId: agent.id, folder, problem }] : []
    })
    return folders.length ? { folders } : null
  },
  explain: ({ folders }) =>
    folders
      .map(
        ({ agentId, folder, problem }) => `The workspace of ${agentId}, ${folder}, is ${problem}.`,
      )
      .join(" "),
  next: ({ folders }) =>
    folders.every(({ problem }) => problem === "missing")
      ? "Create what is missing with: fased doctor --fix"
      : "Give the folder back to the user fased runs as, or name another: agents.defaults.workspace",
  fix: {
    describe: ({ folders }) =>
      folders
        .map(({ folder, problem }) =>
          problem === "missing"
            ? `Create ${folder}.`
            : problem === "not writable"
              ? `Make ${folder} writable for its owner.`
              : `Leave ${folder} alone: it is a file.`,
        )
        .join(" "),
    async apply({ folders }, { agents, env }) {
      const { skipBootstrap } = agents.defaults
      for (const { folder, problem } of folders) {
        if (problem === "missing") await ensureWorkspace(folder, { skipBootstrap, env })
        if (problem === "not writable") chmodSync(folder, 0o700)
      }
    },
  },
})

const look = (folder: string): Problem | null => {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (!stats) return "missing"
  if (!stats.isDirectory()) return "not a folder"
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return null
  } catch {
    return "not writable"
  }
}
