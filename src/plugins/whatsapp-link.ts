import { chmodSync, existsSync, readdirSync, renameSync } from "node:fs"
import { join } from "node:path"
import { Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { stateUsable } from "../store/state-checks.ts"
import { privateFolder } from "../store/files.ts"

/** What Baileys writes beside `creds.json`. Others kept files of theirs in the same folder. */
const ofWhatsapp =
  /^(?:creds\.json(?:\.bak)?|(?:pre-key|session|sender-key|sender-key-memory|app-state-sync-key|app-state-sync-version|lid-mapping|device-list|tctoken|identity-key)-.+\.json)$/

/** Older versions kept the one account's files in the folder of all credentials. */
export const whatsappLinkMoved = check({
  id: "plugins.whatsapp-link",
  title: "What links WhatsApp lies where it is read",
  severity: "warn",
  after: [stateUsable],
  needs: { paths: Paths },
  detect({ paths: { state } }) {
    const from = join(state, "credentials")
    const to = join(from, "whatsapp", "default")
    if (!existsSync(join(from, "creds.json")) || existsSync(join(to, "creds.json"))) return null
    return { from, to, names: readdirSync(from).filter((name) => ofWhatsapp.test(name)) }
  },
  explain: ({ from, to }) =>
    `What links the account of WhatsApp lies in ${from}, as an older version kept it; it is read from ${to}.`,
  fix: {
    migration: true,
    describe: ({ names, to }) => `Move ${names.length} files to ${to}.`,
    touches: ({ from, names }) => [
      ...names.map((name) => join(from, name)),
      { inside: join(from, "whatsapp") },
    ],
    apply({ from, to, names }) {
      privateFolder(to)
      for (const name of names) {
        renameSync(join(from, name), join(to, name))
        chmodSync(join(to, name), 0o600)
      }
    },
  },
})
