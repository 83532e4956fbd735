import { statSync } from "node:fs"
import { basename, join } from "node:path"
import * as z from "zod"
import { Environment, Paths } from "../config/paths.ts"
import { Settings } from "../config/settings.ts"
import { type Caller, method, pathFor } from "../kernel/method.ts"
import { skills as section } from "./config.ts"
import { unknownSkill } from "./faults.ts"
import { copySkill, createSkill, writeSkill } from "./folders.ts"
import { findInstaller, installerEnvironment, installersFor, runInstaller } from "./installers.ts"
import { costOfAll, type SkillLibrary, Skills } from "./library.ts"
import { shownSkill, states } from "./shown.ts"
import { templateNames } from "./templates.ts"

const agentId = z.string().max(64).optional().describe("Agent; unset, the default one.")
const skillKey = z
  .string()
  .min(1)
  .max(64)
  .describe("Name of the skill, or the key it gives itself.")
const names = z.array(z.string()).readonly()

const shown = z.object({
  name: z.string(),
  skillKey: z.string(),
  description: z.string(),
  emoji: z.string().optional(),
  homepage: z.string().optional(),
  source: z.string(),
  filePath: z.string(),
  state: z.enum(states),
  always: z.boolean(),
  userInvocable: z.boolean(),
  modelInvocable: z.boolean(),
  primaryEnv: z.string().optional(),
  missing: z.object({ os: names, bins: names, anyBins: names, env: names, config: names }),
  promptChars: z.number().describe("Characters of every prompt that it takes up."),
  foreign: z.boolean().describe("It came from elsewhere, and is given no keys."),
  origin: z
    .object({ spec: z.string(), integrity: z.string(), version: z.string().optional() })
    .optional(),
  install: z.array(z.object({ id: z.string(), label: z.string(), command: z.string() })),
})

export const status = method({
  name: "skills.status",
  scope: "read",
  summary: "List the skills of an agent, and what each one lacks.",
  params: () => z.object({ agentId }),
  result: () =>
    z.object({
      agentId: z.string(),
      workspace: z.string(),
      promptChars: z.number(),
      skills: z.array(shown),
      shadowed: z.array(z.object({ name: z.string(), source: z.string(), filePath: z.string() })),
      broken: z.array(z.object({ source: z.string(), filePath: z.string(), why: z.string() })),
    }),
  example: {},
  needs: { skills: Skills, config: section },
  async handle({ agentId }, { skills, config, caller }) {
    const snapshot = await skills.of(agentId)
    const where = (path: string) => pathFor(caller, path)
    return {
      agentId: snapshot.agentId,
      workspace: where(snapshot.workspace),
      promptChars: costOfAll(snapshot),
      skills: snapshot.skills.map((skill) => shownSkill(skill, config, where)),
      shadowed: snapshot.shadowed.map(({ manifest, source, file }) => ({
        name: manifest.name,
        source,
        filePath: where(file),
      })),
      broken: snapshot.broken.map(({ file, ...rest }) => ({ ...rest, filePath: where(file) })),
    }
  },
})

export const bins = method({
  name: "skills.bins",
  scope: "node",
  summary: "List the programs that skills ask for, so that a node can say which it has.",
  params: () => z.object({}),
  result: () => z.object({ bins: z.array(z.string()) }),
  example: {},
  needs: { skills: Skills },
  async handle(_, { skills }) {
    const snapshot = await skills.of()
    const all = snapshot.skills.flatMap(({ manifest: { requires } }) => [
      ...requires.bins,
      ...requires.anyBins,
    ])
    return { bins: [...new Set(all)].toSorted() }
  },
})

export const create = method({
  name: "skills.create",
  scope: "admin",
  summary: "Begin a new skill in an agent's workspace.",
  params: () =>
    z.object({
      name: skillKey,
      description: z
        .string()
        .trim()
        .max(1024)
        .default("Say when to use this skill.")
        .describe("When to use it."),
      agentId,
      template: z.enum(templateNames).default("general").describe("What it begins with."),
    }),
  result: () =>
    z.object({
      ok: z.literal(true),
      skillKey: z.string(),
      name: z.string(),
      filePath: z.string(),
    }),
  example: { name: "release-notes", description: "Write release notes from the git log." },
  needs: { skills: Skills },
  async handle({ agentId, ...skill }, { skills }) {
    const { workspace } = await skills.of(agentId)
    const filePath = createSkill(join(workspace, "skills"), skill)
    skills.forget()
    return { ok: true as const, skillKey: skill.name, name: skill.name, filePath }
  },
})

export const copy = method({
  name: "skills.copy",
  scope: "admin",
  summary: "Copy a skill into the workspace, to change it there.",
  params: () =>
    z.object({
      skillKey,
      agentId,
      overwrite: z.boolean().default(false).describe("Replace one that is there."),
    }),
  result: () =>
    z.object({
      ok: z.literal(true),
      skillKey: z.string(),
      name: z.string(),
      source: z.string(),
      filePath: z.string(),
      targetDir: z.string(),
      copiedFiles: z.number(),
    }),
  example: { skillKey: "tidy-memory" },
  needs: { skills: Skills },
  async handle({ skillKey, agentId, overwrite }, { skills }) {
    const { workspace } = await skills.of(agentId)
    const skill = await find(skills, skillKey, agentId)
    const { target, files } = await copySkill(skill, join(workspace, "skills"), { overwrite })
    skills.forget()
    return {
      ok: true as const,
      skillKey: skill.key,
      name: skill.manifest.name,
      source: skill.source,
      filePath: join(target, basename(skill.file)),
      targetDir: target,
      copiedFiles: files,
    }
  },
})

