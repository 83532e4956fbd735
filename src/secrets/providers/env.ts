import { join } from "node:path"
import type { EnvConfig } from "../config.ts"
import { answerEach, type Provider, type Surroundings } from "./answer.ts"

/** Reads variables of the environment, the state folder's `.env` included. */
export const envProvider =
  (name: string, { allowlist }: EnvConfig, { env, paths }: Surroundings): Provider =>
  async (ids) =>
    answerEach(ids, (id) => {
      if (allowlist && !allowlist.includes(id))
        return {
          reason: `the allowlist of the provider "${name}" leaves ${id} out`,
          next: `add it to secrets.providers.${name}.allowlist`,
        }
      const value = Object.hasOwn(env, id) ? env[id] : undefined
      if (value === undefined)
        return {
          reason: `the environment variable ${id} is not set`,
          next: `set it for the gateway, or in ${join(paths.state, ".env")}`,
        }
      return { value }
    })

/** Variables with a meaning of their own to us; `FASED_LIVE_*` are keys like any other. */
export const isOurOwn = (variable: string) => /^FASED_(?!LIVE_)/.test(variable)
