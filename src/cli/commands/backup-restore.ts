import { resolve } from "node:path"
import type { RestorePlan } from "../../backup/restore.ts"
import { command, fased } from "../command.ts"
import type { Context } from "../command.ts"
import { confirmed } from "../confirmed.ts"

export const backupRestore = command({
  about:
    "Proves the whole archive first, then puts its parts in place one by one. What was there is " +
    "kept in a dated folder. The gateway must be stopped.",
  args: {
    file: { type: "positional", required: true, description: "The backup" },
    "dry-run": { type: "boolean", description: "Say what would be put where; change nothing" },
    yes: { type: "boolean", description: "Do not ask" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased backup restore fased-backup.tar.gz --dry-run", "see what it would put where"],
    ["fased backup restore fased-backup.tar.gz", "put it back, after a question"],
  ],
  async run({ file, "dry-run": dryRun, yes, json }, context) {
    const { out, paths } = context
    const [{ planRestore, restoreBackup }, { migrations }] = await Promise.all([
      import("../../backup/restore.ts"),
      import("../../registry/migrations.ts"),
    ])
    const options = {
      archive: resolve(file),
      paths,
      migrations: migrations.map(({ id }) => id),
      now: Date.now(),
    }
    const plan = await planRestore(options)
    if (!json) for (const line of planned(plan)) out.print(line)
    if (dryRun) return json ? out.json({ dryRun: true, ...describe(plan) }) : undefined
    await confirmed("Put it in place of what is there?", {
      yes,
      context,
      words: `backup restore ${file} --yes`,
    })
    const { kept } = await restoreBackup(options)
    if (json) return out.json({ kept, ...describe(plan) })
    out.print(kept ? `Restored. What was there is in ${kept}` : "Restored.")
    for (const line of afterwards(plan, context)) out.print(line)
  },
})

const planned = ({ manifest, parts }: RestorePlan) => [
  `A backup of ${new Date(manifest.createdAt).toISOString().slice(0, 16).replace("T", " ")} UTC, ` +
    `made by fased ${manifest.version}${manifest.secrets ? ", secrets included" : ""}:`,
  ...parts.map(({ what, to }) => `  ${what} → ${to}`),
]

const describe = ({ manifest, parts, moved }: RestorePlan) => ({
  createdAt: manifest.createdAt,
  version: manifest.version,
  parts: parts.map(({ what, to }) => ({ what, to })),
  toSetAgain: manifest.config?.masked ?? [],
  missing: manifest.config?.leftOut ?? [],
  moved,
})

const afterwards = ({ manifest, moved }: RestorePlan, context: Context) => [
  ...(manifest.config?.masked.length ? ["To be set again, for they are not in the backup:"] : []),
  ...(manifest.config?.masked ?? []).map(
    ({ path, variable }) =>
      `  ${fased(context, `secrets set ${path}`)}   (or ${variable}= in ${context.paths.state}/.env)`,
  ),
  ...(manifest.config?.leftOut ?? []).map(
    (file) => `The config includes ${file}, which is not in the backup: put it there yourself.`,
  ),
  ...(manifest.secrets || !manifest.database
    ? []
    : ["Devices and browsers have to sign in again; their keys are not in the backup."]),
  ...moved.map(
    ({ agent, was, to }) =>
      `The folder of agent ${agent} lay in ${was}; it is in ${to} now. Move it back if you want it there.`,
  ),
]
