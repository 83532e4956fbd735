import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as z from "zod"
import { writeFileAtomic } from "../store/files.ts"

const stored = z.object({
  version: z.literal(1),
  /** By address, then by role. */
  gateways: z.record(
    z.string(),
    z.record(z.string(), z.object({ deviceId: z.string(), token: z.string() })),
  ),
})

type Stored = z.infer<typeof stored>

const fileOf = (state: string) => join(state, "identity", "device-auth.json")

/** Everything kept; nothing where the file is missing or cannot be read. */
export const storedTokens = (state: string): Stored | undefined => {
  try {
    return stored.parse(JSON.parse(readFileSync(fileOf(state), "utf8")))
  } catch {
    return undefined
  }
}

/**
 * The tokens by which gateways elsewhere know this device again: `<state>/identity/device-auth.json`,
 * owner only. A file that cannot be read holds none; a gateway gives a new one for the asking.
 */
export const deviceTokens = (state: string, deviceId: string, role = "operator") => {
  const path = fileOf(state)
  const read = (): Stored => storedTokens(state) ?? { version: 1, gateways: {} }
  const write = (url: string, entry: { deviceId: string; token: string } | undefined) => {
    const { gateways } = read()
    const { [role]: _, ...others } = gateways[keyOf(url)] ?? {}
    const roles = entry ? { ...others, [role]: entry } : others
    const all = { version: 1, gateways: { ...gateways, [keyOf(url)]: roles } }
    writeFileAtomic(path, `${JSON.stringify(all, null, 2)}\n`)
  }
  return {
    of(url: string): string | undefined {
      const entry = read().gateways[keyOf(url)]?.[role]
      return entry?.deviceId === deviceId ? entry.token : undefined
    },
    keep: (url: string, token: string) => write(url, { deviceId, token }),
    forget: (url: string) => write(url, undefined),
  }
}

const keyOf = (url: string) => new URL(url).href.replace(/\/+$/, "")
