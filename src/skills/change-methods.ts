import { basename, join } from "node:path"
import * as z from "zod"
import { Environment, Paths } from "../config/paths.ts"
import { Settings } from "../config/settings.ts"
import { method } from "../kernel/method.ts"
import { skills as section } from "./config.ts"
import { agentId, find, skillKey } from "./find.ts"
import { copySkill, createSkill } from "./folders.ts"
import { findInstaller, installerEnvironment, installersFor, runInstaller } from "./installers.ts"
import { Skills } from "./library.ts"
import { templateNames } from "./templates.ts"

export const create = method({
  name: "skills.create",
  scope: "admin",
  summary: "Begin a new skill in an agent's workspace.",
  params: () =>
    z.object({
      name: skillKey(),
      description: z
        .string()
        .trim()
        .max(1024)
        .default("Say when to use this skill.")
        .describe("When to use it."),
      agentId: agentId(),
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
      skillKey: skillKey(),
      agentId: agentId(),
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
      name: skillKey(),
      installId: z.string().min(1).max(64).describe("As skills.status lists it."),
      agentId: agentId(),
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

export const update = method({
  name: "skills.update",
  scope: "admin",
  summary: "Switch a skill on or off, or change what it is given.",
  params: () =>
    z.object({
      skillKey: skillKey(),
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
