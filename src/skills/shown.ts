import type { SkillsConfig } from "./config.ts"
import { installersFor } from "./installers.ts"
import { listed, type Skill } from "./library.ts"
import { promptCost } from "./prompt.ts"

export const states = ["ready", "disabled", "not-allowed", "not-granted", "missing"] as const
export type State = (typeof states)[number]

export const stateOf = ({ eligible, disabled, notAllowed, granted }: Skill): State => {
  if (disabled) return "disabled"
  if (notAllowed) return "not-allowed"
  if (!eligible) return "missing"
  return granted ? "ready" : "not-granted"
}

/** Characters of every prompt that this one takes up. */
export const costOfOne = (skill: Skill) => {
  const one = listed([skill])
  return one.length ? promptCost([...one, ...one]) - promptCost(one) : 0
}

/** One skill as calls and commands show it; `where` says as much of a path as may be known. */
export const shownSkill = (
  skill: Skill,
  { install }: Pick<SkillsConfig, "install">,
  where: (path: string) => string = (path) => path,
) => {
  const { manifest, key, source, missing, origin, foreign } = skill
  return {
    name: manifest.name,
    skillKey: key,
    description: manifest.description,
    emoji: manifest.emoji,
    homepage: manifest.homepage,
    source,
    filePath: where(skill.file),
    state: stateOf(skill),
    always: manifest.always,
    userInvocable: manifest.userInvocable,
    modelInvocable: !manifest.hidden,
    primaryEnv: manifest.primaryEnv,
    missing,
    promptChars: costOfOne(skill),
    foreign,
    origin: origin && { spec: origin.spec, integrity: origin.integrity, version: origin.version },
    install: installersFor(manifest, install, process.platform).map(({ id, label, command }) => ({
      id,
      label,
      command: command.join(" "),
    })),
  }
}
