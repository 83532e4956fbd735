import { statSync } from "node:fs"
import * as z from "zod"
import { type Caller, method, pathFor } from "../kernel/method.ts"
import { agentId, find, skillKey } from "./find.ts"
import { writeSkill } from "./folders.ts"
import { type SkillLibrary, Skills } from "./library.ts"

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
  params: () => z.object({ skillKey: skillKey(), agentId: agentId() }),
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
      skillKey: skillKey(),
      agentId: agentId(),
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
