import type { Api } from "../models/config.ts"
import type { ServerModel } from "./server-models.ts"

/** What was decided, by flag or by question. What is absent stays as it is. */
export interface Answers {
  mode?: "local" | "remote"
  /** As written; `~` and relative paths are understood by the setting itself. */
  workspace?: string
  model?: ModelAnswer
  gateway?: GatewayAnswers
  /** The gateway this machine shall be a client of, with mode `remote`. */
  remote?: { url: string; token?: string }
}

export interface ModelAnswer {
  provider: string
  /** Without the provider. */
  model: string
  /** What the provider's settings need besides the key. */
  settings?: ProviderSettings
  key?: KeyAnswer
}

export interface ProviderSettings {
  baseUrl?: string
  api?: Api
  auth?: "none" | "api-key"
  /** What a server of one's own has, so that all of it can be chosen later. */
  models?: readonly ServerModel[]
}

/** Where a key shall be kept. `as-is`: it is in the state folder's `.env`, where it is found anyway. */
export type KeyAnswer =
  | { keep: "config" | "file"; value: string }
  | { keep: "env"; value: string; variable: string }
  | { keep: "as-is"; value: string }

export interface GatewayAnswers {
  port?: number
  bind?: "loopback" | "lan" | "tailnet" | "auto" | "custom"
  auth?: "token" | "password"
  token?: string
  password?: string
  tailscale?: "off" | "serve" | "funnel"
  /** Origins a browser elsewhere comes from, where the port is open beyond this machine. */
  origins?: readonly string[]
}
