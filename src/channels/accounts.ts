import type { Connection } from "../kernel/network.ts"
import { service } from "../kernel/service.ts"

/**
 * How an account stands. `unconfigured`: something it needs is not set · `backing-off`: it will be
 * tried again · `stopped`: by hand, until it is started or the gateway is · `needs-login`: a person
 * has to link it · `wrong-credentials`: the network refuses it, and trying again changes nothing
 */
export const accountStates = [
  "disabled",
  "unconfigured",
  "connecting",
  "connected",
  "backing-off",
  "stopped",
  "needs-login",
  "wrong-credentials",
] as const
export type AccountState = (typeof accountStates)[number]

/** One account as the supervisor knows it. Times are ms since the epoch. */
export interface AccountStatus {
  channel: string
  account: string
  state: AccountState
  since: number
  /** Why it is not connected, or not well, and what to do. */
  reason?: string
  hint?: string
  /** Connected, but the protocol shows no sign of life; it is connected anew if that goes on. */
  silent?: true
  /** When it is tried next. */
  retryAt?: number
  /** Connections that ended or never came to be, since the last time all was well for long. */
  failures: number
  /** Times it was connected anew since the gateway started. */
  restarts: number
  /** Who it is on its network: `@helper_bot`. */
  self?: string
  lastStartAt?: number
  lastConnectedAt?: number
  lastStopAt?: number
  lastError?: string
  lastInboundAt?: number
  lastOutboundAt?: number
  /** Messages that arrived and are not on disk yet. */
  waiting: number
}

/** What is sent goes through here: the account's connection with a deadline around every call. */
export interface Live {
  connection: Connection
  /** The account's settings, inheritance resolved. */
  config: unknown
}

/** Whether it is there to be spoken by, of what `Accounts.connection` gives. */
export const isLive = (found: Live | AccountStatus | undefined): found is Live =>
  found !== undefined && "connection" in found

/** An account, as people tell it from the others of its network. */
export const accountLabel = (label: string, account: string) =>
  account === soleAccount ? label : `${label} (${account})`

/** The account of a channel that names none. */
export const soleAccount = "default"

/** Every account of every chat network, connected and kept connected. */
export interface Accounts {
  /**
   * The account's connection, or how it stands when there is none. It refuses with
   * `channels.not-sent` (`offline`) from the moment the account is stopped or disabled. Without
   * `account`: the channel's default one. Undefined when there is no such account.
   */
  connection(channel: string, account?: string): Live | AccountStatus | undefined
  /** Calls whenever one was connected. */
  onConnected(listener: (channel: string, account: string) => void): () => void
  list(): readonly AccountStatus[]
}
export const Accounts = service<Accounts>("accounts")
