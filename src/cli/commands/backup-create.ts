import { statSync } from "node:fs"
import { join, resolve } from "node:path"
import { stamp } from "../../backup/stamp.ts"
import { wholeNumber } from "../arguments.ts"
import { workspacesOf } from "../backup-workspaces.ts"
import { command, fased } from "../command.ts"
import { openSettings } from "../settings.ts"

export const backupCreate = command({
  about:
    "Writes one archive of this instance: the database as it is at this moment, the config and the " +
    "agents' folders. A running gateway goes on. Secrets stay out of it unless they are asked for.",
  args: {
    output: {
      type: "string",
      alias: "o",
      valueHint: "path",
      description: "The file, or a folder for it (default: here, named by the date)",
    },
    "include-secrets": {
      type: "boolean",
      description: "Keep .env, secrets.json, keys and the config's secrets in it too",
    },
    workspaces: {
      type: "boolean",
      default: true,
      description: "Leave the agents' folders out",
    },
    "max-size": {
      type: "string",
      valueHint: "MB",
      description: "Most of one agent's folder (default 2000)",
    },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased backup create", "into this folder"],
    ["fased backup create -o /mnt/disk --include-secrets", "everything, onto another disk"],
  ],
  async run(args, context) {
    const { out, paths, version } = context
    const { "include-secrets": includeSecrets = false, json } = args
    const [{ createBackup }, { sections, secretTables }, settings] = await Promise.all([
      import("../../backup/create.ts"),
      import("../../registry.ts"),
      openSettings(context),
    ])
    const now = Date.now()
    const output = fileIn(
      args.output ?? ".",
      `fased-${paths.profile ?? "backup"}-${stamp(now)}.tar.gz`,
    )
    const { manifest, size } = await createBackup({
      paths,
      version,
      now,
      config: settings.current(),
      sections,
      secretTables,
      workspaces: args.workspaces ? workspacesOf(settings, context) : [],
      output,
      includeSecrets,
      most: (wholeNumber("--max-size", args["max-size"], { min: 1 }) ?? 2000) * 1e6,
    })
    const leftOut = manifest.config?.masked.map(({ path }) => path) ?? []
    if (json) {
      const { entries, ...about } = manifest
      return out.json({ file: output, size, files: entries.length, ...about })
    }
    out.print(`Wrote ${output} (${inWords(size)}, ${manifest.entries.length} entries)`)
    if (includeSecrets) out.print("It holds your secrets: keep it where only you can read it.")
    else {
      const named = leftOut.length ? ` (${leftOut.join(", ")})` : ""
      out.print(`Secrets are not in it${named}; they would have to be set again.`)
    }
    for (const file of includeSecrets ? [] : (manifest.config?.leftOut ?? []))
      out.print(`Not in it: ${file}, which the config includes and which may hold secrets.`)
    out.print(`Check it at any time: ${fased(context, `backup verify ${output}`)}`)
  },
})

const fileIn = (path: string, name: string) => {
  const full = resolve(path)
  return statSync(full, { throwIfNoEntry: false })?.isDirectory() ? join(full, name) : full
}

const inWords = (bytes: number) =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1e6).toFixed(1)} MB`
