import type { Services } from "../kernel/service.ts"
import type { Skill, SkillLibrary } from "../skills/library.ts"
import { type Context, fased } from "./command.ts"
import type { Output } from "./output.ts"
import { printable } from "./printable.ts"

export const skillFlags = {
  agent: { type: "string", valueHint: "id", description: "Whose skills; default: the usual agent" },
  json: { type: "boolean", description: "One JSON document on stdout" },
} as const

export const nameArgument = {
  type: "positional",
  required: true,
  description: "Name of the skill",
} as const

/** The skills of this instance, read from its folders; a gateway need not run. */
export const skillsHere = async (
  context: Pick<Context, "env" | "paths">,
): Promise<{ services: Services; library: SkillLibrary }> => {
  const [{ offlineServices }, { Skills }, { Settings }, { skills }] = await Promise.all([
    import("./check-services.ts"),
    import("../skills/library.ts"),
    import("../config/settings.ts"),
    import("../skills/config.ts"),
  ])
  const services = await offlineServices(context)
  await services.get(Settings).activate([skills])
  return { services, library: services.get(Skills) }
}

/** Why a skill is not offered, in words; nothing for one that is. */
export const reasonOf = (skill: Skill): string => {
  const { disabled, notAllowed, eligible, granted, missing } = skill
  if (disabled) return "switched off"
  if (notAllowed) return "not in skills.allowBundled"
  if (eligible) return granted ? "" : "not on the agent's list"
  const lacks: [string, readonly string[]][] = [
    ["only on", missing.os],
    ["needs", missing.bins],
    ["needs one of", missing.anyBins],
    ["needs the variable", missing.env],
    ["needs the setting", missing.config],
  ]
  return lacks
    .filter(([, names]) => names.length)
    .map(([words, names]) => `${words} ${names.join(", ")}`)
    .join("; ")
}

/** What every prompt pays for the skills. */
export const costLine = (chars: number) =>
  `${chars.toLocaleString("en")} characters in every prompt, about ${Math.ceil(chars / 4).toLocaleString("en")} tokens`

export const noteBroken = (
  broken: readonly { file: string; why: string }[],
  { out }: { out: Output },
) => {
  for (const { file, why } of broken)
    out.note(`${out.notePaint.warn("warning:")} ${printable(file, 300)}: ${printable(why, 300)}`)
}

export const seeAll = (context: Context) => `See them with: ${fased(context, "skills list --all")}`
