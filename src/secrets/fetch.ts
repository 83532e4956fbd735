import type { FetchSecrets } from "../config/settings.ts"
import type { SecretsConfig } from "./config.ts"
import { unresolved } from "./faults.ts"
import type { Surroundings } from "./providers/answer.ts"
import { resolveRefs } from "./resolve.ts"

/** Fetches the secrets a config refers to, all or none. */
export const createFetch =
  (surroundings: Surroundings): FetchSecrets =>
  async (uses, config, env = surroundings.env) => {
    const around = { ...surroundings, env }
    const { secrets, failures } = await resolveRefs(uses, config as SecretsConfig, around)
    if (failures.length) throw unresolved({ failures })
    return secrets
  }
