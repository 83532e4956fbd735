export type DeviceRole = "operator" | "node"

/** What a device says it is, and what it wants to be let in for. */
export interface Wish {
  deviceId: string
  role: DeviceRole
  publicKey: string
  /** As the wire names them: `operator.read`. */
  scopes: string[]
  /** Pinned when it is paired; a change needs pairing anew. */
  platform: string
  deviceFamily: string
  displayName?: string
  clientId: string
  clientMode: string
  remoteIp?: string
}

/** A device that was let in, for one role. Its scopes are the server's record, never its own word. */
export interface Device extends Omit<Wish, "remoteIp"> {
  /** Which token it has; another one ends the token before. */
  generation: number
  pairedAt: number
  issuedAt: number
  lastSeenAt: number
  /** Its token is worth nothing since then. */
  revokedAt?: number
}

/** A device that asks to be let in. */
export interface PairRequest extends Wish {
  requestId: string
  /** It is paired, but says of itself what it did not say then. */
  isRepair?: true
  createdAt: number
}

/** Lets one device in, once, without a question. Kept by the hash of its token. */
export interface SetupCode {
  hash: string
  role: DeviceRole
  scopes: string[]
  /** The device that made it, if one did: the code ends with it. */
  madeBy?: string
  expiresAt: number
}
