import type { ConnectParams } from "../client/wire.ts"

/** What a node says of itself when it connects. Its word: what it may do is decided elsewhere. */
export interface Claims {
  displayName?: string
  platform: string
  deviceFamily?: string
  modelIdentifier?: string
  version: string
  caps: string[]
  commands: string[]
  permissions: Record<string, boolean>
  /** Where it looks for programs, as a hint. */
  pathEnv?: string
}

export const claimsOf = ({
  client,
  caps = [],
  commands = [],
  permissions = {},
  pathEnv,
}: ConnectParams): Claims => ({
  displayName: client.displayName,
  platform: client.platform.trim().toLowerCase(),
  deviceFamily: client.deviceFamily,
  modelIdentifier: client.modelIdentifier,
  version: client.version,
  caps: tidy(caps),
  commands: tidy(commands),
  permissions,
  pathEnv,
})

const tidy = (names: readonly string[]) =>
  [...new Set(names.map((name) => name.trim()).filter(Boolean))].toSorted()
