import type { ConnectContext } from "../kernel/connect-context.ts"
import { service } from "../kernel/service.ts"
import { badPath, pathTaken } from "./account-faults.ts"

type Handler = Parameters<ConnectContext["mount"]>[1]
type Admits = Parameters<ConnectContext["mount"]>[2]

export interface Mounted {
  /** The account whose requests they are: `telegram/default`. */
  owner: string
  handler: Handler
  admits: Admits
}

/** Paths on the gateway's port where networks deliver. Each asks for a proof of its own. */
export interface Mounts {
  at(path: string): Mounted | undefined
  /** Throws `channels.path-taken` when another account has it. */
  mount(owner: string, path: string, handler: Handler, admits?: Admits): () => void
}
export const Mounts = service<Mounts>("channel mounts")

/** What the gateway itself answers; `/api/channels/` is where channels are at home. */
const reserved =
  /^\/(?:$|(?:api(?!\/channels\/.)|v1|tools|hooks|metrics|openapi(?:\.json)?|healthz?|readyz?|__fased__|assets)(?:\/|$))/

export const createMounts = (): Mounts => {
  const mounted = new Map<string, Mounted>()
  return {
    at: (path) => mounted.get(path),
    mount(owner, path, handler, admits) {
      if (!/^\/[\w.-]+(?:\/[\w.-]+)*$/.test(path) || path.length > 200)
        throw badPath({ path, why: "it is no plain path" })
      if (/\/\.\.?(?:\/|$)/.test(path)) throw badPath({ path, why: "it leads upwards" })
      if (reserved.test(path)) throw badPath({ path, why: "the gateway itself answers there" })
      const other = mounted.get(path)
      if (other) throw pathTaken({ path, by: other.owner })
      const mine = { owner, handler, admits }
      mounted.set(path, mine)
      return () => void (mounted.get(path) === mine && mounted.delete(path))
    },
  }
}
