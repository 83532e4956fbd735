/** Builds the services, starts them in order, stops them in reverse. */
import type { Env, Paths } from "./config/paths.ts"

export interface StartOptions {
  paths: Paths
  env: Env
  version: string
  /** Command-line overrides; nothing here is written to the config. */
  port?: number
  bind?: "loopback" | "lan" | "tailnet" | "auto" | "custom"
  auth?: "none" | "token" | "password"
  token?: string
  password?: string
  allowUnconfigured?: boolean
  /** Stop whatever listens on the port first. */
  force?: boolean
  verbose?: boolean
  /** Log lines to the terminal as well as the file. */
  console?: boolean
}

export interface RunningGateway {
  port: number
  /** `http://127.0.0.1:<port>/` */
  url: string
  /** The page's address with the token in its fragment: signs in whoever opens it. */
  dashboardUrl: string
  logFile: string
  /** Announces, drains, closes. Resolves when everything is down. */
  stop(reason: string): Promise<void>
}

/** Starts a gateway (contract 01 §2) or throws the fault that says why not. */
export const start = (_options: StartOptions): Promise<RunningGateway> =>
  Promise.reject(new Error("not built yet"))
