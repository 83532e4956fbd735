import * as z from "zod"
import { agents, defaultAgentId, findAgent, workspaceOf } from "../../agents/config.ts"
import { isAvatar } from "../../agents/avatar.ts"
import { taskRoles } from "../../agents/models.ts"
import { Environment, Paths } from "../../config/paths.ts"
import { Reloader } from "../../config/reloader.ts"
import { Settings } from "../../config/settings.ts"
import { Clock } from "../../kernel/clock.ts"
import { method } from "../../kernel/method.ts"
import { Models } from "../../models/service.ts"
import { Directory } from "../../sessions/directory.ts"
import { ensureWorkspace } from "../workspace.ts"
import { alteration, creation, idFrom, removal } from "./edits.ts"
import { agentAtWork } from "./faults.ts"
import { disposable, folderFrom, moveToTrash, requireOwn } from "./folder.ts"

const id = z.string().min(1).max(64).describe("The agent.")
const displayName = z.string().trim().min(1).max(80).describe("Name people see.")
const folder = z
  .string()
  .trim()
  .min(1)
  .max(4096)
  .describe("Folder with its files, absolute or ~/….")
const model = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .describe("Its model: provider/model or a short name.")
const emoji = z.string().trim().max(16).describe("Shown beside its name.")
const avatar = z
  .string()
  .max(2048)
  .refine(isAvatar, "must be a path in the workspace, an http(s) address or a data:image URL")
  .describe("Picture: path in the workspace or URL.")

export const create = method({
  name: "agents.create",
  scope: "admin",
  summary: "Add an agent with a folder, sessions and memory of its own.",
  params: () =>
    z.object({
      name: displayName,
      workspace: folder.optional(),
      model: model.optional(),
      emoji: emoji.optional(),
      avatar: avatar.optional(),
    }),
  result: () =>
    z.object({
      ok: z.literal(true),
      agentId: z.string(),
      name: z.string(),
      workspace: z.string(),
      model: z.string().optional(),
    }),
  example: { name: "Research", emoji: "🔭" },
  emits: ["config.changed"],
  needs: {
    agents,
    models: Models,
    paths: Paths,
    env: Environment,
    settings: Settings,
    reloader: Reloader,
  },
  async handle({ name, emoji, avatar, ...params }, context) {
    const { paths, env, settings, reloader } = context
    const agentId = idFrom(name)
    const model = params.model && context.models.match(params.model)
    const given = params.workspace && folderFrom(params.workspace, paths)
    const workspace = given ?? workspaceOf({ id: agentId }, context.agents, paths)
    requireOwn(workspace, agentId, context.agents, paths)
    const entry = { name, workspace: given, model, identity: { emoji, avatar } }
    await settings.change(({ composed }) => creation(composed, agentId, entry), { afar: true })
    await reloader.look()
    await ensureWorkspace(workspace, { skipBootstrap: context.agents.defaults.skipBootstrap, env })
    return { ok: true as const, agentId, name, workspace, model }
  },
})

export const update = method({
  name: "agents.update",
  scope: "admin",
  summary: "Change an agent's name, folder, models or look.",
  params: () =>
    z.object({
      agentId: id,
      name: displayName.optional(),
      workspace: folder.optional(),
      model: model.optional(),
      fallbacks: z
        .array(model)
        .max(20)
        .optional()
        .describe("Models to try in order when its own fails; empty for none."),
      taskModels: z
        .partialRecord(z.enum(taskRoles), model.nullable())
        .optional()
        .describe("Models for kinds of work; those not named stay, null takes one back."),
      emoji: emoji.optional(),
      avatar: avatar.optional(),
    }),
  result: () => z.object({ ok: z.literal(true), agentId: z.string() }),
  example: { agentId: "research", name: "Research" },
  emits: ["config.changed"],
  needs: { agents, models: Models, paths: Paths, settings: Settings, reloader: Reloader },
  async handle({ name, emoji, avatar, taskModels, fallbacks, ...params }, context) {
    const { agents, models, paths, settings, reloader } = context
    const { id: agentId } = findAgent(agents, params.agentId)
    const workspace = params.workspace && folderFrom(params.workspace, paths)
    if (workspace) requireOwn(workspace, agentId, agents, paths)
    const model = params.model && models.match(params.model)
    const identity = { emoji, avatar }
    const change = {
      name,
      workspace,
      model,
      fallbacks: fallbacks?.map(models.match),
      taskModels,
      identity,
    }
    await settings.change(({ composed }) => alteration(composed, agentId, change), { afar: true })
    await reloader.look()
    return { ok: true as const, agentId }
  },
})

export const remove = method({
  name: "agents.delete",
  scope: "admin",
  summary: "Remove an agent and archive its sessions; its folder stays unless it is to go too.",
  params: () =>
    z.object({
      agentId: id,
      deleteFiles: z.boolean().default(false).describe("Also move its folder to the trash."),
    }),
  result: () =>
    z.object({
      ok: z.literal(true),
      agentId: z.string(),
      removedBindings: z.int(),
      archivedSessions: z.int(),
      trash: z.string().optional().describe("Where its folder is now."),
    }),
  example: { agentId: "research" },
  emits: ["config.changed", "sessions.changed"],
  needs: {
    agents,
    paths: Paths,
    clock: Clock,
    settings: Settings,
    reloader: Reloader,
    directory: Directory,
  },
  async handle({ deleteFiles, ...params }, context) {
    const { agents, paths, clock, settings, reloader, directory } = context
    const agent = findAgent(agents, params.agentId)
    await requireIdle(agent.id, directory)
    const defaultId = defaultAgentId(agents)
    removal(settings.current().composed, agent.id, defaultId) // refuses before anything is moved
    const folder = deleteFiles ? disposable(agent, agents, paths) : undefined
    await settings.change(({ composed }) => removal(composed, agent.id, defaultId))
    await reloader.look()
    const archivedSessions = await archiveAll(agent.id, directory)
    const trash = folder && moveToTrash(folder, paths, clock.now())
    return { ok: true as const, agentId: agent.id, removedBindings: 0, archivedSessions, trash }
  },
})

const page = 500

const requireIdle = async (agentId: string, directory: Directory) => {
  for (let offset = 0; ; offset += page) {
    const { sessions, total } = await directory.list({ agentId, limit: page, offset })
    if (sessions.some(({ status }) => status === "running")) throw agentAtWork({ id: agentId })
    if (offset + page >= total) return
  }
}

/** Also its main session: with its agent gone, nothing begins it anew. */
const archiveAll = async (agentId: string, directory: Directory) => {
  let archived = 0
  for (;;) {
    const { sessions } = await directory.list({ agentId, limit: page, offset: 0 })
    if (!sessions.length) return archived
    for (const { key } of sessions) await directory.remove(key, "deleted", { mainToo: true })
    archived += sessions.length
  }
}
