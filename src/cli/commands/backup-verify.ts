import { resolve } from "node:path"
import { command } from "../command.ts"

export const backupVerify = command({
  about: "Reads all of it and compares every byte with what was written. Unpacks nothing.",
  args: {
    file: { type: "positional", required: true, description: "The backup" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [["fased backup verify fased-backup.tar.gz", "is every byte as it was written"]],
  async run({ file, json }, { out }) {
    const { verifyBackup } = await import("../../backup/verify.ts")
    const { entries, ...manifest } = await verifyBackup(resolve(file))
    if (json) return out.json({ ok: true, files: entries.length, ...manifest })
    const { createdAt, version, secrets, database, config, workspaces } = manifest
    const parts = [
      ...(database ? ["the database"] : []),
      ...(config ? ["the config"] : []),
      ...workspaces.map(({ agent }) => `the folder of agent ${agent}`),
      ...(secrets ? ["secrets"] : []),
    ]
    const made = new Date(createdAt).toISOString().slice(0, 16).replace("T", " ")
    out.print(`Sound: ${entries.length} entries, made ${made} UTC by fased ${version}`)
    out.print(`It holds ${parts.join(", ") || "nothing"}.`)
  },
})
