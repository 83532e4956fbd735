import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { z } from "zod"
import { systemClock } from "../../src/kernel/clock.ts"
import type { SecretRef } from "../../src/kernel/secret.ts"
import { secrets as section } from "../../src/secrets/config.ts"
import { resolveRefs } from "../../src/secrets/resolve.ts"

type Settings = z.input<typeof section.schema>

/** A folder with files and commands that providers read, and gone when the test is. */
export const vault = () => {
  const folder = mkdtempSync(join(tmpdir(), "fased-secrets-"))
  const file = (name: string, text: string, mode = 0o600) => {
    const path = join(folder, name)
    writeFileSync(path, text, { mode })
    return path
  }
  return {
    folder,
    file,
    /** A command in the words of the shell; `$input` is what it was asked. */
    command: (name: string, script: string) => file(name, `#!/bin/sh\n${script}\n`, 0o700),
    /** A command that answers with `value-of-<id>` for every id. */
    echoing: (name: string) =>
      file(
        name,
        `#!${process.execPath}
const asked = await Bun.stdin.json()
const values = Object.fromEntries(asked.ids.map((id) => [id, "value-of-" + id]))
console.log(JSON.stringify({ protocolVersion: 1, values }))
`,
        0o700,
      ),
    /** What comes of the references, by the path of the setting that holds them. */
    async resolve(
      refs: Record<string, SecretRef>,
      settings: Settings = {},
      env: Record<string, string | undefined> = {},
    ) {
      const uses = Object.entries(refs).map(([path, ref]) => ({ path, ref }))
      const { secrets, failures } = await resolveRefs(uses, section.schema.parse(settings), {
        env,
        clock: systemClock,
        paths: { home: folder, state: folder },
      })
      return { secrets: Object.fromEntries(secrets), failures }
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** One reference and its setting's path. */
export const only = (source: SecretRef["source"], id: string, provider?: string) => ({
  "models.providers.x.apiKey": { source, id, ...(provider && { provider }) },
})
