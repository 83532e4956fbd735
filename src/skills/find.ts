import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { unknownSkill } from "./faults.ts"
import type { SkillLibrary } from "./library.ts"

/** How a call names an agent, and a skill of it. */
export const agentId = onFirstUse(() =>
  z.string().max(64).optional().describe("Agent; unset, the default one."),
)
export const skillKey = onFirstUse(() =>
  z.string().min(1).max(64).describe("Name of the skill, or the key it gives itself."),
)

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
