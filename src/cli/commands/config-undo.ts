import { ago } from "../ago.ts"
import { command, fased } from "../command.ts"
import type { Context } from "../command.ts"
import { judgeVersion, requireUsable, versionNamed, versionsOf } from "../config-backups.ts"
import { changeConfig, differencesOf } from "../config-change.ts"
import { openSettings } from "../settings.ts"
import { printable } from "../printable.ts"
import { columns } from "../table.ts"

export const configUndo = command({
  about:
    "Puts an earlier version of the config file back; the one it replaces is kept, so this can be undone as well. The last ten versions are there, and of a file that broke the one a gateway last ran on.",
  args: {
    backup: {
      type: "positional",
      required: false,
      description: "Which version, as --list names them; default: the last one",
    },
    list: { type: "boolean", description: "Only show the versions there are" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased config undo", "take the last change back"],
    ["fased config undo --list", "see what there is"],
  ],
  async run({ backup, list, json }, context) {
    if (list) return listVersions(json ?? false, context)
    const now = (await openSettings(context)).current()
    const version = versionNamed(backup, now, context)
    await requireUsable(version, context)
    await changeConfig(
      (settings) => settings.replace(version.text, { baseHash: now.hash }),
      { json, unchanged: () => `Put ${version.name} back; no setting differs.` },
      context,
    )
    const { out } = context
    if (!json)
      out.note(out.notePaint.muted(`Take this back with: ${fased(context, "config undo")}`))
  },
})

const listVersions = async (json: boolean, context: Context) => {
  const { out, paths } = context
  const now = (await openSettings(context)).current()
  const versions = await Promise.all(
    versionsOf(now, context).map(async ({ name, at }) => {
      const judged = await judgeVersion(versionNamed(name, now, context), context)
      const differs = (await differencesOf(judged, now)).map(({ path }) => path)
      return { name, at, valid: judged.values !== undefined, differs }
    }),
  )
  if (json) return out.json({ path: paths.config, versions })
  if (!versions.length) return out.print("No earlier version is kept yet.")
  const { accent, muted, bad } = out.paint
  const rows = versions.map(({ name, at, valid, differs }) => [
    [name, accent] as const,
    [ago(at, Date.now()), muted] as const,
    valid
      ? differs.length
        ? printable(`differs in ${differs.join(", ")}`, 200)
        : "says the same"
      : (["not valid any more", bad] as const),
  ])
  for (const line of columns(rows, { width: out.width })) out.print(line)
}
