/** The WebSocket protocol's words, shared by the gateway and its clients (contract 02). */

/** Versions this build speaks, best first. */
export const protocols = [4, 3] as const
export type Protocol = (typeof protocols)[number]

export const scopeNames = [
  "operator.admin",
  "operator.read",
  "operator.write",
  "operator.approvals",
  "operator.pairing",
] as const

/** Ours and the OpenClaw family's; both are in the field. */
export const clientIds = [
  "webchat-ui",
  "fased-control-ui",
  "openclaw-control-ui",
  "webchat",
  "cli",
  "gateway-client",
  "fased-macos",
  "openclaw-macos",
  "fased-ios",
  "openclaw-ios",
  "fased-android",
  "openclaw-android",
  "fased-tui",
  "openclaw-tui",
  "node-host",
  "test",
  "fingerprint",
  "fased-probe",
  "openclaw-probe",
] as const

export const clientModes = ["webchat", "cli", "ui", "backend", "node", "probe", "test"] as const

/** A client with this capability shows somebody what waits for approval, whatever its mode. */
export const approvalsCapability = "exec-approvals"

export interface ClientInfo {
  id: (typeof clientIds)[number]
  displayName?: string
  version: string
  platform: string
  deviceFamily?: string
  modelIdentifier?: string
  mode: (typeof clientModes)[number]
  instanceId?: string
}

export interface DeviceProof {
  /** Lower-case hex SHA-256 of the raw public key. */
  id: string
  /** The raw 32 bytes of an ed25519 key, base64url. */
  publicKey: string
  signature: string
  signedAt: number
  nonce: string
}

export interface ConnectParams {
  minProtocol: number
  maxProtocol: number
  client: ClientInfo
  role?: "operator" | "node"
  scopes?: string[]
  caps?: string[]
  commands?: string[]
  permissions?: Record<string, boolean>
  pathEnv?: string
  device?: DeviceProof
  auth?: { token?: string; deviceToken?: string; bootstrapToken?: string; password?: string }
  locale?: string
  userAgent?: string
}

const normalized = (text: string | undefined) => (text ?? "").trim().toLowerCase()

/** The text a device signs. `v3` also binds platform and device family, in lower case. */
export const devicePayload = (
  version: "v2" | "v3",
  params: Pick<ConnectParams, "client" | "role" | "scopes">,
  proof: Pick<DeviceProof, "id" | "signedAt" | "nonce">,
  token: string,
) => {
  const { client, role = "operator", scopes = [] } = params
  const fields = [
    version,
    proof.id,
    client.id,
    client.mode,
    role,
    scopes.join(","),
    String(proof.signedAt),
    token,
    proof.nonce,
  ]
  if (version === "v3") fields.push(normalized(client.platform), normalized(client.deviceFamily))
  return fields.join("|")
}

/** Close codes the gateway uses. */
export const closeCodes = {
  normal: 1000,
  protocolMismatch: 1002,
  policy: 1008,
  tooBig: 1009,
  internal: 1011,
  restart: 1012,
  /** Sent by a client that heard no tick for two intervals. */
  tickTimeout: 4000,
} as const
