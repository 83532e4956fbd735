import type { Env } from "../config/paths.ts"
import { present, sameSecret, weakness } from "../secrets/compare.ts"
import type { GatewayConfig } from "./config.ts"
import { ambiguousAuth, noSecret, weakSecret } from "./faults.ts"
import type { RefusalReason } from "./refusal.ts"

/** What a client must present. Every secret that is blank, unset or a placeholder means closed. */
export type Auth = { mode: "none" } | { mode: "token" | "password"; secret: string }

export interface AuthFlags {
  auth?: "none" | "token" | "password"
  token?: string
  password?: string
}

/** The gateway's own auth, from flags, environment and config (contract 01 §8, 08 §1). Throws what is wrong with it. */
export const resolveAuth = (config: GatewayConfig["auth"], env: Env, flags: AuthFlags): Auth => {
  if (flags.auth === "none") return { mode: "none" }
  const token = present(flags.token) ?? present(env.FASED_GATEWAY_TOKEN) ?? present(config.token)
  const password =
    present(flags.password) ?? present(env.FASED_GATEWAY_PASSWORD) ?? present(config.password)
  const named =
    flags.auth ?? config.mode ?? (flags.token ? "token" : flags.password ? "password" : undefined)
  if (!named && token && password) throw ambiguousAuth()
  const mode = named ?? (password && !token ? "password" : "token")
  const secret = mode === "token" ? token : password
  if (!secret) throw noSecret({ mode })
  const why = weakness(secret)
  if (why) throw weakSecret({ name: mode, why })
  return { mode, secret }
}

interface Credentials {
  token?: string
  password?: string
}

/** True when there is a shared secret to judge; a blank one is none. */
export const offers = ({ token, password }: Credentials) => Boolean(token || password)

/** Judges a shared secret: undefined when it is right, else why not. */
export const checkSecret = (auth: Auth, given: Credentials): RefusalReason | undefined => {
  if (auth.mode === "none") return undefined
  // Clients in the field put the one secret they have into either field.
  const offered =
    auth.mode === "token" ? given.token || given.password : given.password || given.token
  if (!offered) return auth.mode === "token" ? "tokenMissing" : "passwordMissing"
  if (sameSecret(auth.secret, offered)) return undefined
  return auth.mode === "token" ? "tokenMismatch" : "passwordMismatch"
}
