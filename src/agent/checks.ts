import { accessSync, chmodSync, constants, existsSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { configValid } from "../config/checks.ts"
import { Environment, Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { stateThere } from "../store/state-checks.ts"
import { agents, listAgents, workspaceOf } from "../agents/config.ts"
import { ensureWorkspace } from "./workspace.ts"

type Problem = "missing" | "not a folder" | "not writable"

export const workspacesUsable = check({
  id: "agents.workspace",
  title: "Every agent has a folder it can work in",
  severity: "warn",
  after: [stateThere, configValid],
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
    touches: ({ folders }) =>
      folders.flatMap(({ folder }) => [...missingAbove(folder), { inside: folder }]),
    async apply({ folders }, { agents, env }) {
      const { skipBootstrap } = agents.defaults
      for (const { folder, problem } of folders) {
        if (problem === "missing") await ensureWorkspace(folder, { skipBootstrap, env })
        if (problem === "not writable") chmodSync(folder, 0o700)
      }
    },
  },
})

/** The folders that are made on the way to a missing one. */
const missingAbove = (folder: string): string[] =>
  existsSync(dirname(folder)) ? [] : [...missingAbove(dirname(folder)), dirname(folder)]

const look = (folder: string): Problem | null => {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (!stats) return "missing"
  if (!stats.isDirectory()) return "not a folder"
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return (stats.mode & 0o700) === 0o700 ? null : "not writable" // root may write anywhere
  } catch {
    return "not writable"
  }
}

/** Where agents worked before workspaces lay in the state folder. */
export const workspaceLeft = check({
  id: "agents.workspace-left",
  title: "No agent's folder lies where nobody works",
  severity: "hint",
  after: [configValid],
  tip: true,
  needs: { agents, paths: Paths },
  detect({ agents, paths }) {
    const used = listAgents(agents).map((agent) => workspaceOf(agent, agents, paths))
    const found = ["fased", "fased-workspace"]
      .map((name) => join(paths.home, name))
      .filter((folder) => !used.includes(folder) && existsSync(join(folder, "AGENTS.md")))
    return found.length ? { found, used } : null
  },
  explain: ({ found, used }) =>
    `${found.join(", ")} looks like an agent's folder, and no agent works there: they work in ${used.join(", ")}.`,
  next: ({ found: [folder] }) =>
    `If it is the one you mean: fased config set agents.defaults.workspace ${folder}`,
})

export const workspaceKept = check({
  id: "agents.workspace-history",
  title: "The agents' folders have a history",
  severity: "hint",
  after: [configValid],
  tip: true,
  needs: { agents, paths: Paths },
  detect({ agents, paths }) {
    const found = listAgents(agents)
      .map((agent) => workspaceOf(agent, agents, paths))
      .filter((folder) => existsSync(folder) && !isUnderGit(folder))
    return found.length ? { found } : null
  },
  explain: ({ found }) =>
    `${found.join(", ")} ${found.length === 1 ? "is" : "are"} not under git: what an agent overwrites there is gone.`,
  next: ({ found: [folder] }) =>
    `Keep a history with: git init ${folder} (or now and then: fased backup create)`,
})

const isUnderGit = (folder: string): boolean =>
  existsSync(join(folder, ".git")) || (dirname(folder) !== folder && isUnderGit(dirname(folder)))
