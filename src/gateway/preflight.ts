import { configInvalid } from "../config/faults.ts"
import { withSecrets } from "../config/load.ts"
import type { Env, Paths } from "../config/paths.ts"
import type { FetchSecrets, Settings } from "../config/settings.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Section } from "../kernel/section.ts"
import { withoutOverridden } from "../secrets/overridden.ts"
import { gateway, type GatewayConfig } from "./config.ts"
import { checkEntry, type EntryFlags } from "./entry.ts"
import { bindFailed, portTaken } from "./faults.ts"

export interface PreflightOptions {
  flags: EntryFlags & { lastGood?: boolean }
  settings: Pick<Settings, "read" | "section">
  sections: readonly Section[]
  fetchSecrets: FetchSecrets
  env: Env
  paths: Paths
  clock: Clock
  /** Where this process listens. */
  here: { port: number }
}

/** Tries whether a gateway could start with the file as it is now. Throws what would keep it from that. */
export const preflight = async (options: PreflightOptions): Promise<void> => {
  const { flags, settings, env, paths, here } = options
  const config = await configOnDisk(options)
  if (!config && !flags.lastGood) throw configInvalid(await settings.read())
  const next = config ?? settings.section(gateway)
  const given = withoutOverridden((await settings.read()).refs, env)
  const { hosts, port } = checkEntry(flags, next, { env: given, paths })
  if (next.tls.enabled) {
    const { findCertificate } = await import("./tls.ts")
    findCertificate(next.tls, paths, options.clock.now())
  }
  // A listener of ours on that port goes first.
  if (port !== here.port) for (const host of hosts) tryPort(host, port)
}

/** The section as the next process will read it, secrets fetched; undefined when the file is broken. */
const configOnDisk = async ({ settings, sections, fetchSecrets }: PreflightOptions) => {
  const file = await settings.read()
  if (!file.values) return undefined
  if (!file.refs.length) return file.values.gateway as GatewayConfig
  const secrets = await fetchSecrets(file.refs, file.values.secrets, file.env)
  const active = withSecrets(file, secrets, sections)
  if (!active.values) throw configInvalid(active)
  return active.values.gateway as GatewayConfig
}

const tryPort = (hostname: string, port: number) => {
  try {
    Bun.listen({ hostname, port, socket: { data() {} } }).stop(true)
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code === "EADDRINUSE") throw portTaken({ host: hostname, port }, error)
    throw bindFailed({ host: hostname, port, reason: code ?? message }, error)
  }
}
