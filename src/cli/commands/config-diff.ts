import type { Difference } from "../../config/diff.ts"
import { configInvalid } from "../../config/faults.ts"
import { command } from "../command.ts"
import type { Context } from "../command.ts"
import { describeSetting, differencesOf } from "../config-change.ts"
import { printable } from "../printable.ts"
import { openSettings } from "../settings.ts"

export const configDiff = command({
  about:
    "From an earlier version, or what the running gateway uses, to the file as it is now. Secrets are masked.",
  args: {
    backup: {
      type: "positional",
      required: false,
      description: "A backup by name (see: fased config undo --list); default: the last one",
    },
    running: { type: "boolean", description: "Compare with what the running gateway uses" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased config diff", "what the last change was"],
    ["fased config diff --running", "what the gateway has not taken up"],
  ],
  async run({ backup, running, json }, context) {
    const { out, paths } = context
    const { from, differences } = await (running ? fromRunning : fromBackup)(context, backup)
    if (json) return out.json({ from, to: paths.config, differences })
    if (!differences.length) return out.print(`No setting differs from ${printable(from)}.`)
    const { good, bad, accent, muted } = out.paint
    out.print(muted(`from ${printable(from)}`))
    out.print(muted(`to   ${printable(paths.config)}`))
    for (const { path, before, after } of differences) {
      out.print(accent(printable(path)))
      if (before !== undefined) out.print(bad(`  - ${describeSetting(before)}`))
      if (after !== undefined) out.print(good(`  + ${describeSetting(after)}`))
    }
  },
})

interface Compared {
  from: string
  differences: readonly Difference[]
}

const fromBackup = async (context: Context, name: string | undefined): Promise<Compared> => {
  const { judgeVersion, versionNamed } = await import("../config-backups.ts")
  const now = (await openSettings(context)).current()
  const version = versionNamed(name, now, context)
  const differences = await differencesOf(await judgeVersion(version, context), now)
  return { from: version.name, differences }
}

/** Both sides with defaults and `${VAR}` replaced: what counts. Secrets are told by neither. */
const fromRunning = async (context: Context): Promise<Compared> => {
  const [{ runningSettings }, { shownSettings }, { redactConfig }, { shownDifferences }, all] =
    await Promise.all([
      import("../config-running.ts"),
      import("../../config/load.ts"),
      import("../../config/redact.ts"),
      import("../../config/diff.ts"),
      import("../../registry/sections.ts"),
    ])
  const { sections } = all
  const now = (await openSettings(context)).current()
  if (!now.values) throw configInvalid(now)
  const { name, settings } = await runningSettings(context)
  const masked = redactConfig({ ...shownSettings(now, sections) }, sections)
  return { from: name, differences: shownDifferences(settings, masked, sections) }
}
