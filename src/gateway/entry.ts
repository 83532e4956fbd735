import { randomBytes } from "node:crypto"
import type { Env, Paths } from "../config/paths.ts"
import type { Settings } from "../config/settings.ts"
import { setUpLocalProfile } from "../config/setup.ts"
import { decideAccess } from "./access.ts"
import { listenHosts } from "./address.ts"
import type { AuthFlags } from "./auth.ts"
import { resolveAuth } from "./auth.ts"
import type { GatewayConfig } from "./config.ts"
import { gateway } from "./config.ts"
import { badPort, noSecret } from "./faults.ts"
import { guardExposure, guardMissingAuth, guardMode } from "./guards.ts"

export interface EntryFlags extends AuthFlags {
  port?: number
  bind?: GatewayConfig["bind"]
  allowUnconfigured?: boolean
}

/** Where the gateway will listen and what it will ask for. Throws the guard that forbids it. */
export const decideEntry = async (
  flags: EntryFlags,
  { settings, env, paths }: { settings: Settings; env: Env; paths: Pick<Paths, "defaultPort"> },
) => {
  const config = settings.section(gateway)
  guardMode(config, flags.allowUnconfigured)
  const hosts = listenHosts(flags.bind ?? config.bind, config.customBindHost)
  const ground = { hosts, env, flags: await secured(flags, settings, env, hosts) }
  guardExposure(config, hosts, decideAccess(settings.section(gateway), ground).auth)
  const port = flags.port ?? portFrom(env) ?? config.port ?? paths.defaultPort
  return { config, ground, port }
}

/** Sees to it that there is auth to start with: a gateway nobody secured yet gets a long random token (contract 01 §2). */
const secured = async (
  flags: EntryFlags,
  settings: Settings,
  env: Env,
  hosts: string[],
): Promise<AuthFlags> => {
  try {
    resolveAuth(settings.section(gateway).auth, env, flags)
    return flags
  } catch (error) {
    if (!noSecret.is(error)) throw error
    guardMissingAuth(hosts)
    if (error.data.mode !== "token") throw error
    // An unconfigured run writes nothing: its token lives as long as it does.
    if (flags.allowUnconfigured) return { ...flags, token: randomBytes(32).toString("hex") }
    if (!(await setUpLocalProfile({ settings, env })).token) throw error
    return flags
  }
}

const portFrom = ({ FASED_GATEWAY_PORT: text }: Env) => {
  if (!text?.trim()) return undefined
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw badPort({ text })
  return port
}
