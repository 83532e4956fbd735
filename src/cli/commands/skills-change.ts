import { join } from "node:path"
import { command, fased } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { confirmed } from "../confirmed.ts"
import { printable } from "../printable.ts"
import { nameArgument, skillFlags, skillsHere } from "../skills-here.ts"

const { json, agent } = skillFlags
const yes = { type: "boolean", alias: "y", description: "Do not ask" } as const

const found = async (
  name: string,
  agent: string | undefined,
  context: Parameters<typeof skillsHere>[0],
) => {
  const { library, services } = await skillsHere(context)
  const { find } = await import("../../skills/find.ts")
  return { services, skill: await find(library, name, agent) }
}

const switching = (enabled: boolean) =>
  command({
    args: { name: nameArgument, json },
    examples: [
      [`fased skills ${enabled ? "enable" : "disable"} tidy-memory`, "from the next message on"],
    ],
    async run({ name, json }, context) {
      const { skill } = await found(name, undefined, context)
      await changeConfig(
        (settings) =>
          settings.change([{ path: ["skills", "entries", skill.key, "enabled"], value: enabled }]),
        { json, unchanged: () => `${skill.manifest.name} is ${enabled ? "on" : "off"} already.` },
        context,
      )
    },
  })

export const skillsEnable = switching(true)
export const skillsDisable = switching(false)

export const skillsCreate = command({
  about: "Begins a skill in the agent's workspace; then write its steps.",
  args: {
    name: { ...nameArgument, description: "Name of the new skill" },
    description: { type: "string", valueHint: "text", description: "When to use it, in one line" },
    template: {
      type: "enum",
      options: ["general", "research", "tool"],
      description: "What it begins with",
      default: "general",
    },
    agent,
    json,
  },
  examples: [
    ['fased skills create notes --description "Write release notes."', "a skill of one's own"],
  ],
  async run({ name, description, template, agent, json }, context) {
    const { out } = context
    const { library } = await skillsHere(context)
    const { createSkill } = await import("../../skills/folders.ts")
    const { workspace } = await library.of(agent)
    const file = createSkill(join(workspace, "skills"), {
      name,
      description: description?.trim() || "Say when to use this skill.",
      template: template as "general",
    })
    if (json) return out.json({ ok: true, name, filePath: file })
    out.print(`${out.paint.good("created")} ${printable(file, 400)}`)
    out.print(`Write its steps there; then: ${fased(context, `skills info ${name}`)}`)
  },
})

export const skillsRemove = command({
  about:
    "Removes the folder of a skill of one's own. One that comes with fased is switched off instead.",
  args: { name: nameArgument, agent, yes, json },
  examples: [["fased skills remove mail --yes", "its folder, and all that is in it"]],
  async run({ name, agent, yes, json }, context) {
    const { out } = context
    const { skill } = await found(name, agent, context)
    const { removeSkill, requireOwn } = await import("../../skills/folders.ts")
    requireOwn(skill)
    await confirmed(`Remove ${printable(skill.folder, 300)} and all that is in it?`, {
      yes,
      context,
      words: `skills remove ${name} --yes`,
    })
    await removeSkill(skill)
    if (json) return out.json({ ok: true, name: skill.manifest.name, folder: skill.folder })
    out.print(`${out.paint.good("removed")} ${printable(skill.folder, 300)}`)
  },
})

export const skillsSetup = command({
  about: "Installs the programs a skill needs, by one of the ways it names.",
  args: {
    name: nameArgument,
    with: { type: "string", valueHint: "id", description: "Which way; default: the first" },
    agent,
    yes,
    json,
  },
  examples: [["fased skills setup github", "shows the command, and runs it after a yes"]],
  async run({ name, with: id, agent, yes, json }, context) {
    const { out, env, paths } = context
    const { skill, services } = await found(name, agent, context)
    const [installers, { skills: section }] = await Promise.all([
      import("../../skills/installers.ts"),
      import("../../skills/config.ts"),
    ])
    const ways = installers.installersFor(
      skill.manifest,
      services.get(section).install,
      process.platform,
    )
    const way = installers.findInstaller(ways, id ?? ways[0]?.id ?? "")
    await confirmed(`Run: ${printable(way.command.join(" "), 300)}?`, {
      yes,
      context,
      words: `skills setup ${name} --with ${way.id} --yes`,
    })
    const done = await installers.runInstaller(way, {
      env: installers.installerEnvironment(env),
      folder: paths.home,
      signal: AbortSignal.timeout(1_800_000),
      timeoutMs: 1_800_000,
    })
    if (json) out.json(done)
    else out.print(printable(done.message, 400))
    if (!done.ok && !json)
      for (const line of done.output.split("\n").slice(-20)) out.note(printable(line, 400))
    return done.ok ? 0 : 1
  },
})
