/** The files of a workspace that say who an agent is, for clients to read and write. */
import { existsSync, lstatSync } from "node:fs"
import { join } from "node:path"
import * as z from "zod"
import { agents, type AgentsConfig, findAgent, workspaceOf } from "../../agents/config.ts"
import { Environment, Paths } from "../../config/paths.ts"
import { method, pathFor } from "../../kernel/method.ts"
import { readWithin, writeWithin } from "../../tools/boundary.ts"
import { noSuchFile } from "../../tools/faults.ts"
import { contextFileNames, ensureWorkspace } from "../workspace.ts"
import { fileChanged } from "./faults.ts"

const agentId = z.string().min(1).max(64).describe("The agent.")
const name = z.enum(contextFileNames).describe("Which of its files.")

const shown = z.object({
  name: z.string(),
  path: z.string(),
  missing: z.boolean(),
  size: z.number().optional(),
  updatedAtMs: z.number().optional(),
})

const inWorkspace = (workspace: string) => ({ workspace, workspaceOnly: true, own: [] })

/** Which agent is meant, and where it works. */
const placeOf = (id: string, agents: AgentsConfig, paths: Paths) => {
  const agent = findAgent(agents, id)
  return { agentId: agent.id, workspace: workspaceOf(agent, agents, paths) }
}

const look = (workspace: string, name: string): z.infer<typeof shown> => {
  const path = join(workspace, name)
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (!stats?.isFile()) return { name, path, missing: true }
  return { name, path, missing: false, size: stats.size, updatedAtMs: stats.mtimeMs }
}

export const listFiles = method({
  name: "agents.files.list",
  scope: "read",
  summary: "List the files that say who an agent is and how it works.",
  params: () => z.object({ agentId }),
  result: () => z.object({ agentId: z.string(), workspace: z.string(), files: z.array(shown) }),
  example: { agentId: "main" },
  needs: { agents, paths: Paths },
  handle(params, { agents, paths, caller }) {
    const { agentId, workspace } = placeOf(params.agentId, agents, paths)
    const files = contextFileNames.map((name) => {
      const file = look(workspace, name)
      return { ...file, path: pathFor(caller, file.path) }
    })
    return { agentId, workspace: pathFor(caller, workspace), files }
  },
})

export const getFile = method({
  name: "agents.files.get",
  scope: "read",
  summary: "Read one of an agent's files.",
  params: () => z.object({ agentId, name }),
  result: () =>
    z.object({
      agentId: z.string(),
      workspace: z.string(),
      file: shown.extend({ content: z.string().optional() }),
    }),
  example: { agentId: "main", name: "SOUL.md" },
  needs: { agents, paths: Paths },
  handle(params, { agents, paths, caller }) {
    const { agentId, workspace } = placeOf(params.agentId, agents, paths)
    const file = look(workspace, params.name)
    const content = textOf(workspace, params.name)
    return {
      agentId,
      workspace: pathFor(caller, workspace),
      file: {
        ...file,
        path: pathFor(caller, file.path),
        ...(content !== undefined && { content }),
      },
    }
  },
})

/** Nothing where there is no such file; a link that leads elsewhere is refused. */
const textOf = (workspace: string, name: string) => {
  if (!existsSync(workspace)) return undefined
  try {
    return readWithin(inWorkspace(workspace), name).toString("utf8")
  } catch (error) {
    if (noSuchFile.is(error)) return undefined
    throw error
  }
}

export const setFile = method({
  name: "agents.files.set",
  scope: "admin",
  summary: "Write one of an agent's files; its next turn goes by it.",
  params: () =>
    z.object({
      agentId,
      name,
      content: z.string().max(1_000_000).describe("The whole file."),
      updatedAtMs: z
        .number()
        .optional()
        .describe("As it was read; a file that was changed since is left alone."),
    }),
  result: () =>
    z.object({
      ok: z.literal(true),
      agentId: z.string(),
      workspace: z.string(),
      file: shown,
    }),
  example: { agentId: "main", name: "SOUL.md", content: "# Soul\n\nFriendly, and brief.\n" },
  needs: { agents, paths: Paths, env: Environment },
  async handle({ name, content, updatedAtMs, ...params }, { agents, paths, env }) {
    const { agentId, workspace } = placeOf(params.agentId, agents, paths)
    await ensureWorkspace(workspace, { skipBootstrap: agents.defaults.skipBootstrap, env })
    if (updatedAtMs !== undefined && look(workspace, name).updatedAtMs !== updatedAtMs)
      throw fileChanged({ name })
    writeWithin(inWorkspace(workspace), name, content)
    return { ok: true as const, agentId, workspace, file: look(workspace, name) }
  },
})