export const install = method({
  name: "skills.install",
  scope: "admin",
  summary: "Install a program that a skill needs, by one of the ways it names.",
  params: () =>
    z.object({
      name: skillKey,
      installId: z.string().min(1).max(64).describe("As skills.status lists it."),
      agentId,
      timeoutMs: z.int().min(1000).max(1_800_000).default(300_000).describe("Longest it may take."),
    }),
  result: () =>
    z.object({
      ok: z.boolean(),
      code: z.number().nullable(),
      message: z.string(),
      output: z.string(),
    }),
  example: { name: "github", installId: "brew" },
  needs: { skills: Skills, config: section, env: Environment, paths: Paths },
  async handle({ name, installId, agentId, timeoutMs }, { skills, config, env, paths, signal }) {
    const { manifest } = await find(skills, name, agentId)
    const installers = installersFor(manifest, config.install, process.platform)
    const done = await runInstaller(findInstaller(installers, installId), {
      env: installerEnvironment(env),
      folder: paths.home,
      signal,
      timeoutMs,
    })
    skills.forget()
    return done
  },
})

const file = z.object({
  skillKey: z.string(),
  name: z.string(),
  source: z.string(),
  filePath: z.string(),
  size: z.number(),
  updatedAtMs: z.number(),
})

const fileOf = async (
  { skills, caller }: { skills: SkillLibrary; caller: Caller },
  key: string,
  agentId?: string,
) => {
  const skill = await find(skills, key, agentId)
  const { size, mtimeMs } = statSync(skill.file)
  const { name } = skill.manifest
  const filePath = pathFor(caller, skill.file)
  const { source } = skill
  return {
    skill,
    shown: { skillKey: skill.key, name, source, filePath, size, updatedAtMs: mtimeMs },
  }
}

export const getFile = method({
  name: "skills.file.get",
  scope: "read",
  summary: "Read the SKILL.md of a skill.",
  params: () => z.object({ skillKey, agentId }),
  result: () => file.extend({ content: z.string() }),
  example: { skillKey: "tidy-memory" },
  needs: { skills: Skills },
  async handle({ skillKey, agentId }, context) {
    const { skill, shown } = await fileOf(context, skillKey, agentId)
    return { ...shown, content: await Bun.file(skill.file).text() }
  },
})

export const setFile = method({
  name: "skills.file.set",
  scope: "admin",
  summary: "Write the SKILL.md of a skill of one's own.",
  params: () =>
    z.object({
      skillKey,
      agentId,
      content: z.string().min(1).max(262_144).describe("The whole file."),
    }),
  result: () => file,
  example: { skillKey: "release-notes", content: "---\nname: release-notes\n…" },
  needs: { skills: Skills },
  async handle({ skillKey, agentId, content }, context) {
    await writeSkill(await find(context.skills, skillKey, agentId), content)
    context.skills.forget()
    return (await fileOf(context, skillKey, agentId)).shown
  },
})

export const update = method({
  name: "skills.update",
  scope: "admin",
  summary: "Switch a skill on or off, or change what it is given.",
  params: () =>
    z.object({
      skillKey,
      enabled: z.boolean().optional().describe("False: no agent is told of it."),
      apiKey: z.string().max(10_000).optional().describe("Its key; empty to take it away."),
      env: z
        .record(z.string(), z.string())
        .optional()
        .describe("Its variables; an empty one is taken away."),
      config: z.record(z.string(), z.unknown()).optional().describe("Settings of its own."),
    }),
  result: () =>
    z.object({
      ok: z.literal(true),
      skillKey: z.string(),
      config: z.object({ enabled: z.boolean(), hasApiKey: z.boolean(), env: z.array(z.string()) }),
    }),
  example: { skillKey: "tidy-memory", enabled: false },
  needs: { skills: Skills, settings: Settings },
  async handle({ skillKey, enabled, apiKey, env, config }, { skills, settings }) {
    const { key } = await find(skills, skillKey)
    const home = ["skills", "entries", key]
    const state = await settings.change([
      ...(enabled === undefined ? [] : [{ path: [...home, "enabled"], value: enabled }]),
      ...(apiKey === undefined ? [] : [edit([...home, "apiKey"], apiKey)]),
      ...Object.entries(env ?? {}).map(([name, value]) => edit([...home, "env", name], value)),
      ...(config === undefined ? [] : [{ path: [...home, "config"], value: config }]),
    ])
    skills.forget()
    const written = entryIn(state.composed, key)
    return {
      ok: true as const,
      skillKey: key,
      config: {
        enabled: written.enabled !== false,
        hasApiKey: Boolean(written.apiKey),
        env: Object.keys(written.env ?? {}),
      },
    }
  },
})

const edit = (path: string[], value: string) => (value ? { path, value } : { path })

interface Written {
  enabled?: boolean
  apiKey?: unknown
  env?: object
}
const entryIn = (composed: unknown, key: string): Written =>
  (composed as { skills?: { entries?: Record<string, Written> } } | null)?.skills?.entries?.[key] ??
  {}

/** A skill by its name or its key, whatever it lacks. */
export const find = async (skills: SkillLibrary, name: string, agentId?: string) => {
  const all = (await skills.of(agentId)).skills
  const wanted = name.toLowerCase()
  const found =
    all.find(({ manifest }) => manifest.name.toLowerCase() === wanted) ??
    all.find(({ key }) => key.toLowerCase() === wanted)
  if (!found) throw unknownSkill({ name, known: all.map(({ manifest }) => manifest.name) })
  return found
}
