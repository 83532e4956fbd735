import { command } from "../command.ts"
import { printable } from "../printable.ts"
import {
  costLine,
  nameArgument,
  noteBroken,
  reasonOf,
  seeAll,
  skillFlags,
  skillsHere,
} from "../skills-here.ts"
import { columns, table } from "../table.ts"

const snapshotOf = async (agent: string | undefined, context: Parameters<typeof skillsHere>[0]) => {
  const { library, services } = await skillsHere(context)
  const [{ skills: section }, { shownSkill, costOfOne }, { costOfAll }] = await Promise.all([
    import("../../skills/config.ts"),
    import("../../skills/shown.ts"),
    import("../../skills/library.ts"),
  ])
  const snapshot = await library.of(agent)
  const config = services.get(section)
  return {
    ...snapshot,
    library,
    costOfOne,
    promptChars: costOfAll(snapshot),
    shown: snapshot.skills.map((skill) => shownSkill(skill, config)),
  }
}

export const skillsList = command({
  args: {
    ...skillFlags,
    all: { type: "boolean", description: "Also those that are switched off or lack something" },
    eligible: { type: "boolean", description: "Only those that agents are told of (the default)" },
  },
  examples: [
    ["fased skills list", "what agents can load, and what it costs"],
    ["fased skills list --all", "also what is missing from the others"],
  ],
  async run({ agent, json, all, eligible }, context) {
    const { out } = context
    const { skills, shown, broken, shadowed, promptChars, costOfOne, agentId } = await snapshotOf(
      agent,
      context,
    )
    const files = shadowed.map(({ manifest, file }) => ({ name: manifest.name, filePath: file }))
    if (json) {
      const listed = shown.filter(({ state }) => !eligible || state === "ready")
      return out.json({ agentId, promptChars, skills: listed, shadowed: files, broken })
    }
    const offered = skills.filter((skill) => skill.eligible && skill.granted)
    const { accent, muted, good, warn } = out.paint
    const rows = (all ? skills : offered).map((skill) => {
      const reason = reasonOf(skill)
      return [
        [printable(skill.manifest.name, 64), accent] as const,
        reason ? ([printable(reason, 60), warn] as const) : (["ready", good] as const),
        skill.source,
        String(reason ? 0 : costOfOne(skill)),
        printable(skill.manifest.description, 200),
      ]
    })
    const head = ["SKILL", "STATE", "FROM", "CHARS", "FOR"]
    for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
    out.print(muted(`${offered.length} skills, ${costLine(promptChars)}.`))
    const rest = skills.length - offered.length
    if (!all && rest) out.print(muted(`${rest} more cannot be used now. ${seeAll(context)}`))
    noteBroken(broken, context)
  },
})

export const skillsInfo = command({
  args: { name: nameArgument, ...skillFlags },
  examples: [["fased skills info fased", "where it lies, what it asks for, what it lacks"]],
  async run({ name, agent, json }, context) {
    const { out } = context
    const { library, shown, costOfOne } = await snapshotOf(agent, context)
    const { find } = await import("../../skills/find.ts")
    const skill = await find(library, name, agent)
    const one = shown.find(({ filePath }) => filePath === skill.file)!
    if (json) return out.json(one)
    const { asksOf } = await import("../../skills/install/install.ts")
    const { heading, muted, accent } = out.paint
    const reason = reasonOf(skill)
    out.print(heading(printable(`${one.emoji ? `${one.emoji} ` : ""}${one.name}`, 80)))
    out.print(`  ${printable(one.description, 1200)}`)
    const asks = asksOf(skill.manifest)
    const facts: [string, string][] = [
      ["State", reason || "ready"],
      ["File", one.filePath],
      ["From", one.origin ? `${one.source}, installed from ${one.origin.spec}` : one.source],
      ...(one.origin ? ([["Digest", one.origin.integrity]] as [string, string][]) : []),
      ...(one.homepage ? ([["Page", one.homepage]] as [string, string][]) : []),
      ["Asks for", asks.join(", ") || "nothing"],
      ["Keys", one.foreign ? "given none: it came from elsewhere" : "those of skills.entries"],
      ["Cost", costLine(costOfOne(skill))],
    ]
    const rows = facts.map(([title, text]) => [[title, muted] as const, printable(text, 600)])
    for (const line of columns(rows, { indent: "  ", width: out.width })) out.print(line)
    for (const { id, command: words } of one.install)
      out.print(
        `  ${muted("Install what it needs:")} ${accent(printable(words, 200))} ${muted(`(fased skills setup ${one.name} --with ${id})`)}`,
      )
  },
})

export const skillsCheck = command({
  about: "Exit code 1 when a skill cannot be read.",
  args: skillFlags,
  examples: [["fased skills check", "how many can be used, and what the others lack"]],
  async run({ agent, json }, context) {
    const { out } = context
    const { skills, broken, shadowed } = await snapshotOf(agent, context)
    const lacking = skills.flatMap((skill) => {
      const reason = reasonOf(skill)
      return reason ? [{ name: skill.manifest.name, reason }] : []
    })
    const ready = skills.length - lacking.length
    if (json) out.json({ ok: !broken.length, ready, lacking, broken, shadowed: shadowed.length })
    else {
      out.print(`${ready} of ${skills.length} skills can be used.`)
      for (const { name, reason } of lacking)
        out.print(`  ${out.paint.accent(printable(name, 64))}: ${printable(reason, 300)}`)
      for (const { manifest, file } of shadowed)
        out.print(`  ${printable(file, 300)} is hidden by another ${printable(manifest.name, 64)}`)
      noteBroken(broken, context)
    }
    return broken.length ? 1 : 0
  },
})
