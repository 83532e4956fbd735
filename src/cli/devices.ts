import type { ArgsDef } from "citty"
import type { Client } from "../client/connect.ts"
import { noSuchDevice } from "./faults.ts"
import { printable } from "./printable.ts"

/** A request as a gateway lists it; gateways in the field leave parts out. */
export interface Pending {
  requestId: string
  deviceId: string
  displayName?: string
  platform?: string
  deviceFamily?: string
  clientId?: string
  role?: string
  scopes?: string[]
  remoteIp?: string
  isRepair?: boolean
  ts?: number
}

export interface Paired extends Omit<Pending, "requestId" | "ts" | "isRepair"> {
  roles?: string[]
  lastSeenAtMs?: number
  tokens?: { role?: string; revokedAtMs?: number }[]
}

export interface Listed {
  pending: Pending[]
  paired: Paired[]
}

export const listDevices = async (client: Client): Promise<Listed> => {
  const { pending = [], paired = [] } = (await client.request(
    "device.pair.list",
    {},
  )) as Partial<Listed>
  return { pending: pending.toSorted((a, b) => (b.ts ?? 0) - (a.ts ?? 0)), paired }
}

/** Enough of a device's id to tell it from the others, and to name it by. */
export const shortId = (deviceId: string) => printable(deviceId.slice(0, 12), 12)

/** What it calls itself, or what it runs. */
export const nameOf = ({
  displayName,
  deviceFamily,
  platform,
  clientId,
}: Omit<Pending, "requestId">) =>
  printable(displayName || [clientId, deviceFamily || platform].filter(Boolean).join(" on "), 40)

export const scopesText = (scopes: readonly string[] = []) =>
  printable(scopes.map((scope) => scope.replace(/^operator\./, "")).join(", ") || "none", 80)

/** What someone is about to say yes to. */
export const wishText = (request: Pending) =>
  [
    `${nameOf(request)} (${shortId(request.deviceId)})`,
    request.remoteIp && `from ${printable(request.remoteIp, 45)}`,
    `as ${printable(request.role ?? "operator", 20)}:`,
    scopesText(request.scopes),
    request.isRepair && "(known here under another platform)",
  ]
    .filter(Boolean)
    .join(" ")

/** Which device and which of its tokens. */
export const deviceFlags = {
  device: {
    type: "string",
    valueHint: "id",
    required: true,
    description: "The device's id, or its start",
  },
  role: {
    type: "enum",
    options: ["operator", "node"],
    default: "operator",
    description: "Which of its roles",
  },
} satisfies ArgsDef

/** The one paired device whose id begins so. */
export const findDevice = async (client: Client, start: string): Promise<string> => {
  const { paired } = await listDevices(client)
  const begin = start.trim().toLowerCase()
  const found = paired.filter(({ deviceId }) => deviceId.startsWith(begin))
  if (found.length === 1) return found[0]!.deviceId
  throw noSuchDevice({ start: printable(start, 64), found: found.length })
}

/** Scopes as people write them: `read,write` or `operator.read`. */
export const readScopes = (text: string) =>
  text
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean)
    .map((name) => (name.startsWith("operator.") ? name : `operator.${name}`))
