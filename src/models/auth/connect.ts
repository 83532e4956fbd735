import type { Env } from "../../config/paths.ts"
import type { KnownProvider } from "../catalog.ts"
import { type Connection, findKeys } from "../connection.ts"
import type { Secret } from "./keys.ts"
import type { ModelAuth } from "./service.ts"
import type { Way } from "./ways.ts"

/** A connection by one way. The key of a profile is fetched, or renewed, for each request. */
export interface Entered {
  connection: Connection
  secret?: () => Promise<Secret>
}

export const enter = (
  connection: Connection,
  way: Way | undefined,
  { provider, env, auth }: { provider: KnownProvider; env: Env; auth: ModelAuth | undefined },
): Entered => {
  if (way?.profile && auth) {
    const { profile } = way
    let last: string | undefined
    return {
      connection: {
        ...connection,
        keyName: `the auth profile ${way.id}`,
        // What was sent last is what a provider's words are cleaned of.
        get key() {
          return last
        },
      },
      async secret() {
        const secret = await auth.keys.current(profile)
        last = secret.key
        return secret
      },
    }
  }
  const found = way && findKeys(provider, env).find(({ name }) => name === way.id)
  return { connection: found ? { ...connection, key: found.key, keyName: found.name } : connection }
}
