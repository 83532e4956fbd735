import type { Env } from "../config/paths.ts"
import { present, weakness } from "../secrets/compare.ts"
import type { GatewayConfig } from "./config.ts"
import { ambiguousAuth, noSecret, userHeaderMissing, weakSecret } from "./faults.ts"

/** What a client must present. Every secret that is blank, unset or a placeholder means closed. */
export type Auth =
  | { mode: "none" }
  | { mode: "token" | "password"; secret: string }
  | {
      mode: "trusted-proxy"
      proxy: { userHeader: string; requiredHeaders: string[]; allowUsers: string[] }
      /** For programs on this machine, which no proxy stands in front of. */
      secret?: string
    }
  /** The config has something else in mind that cannot be: nobody gets in until that is mended. */
  | { mode: "closed"; wanted: "token" | "password" | "trusted-proxy" }

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
  if (mode === "trusted-proxy") return byProxy(config.trustedProxy, token, password)
  const secret = mode === "token" ? token : password
  if (!secret) throw noSecret({ mode })
  return { mode, secret: strong(mode, secret) }
}

const byProxy = (
  { userHeader, ...proxy }: GatewayConfig["auth"]["trustedProxy"],
  token: string | undefined,
  password: string | undefined,
): Auth => {
  if (!userHeader) throw userHeaderMissing()
  const secret = token ? strong("token", token) : password && strong("password", password)
  return { mode: "trusted-proxy", proxy: { userHeader, ...proxy }, ...(secret && { secret }) }
}

const strong = (name: "token" | "password", secret: string) => {
  const why = weakness(secret)
  if (why) throw weakSecret({ name, why })
  return secret
}
