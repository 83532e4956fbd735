import type { Device } from "../devices/device.ts"
import { commandsOf, type CommandRules } from "./allowlist.ts"
import type { Claims } from "./claims.ts"
import type { Link } from "./links.ts"
import type { Known } from "./store.ts"

/** A paired node, as it is now and was when it was last here. */
export interface Node {
  nodeId: string
  displayName?: string
  platform: string
  deviceFamily?: string
  modelIdentifier?: string
  version?: string
  caps: string[]
  /** What it may be asked for. */
  commands: string[]
  /** What it offers, and the rules do not allow. */
  closed: string[]
  permissions: Record<string, boolean>
  pathEnv?: string
  connected: boolean
  remoteIp?: string
  lastConnectAtMs?: number
  approvedAtMs: number
  /** What it told last of each kind, while this gateway runs. */
  told: { event: string; payload: unknown; ts: number }[]
}

export const nodeOf = (
  device: Device,
  known: Known | undefined,
  link: Link | undefined,
  rules: CommandRules,
  told: Node["told"],
): Node => {
  const claims: Partial<Claims> = link?.claims ?? known?.claims ?? {}
  // What it is was pinned when it was paired; what it says now decides nothing.
  const { platform } = device
  const offered = { platform, commands: claims.commands ?? [] }
  const commands = commandsOf(offered, rules)
  return {
    nodeId: device.deviceId,
    displayName: known?.displayName ?? claims.displayName ?? device.displayName,
    platform,
    deviceFamily: device.deviceFamily || undefined,
    modelIdentifier: claims.modelIdentifier,
    version: claims.version,
    caps: claims.caps ?? [],
    commands,
    closed: offered.commands.filter((name) => !commands.includes(name)),
    permissions: claims.permissions ?? {},
    pathEnv: claims.pathEnv,
    connected: link !== undefined,
    remoteIp: link?.remoteIp ?? known?.remoteIp ?? undefined,
    lastConnectAtMs: known?.connectedAt ?? undefined,
    approvedAtMs: device.pairedAt,
    told,
  }
}
