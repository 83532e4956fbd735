import { command, fased } from "../command.ts"
import type { Context } from "../command.ts"
import { confirmed } from "../confirmed.ts"
import { printable } from "../printable.ts"
import { nameArgument, skillFlags, skillsHere } from "../skills-here.ts"

const { json } = skillFlags
const yes = { type: "boolean", alias: "y", description: "Do not ask" } as const
const dryRun = { type: "boolean", description: "Only look it through; write nothing" } as const

/** Brings a skill into memory and looks it through. */
const judged = async (
  spec: string,
  { integrity, context }: { integrity?: string; context: Context },
) => {
  const { services, library } = await skillsHere(context)
  const [{ fetchSkill }, { judgeFetched }, { GuardedFetch }] = await Promise.all([
    import("../../skills/install/fetched.ts"),
    import("../../skills/install/install.ts"),
    import("../../net/guarded-fetch.ts"),
  ])
  const fetched = await fetchSkill(spec, {
    integrity,
    fetch: services.get(GuardedFetch),
    signal: AbortSignal.timeout(180_000),
    cwd: process.cwd(),
  })
  return { judged: await judgeFetched(fetched), library }
}

const place = async (
  skill: Awaited<ReturnType<typeof judged>>["judged"],
  force: boolean,
  { paths }: Context,
) => {
  const [{ placeSkill }, { managedFolder }] = await Promise.all([
    import("../../skills/install/install.ts"),
    import("../../skills/places.ts"),
  ])
  return placeSkill(skill, managedFolder(paths), { force, now: Date.now() })
}

export const skillsInstall = command({
  about:
    "From a folder, an archive (zip, tar, tar.gz; a file or an https address) or npm:<package>. An archive needs its digest. All of it is looked through before anything is written, and nothing of it is run.",
  args: {
    spec: { type: "positional", required: true, description: "Where it comes from" },
    integrity: {
      type: "string",
      valueHint: "digest",
      description: "sha256:<hex> or sha512-<base64>",
    },
    force: { type: "boolean", description: "Replace one of its name" },
    "dry-run": dryRun,
    yes,
    json,
  },
  examples: [
    ["fased skills install ./mail", "a folder with a SKILL.md"],
    ["fased skills install mail.zip@sha256:…", "an archive, if it is the one that was meant"],
    ["fased skills install npm:@me/mail-skill", "a package; its scripts are not run"],
  ],
  async run({ spec, integrity, force, "dry-run": dry, yes, json }, context) {
    const { out } = context
    const { judged: skill } = await judged(spec, { integrity, context })
    const { asksOf } = await import("../../skills/install/install.ts")
    const { manifest, files } = skill
    const asks = asksOf(manifest)
    const facts = {
      name: manifest.name,
      description: manifest.description,
      files: files.length,
      integrity: skill.integrity,
      version: skill.version,
      asks,
    }
    if (dry && json) return out.json({ ok: true, dryRun: true, ...facts })
    if (!json) {
      out.print(`${out.paint.accent(manifest.name)}: ${printable(manifest.description, 600)}`)
      out.print(`  ${files.length} files, ${skill.integrity}`)
      out.print(`  Asks for ${printable(asks.join(", ") || "nothing", 600)}.`)
    }
    if (dry) return out.print("Nothing was written.")
    const words = `skills install ${spec}${integrity ? ` --integrity ${integrity}` : ""} --yes`
    await confirmed("Install it? Agents then follow what it says.", { yes, context, words })
    const { folder } = await place(skill, force ?? false, context)
    if (json) return out.json({ ok: true, ...facts, folder })
    out.print(`${out.paint.good("installed")} ${printable(folder, 300)}`)
    out.print(`See what it still needs: ${fased(context, `skills info ${manifest.name}`)}`)
  },
})

export const skillsUpdate = command({
  about:
    "Fetches the newest version of skills that came from npm. One that asks for more than before needs a yes of its own.",
  args: {
    name: { ...nameArgument, required: false, description: "Only this one; default: all" },
    "approve-permission-change": {
      type: "boolean",
      description: "Let the newer version ask for more than the one that is here",
    },
    "dry-run": dryRun,
    json,
  },
  examples: [["fased skills update", "every skill that came from npm"]],
  async run({ name, "approve-permission-change": approve, "dry-run": dry, json }, context) {
    const { out } = context
    const { library } = await skillsHere(context)
    const { find } = await import("../../skills/find.ts")
    const { requireSameAsks } = await import("../../skills/install/install.ts")
    const skills = name ? [await find(library, name)] : (await library.of()).skills
    const results: { name: string; from?: string; to?: string }[] = []
    for (const skill of skills) {
      if (skill.source !== "managed" || !skill.origin?.spec.startsWith("npm:")) continue
      const { judged: newer } = await judged(skill.origin.spec, { context })
      if (newer.integrity === skill.origin.integrity) continue
      if (newer.manifest.name !== skill.manifest.name) continue
      if (!approve) requireSameAsks(skill.manifest, newer.manifest)
      if (!dry) await place(newer, true, context)
      results.push({ name: skill.manifest.name, from: skill.origin.version, to: newer.version })
    }
    if (json) return out.json({ ok: true, dryRun: Boolean(dry), updated: results })
    if (!results.length) return out.print("Every skill that came from npm is the newest.")
    for (const { name, from = "", to = "" } of results)
      out.print(`${out.paint.good(dry ? "newer" : "updated")} ${name} ${from} → ${to}`)
  },
})
