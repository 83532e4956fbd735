import { service } from "../kernel/service.ts"
import type { Accounts } from "./accounts.ts"
import type { Supervisor, Which } from "./supervise.ts"

/** What operators do with accounts of chat networks. */
export interface ChannelControl extends Accounts {
  /** Loaded when it is first asked for. */
  supervisor(): Promise<Supervisor>
  /** Every account was tried once. */
  readonly settled: boolean
  /** Forgets what linked an account to its network, and all that its adapter kept. */
  logout(which: Required<Which>): Promise<void>
  /** The account's own folder. */
  folder(which: Required<Which>): string
  /** Connects and disconnects what the config wants now. */
  follow(): void
  close(): Promise<void>
}
export const ChannelControl = service<ChannelControl>("channel control")
