import {
  type AnyCommand,
  command,
  type CommandAnswer,
  type CommandContext,
} from "../kernel/command.ts"
import { InvokeTool } from "../tools/invoke.ts"
import { unknownSkill } from "./faults.ts"
import { type Skill, type SkillLibrary, Skills } from "./library.ts"

/** `/skill <name> [input]`: any skill the agent has, by its name. */
export const skillCommand = command({
  name: "skill",
  description: "Use a skill, or list the skills there are.",
  usage: "[<name> [input]]",
  authority: "anyone",
  needs: { skills: Skills, invoke: InvokeTool },
  async run(args, context) {
    const { usable } = await context.skills.of(context.agentId)
    const callable = usable.filter(({ manifest }) => manifest.userInvocable)
    const [name = "", ...rest] = args.split(/\s+/)
    if (!name) return { say: listOf(callable) }
    const skill = callable.find(({ manifest }) => sameName(manifest.name, name))
    if (!skill) throw unknownSkill({ name, known: callable.map(({ manifest }) => manifest.name) })
    return use(skill, rest.join(" "), name, context)
  },
})

/** What is typed for these commands, so that no skill takes a word of theirs. */
export const wordsOf = (commands: readonly AnyCommand[]) => [
  "help",
  "commands",
  ...commands.flatMap(({ name, aliases }) => [name, ...aliases]),
]

/** A command for each skill that people may call, under a name that fits every network's menu. */
export const skillCommands =
  (skills: SkillLibrary, taken: readonly string[]) =>
  async (agentId?: string): Promise<readonly AnyCommand[]> => {
    const { usable } = await skills.of(agentId)
    const names = new Set(taken)
    return usable
      .filter(({ manifest }) => manifest.userInvocable)
      .map((skill) =>
        command({
          name: slashName(skill.manifest.name, names),
          description: skill.manifest.description.slice(0, 100).toWellFormed(),
          usage: "[input]",
          authority: "anyone",
          needs: { invoke: InvokeTool },
          run: (args, context) => use(skill, args, slashed(skill.manifest.name), context),
        }),
      )
  }

/** Asks the model to follow the skill, or calls the tool it names, as its author chose. */
const use = async (
  { manifest: { name, tool }, file }: Skill,
  input: string,
  commandName: string,
  { invoke, agentId, sessionKey, owner, signal }: CommandContext & { invoke: InvokeTool },
): Promise<CommandAnswer> => {
  if (!tool) {
    const task = input ? `What is asked for:\n\n${input}` : "Nothing more was said with it."
    return { ask: `Use the skill "${name}": read ${file} and follow it.\n\n${task}` }
  }
  const done = await invoke({
    tool,
    args: { command: input, commandName, skillName: name },
    standing: { agentId, sessionKey, owner, surface: "chat" },
    signal,
  })
  if (done.kind === "done" || done.kind === "refused") return { say: done.text || "Done." }
  if (done.kind === "failed")
    return { say: `${tool} failed unexpectedly. The log has the details.` }
  return { say: `/${commandName} needs the tool ${tool}, which may not be used here.` }
}

const listOf = (skills: readonly Skill[]) =>
  skills.length
    ? skills
        .map(({ manifest }) => `- \`/skill ${manifest.name}\` ${manifest.description}`)
        .join("\n")
    : "This agent has no skills. See why with: fased skills list"

const sameName = (name: string, typed: string) =>
  name.toLowerCase() === typed.toLowerCase() || slashed(name) === slashed(typed)

const mostName = 32
const slashed = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, mostName) || "skill"

/** The next free one: `name`, `name_2`, `name_3`, … */
const slashName = (name: string, taken: Set<string>): string => {
  const plain = slashed(name)
  let free = plain
  for (let number = 2; taken.has(free); number++)
    free = `${plain.slice(0, mostName - String(number).length - 1)}_${number}`
  taken.add(free)
  return free
}
