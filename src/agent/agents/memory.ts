/** What an agent wrote down to remember, for people to read and correct. */
import { lstatSync } from "node:fs"
import { join } from "node:path"
import * as z from "zod"
import { agents, type AgentsConfig, findAgent, workspaceOf } from "../../agents/config.ts"
import { memorySearchOf } from "../../agents/memory-search.ts"
import { Environment, Paths } from "../../config/paths.ts"
import { method, pathFor } from "../../kernel/method.ts"
import { findFiles, readMemory, rootsOf } from "../../memory/places.ts"
import { writeWithin } from "../../tools/boundary.ts"
import { ensureWorkspace } from "../workspace.ts"
import { fileChanged, notMemory } from "./faults.ts"

const agentId = () => z.string().min(1).max(64).describe("The agent.")
const path = () =>
  z
    .string()
    .min(1)
    .max(1024)
    .regex(/\.md$/i, "must end in .md")
    .describe("File, as agents.memory.list names it.")

const shown = () =>
  z.object({
    path: z.string(),
    size: z.number(),
    updatedAtMs: z.number(),
    editable: z.boolean().describe("It is in the agent's own folder."),
  })

const placeOf = (id: string, config: AgentsConfig, paths: Paths) => {
  const agent = findAgent(config, id)
  const workspace = workspaceOf(agent, config, paths)
  const { extraPaths } = memorySearchOf(agent, config)
  return { agentId: agent.id, roots: rootsOf(workspace, extraPaths, paths.home) }
}

/** `MEMORY.md`, or a file in the folder `memory`. */
const isOwn = (path: string) => /^(?:memory\.md|memory\/.+)$/i.test(path)

const mostListed = 2000

export const listMemory = method({
  name: "agents.memory.list",
  scope: "read",
  summary: "List the files an agent remembers by, the newest first.",
  params: () => z.strictObject({ agentId: agentId() }),
  result: () =>
    z.object({
      agentId: z.string(),
      workspace: z.string(),
      files: z.array(shown()),
      total: z.int(),
    }),
  example: { agentId: "main" },
  needs: { agents, paths: Paths },
  async handle(params, { agents, paths, caller }) {
    const { agentId, roots } = placeOf(params.agentId, agents, paths)
    const { files } = await findFiles(roots)
    const listed = files
      .map(({ path, real, bytes }) => ({
        path: isOwn(path) ? path : pathFor(caller, path),
        size: bytes,
        updatedAtMs: lstatSync(real, { throwIfNoEntry: false })?.mtimeMs ?? 0,
        editable: isOwn(path),
      }))
      .toSorted((a, b) => b.updatedAtMs - a.updatedAtMs)
    return {
      agentId,
      workspace: pathFor(caller, roots.workspace),
      files: listed.slice(0, mostListed),
      total: listed.length,
    }
  },
})

export const getMemory = method({
  name: "agents.memory.get",
  scope: "read",
  summary: "Read one of the files an agent remembers by.",
  params: () => z.strictObject({ agentId: agentId(), path: path() }),
  result: () =>
    z.object({
      agentId: z.string(),
      path: z.string(),
      content: z.string().optional().describe("Absent where there is no such file."),
      updatedAtMs: z.number().optional(),
    }),
  example: { agentId: "main", path: "MEMORY.md" },
  needs: { agents, paths: Paths },
  handle({ path, ...params }, { agents, paths }) {
    const { agentId, roots } = placeOf(params.agentId, agents, paths)
    const content = readMemory(roots, path)
    if (content === undefined) throw notMemory({ path })
    return {
      agentId,
      path,
      ...(content !== null && { content, updatedAtMs: changedAt(roots.workspace, path) }),
    }
  },
})

const changedAt = (workspace: string, path: string) =>
  lstatSync(join(workspace, path), { throwIfNoEntry: false })?.mtimeMs

export const setMemory = method({
  name: "agents.memory.set",
  scope: "admin",
  summary: "Correct one of the files an agent remembers by, or begin one.",
  params: () =>
    z.strictObject({
      agentId: agentId(),
      path: path(),
      content: z.string().max(1_000_000).describe("The whole file."),
      updatedAtMs: z
        .number()
        .optional()
        .describe("As it was read; a file that was changed since is left alone."),
    }),
  result: () => z.object({ ok: z.literal(true), agentId: z.string(), file: shown() }),
  example: { agentId: "main", path: "memory/garden.md", content: "The hose is in the shed.\n" },
  needs: { agents, paths: Paths, env: Environment },
  async handle({ path, content, updatedAtMs, ...params }, { agents, paths, env }) {
    const { agentId, roots } = placeOf(params.agentId, agents, paths)
    const { workspace } = roots
    if (!isOwn(path)) throw notMemory({ path })
    await ensureWorkspace(workspace, { skipBootstrap: agents.defaults.skipBootstrap, env })
    // What is written has to be read again as memory, through no link and not above the folder.
    if (readMemory(roots, path) === undefined) throw notMemory({ path })
    if (updatedAtMs !== undefined && changedAt(workspace, path) !== updatedAtMs)
      throw fileChanged({ name: path })
    writeWithin({ workspace, workspaceOnly: true, own: [] }, path, content)
    const { size, mtimeMs } = lstatSync(join(workspace, path))
    return {
      ok: true as const,
      agentId,
      file: { path, size, updatedAtMs: mtimeMs, editable: true },
    }
  },
})
