import { randomBytes } from "node:crypto"
import type { Env, Paths } from "../config/paths.ts"
import type { Settings } from "../config/settings.ts"
import { setUpLocalProfile } from "../config/setup.ts"
import { derived } from "../kernel/derived.ts"
import { withoutOverridden } from "../secrets/overridden.ts"
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
  tailscale?: GatewayConfig["tailscale"]["mode"]
  tailscaleResetOnExit?: boolean
}

/** The config with what this run's flags say in its place. */
const asRun = (config: GatewayConfig, flags: EntryFlags): GatewayConfig => ({
  ...config,
  tailscale: {
    mode: flags.tailscale ?? config.tailscale.mode,
    resetOnExit: flags.tailscaleResetOnExit ?? config.tailscale.resetOnExit,
  },
})

/** Where the gateway will listen and what it will ask for. Throws the guard that forbids it. */
export const decideEntry = async (
  flags: EntryFlags,
  { settings, env, paths }: { settings: Settings; env: Env; paths: Pick<Paths, "defaultPort"> },
) => {
  const config = derived(
    () => [settings.section(gateway)],
    (written) => asRun(written, flags),
  )
  guardMode(config(), flags.allowUnconfigured)
  const { hosts, port } = placeOf(flags, config(), { env, paths })
  const ground = {
    hosts,
    flags: await secured(flags, settings, env, hosts),
    get env() {
      return withoutOverridden(settings.current().refs, env)
    },
  }
  guardExposure(config(), hosts, decideAccess(config(), ground).auth)
  return { config, ground, port }
}

export type Entry = Awaited<ReturnType<typeof decideEntry>>

/** Where a gateway with this config would listen. Throws what keeps it from starting; writes nothing. */
export const checkEntry = (
  flags: EntryFlags,
  written: GatewayConfig,
  places: { env: Env; paths: Pick<Paths, "defaultPort"> },
) => {
  const config = asRun(written, flags)
  guardMode(config, flags.allowUnconfigured)
  const place = placeOf(flags, config, places)
  const { hosts } = place
  try {
    guardExposure(config, hosts, decideAccess(config, { hosts, env: places.env, flags }).auth)
  } catch (error) {
    // An unconfigured run makes itself a token.
    if (!flags.allowUnconfigured || !noSecret.is(error)) throw error
  }
  return place
}

const placeOf = (
  flags: EntryFlags,
  config: GatewayConfig,
  { env, paths }: { env: Env; paths: Pick<Paths, "defaultPort"> },
) => ({
  hosts: listenHosts(flags.bind ?? config.bind, config.customBindHost),
  port: flags.port ?? portFrom(env) ?? config.port ?? paths.defaultPort,
})

/** Sees to it that there is auth to start with: a gateway nobody secured yet gets a long random token (contract 01 §2). */
const secured = async (
  flags: EntryFlags,
  settings: Settings,
  env: Env,
  hosts: string[],
): Promise<AuthFlags> => {
  try {
    const given = withoutOverridden(settings.current().refs, env)
    resolveAuth(settings.section(gateway).auth, given, flags)
    return flags
  } catch (error) {
    if (!noSecret.is(error)) throw error
    guardMissingAuth(hosts)
    if (error.data.mode !== "token") throw error
    // An unconfigured run writes nothing: its token lives as long as it does.
    if (flags.allowUnconfigured) return { ...flags, token: randomBytes(32).toString("hex") }
    if (!(await setUpLocalProfile({ settings, env })).token) throw error
    await settings.activate()
    return flags
  }
}

const portFrom = ({ FASED_GATEWAY_PORT: text }: Env) => {
  if (!text?.trim()) return undefined
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw badPort({ text })
  return port
}
