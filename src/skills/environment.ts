import { controls } from "../config/control-variables.ts"
import type { Env } from "../config/paths.ts"
import { service } from "../kernel/service.ts"
import type { SkillsConfig } from "./config.ts"
import { entryOf } from "./gate.ts"
import type { Skill } from "./library.ts"

/**
 * Variables that the commands of an agent get for its skills, on top of what is set. They are in no
 * other process, and none comes from a skill that was installed from elsewhere.
 */
export type SkillEnvironment = (agentId: string) => Promise<Readonly<Record<string, string>>>
export const SkillEnvironment = service<SkillEnvironment>("skill environment")

export const variablesFor = (
  skills: readonly Skill[],
  config: SkillsConfig,
  env: Env,
): Record<string, string> => {
  const given: Record<string, string> = {}
  for (const skill of skills) {
    const entry = skill.foreign ? undefined : entryOf(skill, config)
    if (!entry) continue
    const { primaryEnv } = skill.manifest
    const wanted = {
      ...(primaryEnv && entry.apiKey && { [primaryEnv]: entry.apiKey }),
      ...entry.env,
    }
    for (const [name, value] of Object.entries(wanted))
      if (!env[name] && !controls(name) && !value.includes("\0")) given[name] ??= value
  }
  return given
}
