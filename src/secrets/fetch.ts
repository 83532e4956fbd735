import type { Env } from "../config/paths.ts"
import type { FetchSecrets } from "../config/settings.ts"
import type { Clock } from "../kernel/clock.ts"
import { unresolved, type Unresolved } from "./faults.ts"

/** Fetches the secrets a config refers to, all or none. */
export const createFetch =
  ({ env }: { env: Env; clock: Clock }): FetchSecrets =>
  async (refs) => {
    const secrets = new Map<string, string>()
    const failures: Unresolved[] = []
    for (const { path, ref } of refs) {
      const value = ref.source === "env" ? env[ref.id] : undefined
      if (value) secrets.set(path, value)
      else failures.push({ path, reason: `${ref.source} has no "${ref.id}"` })
    }
    if (failures.length) throw unresolved({ failures })
    return secrets
  }
