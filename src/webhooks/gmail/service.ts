import { service } from "../../kernel/service.ts"
import type { SigningKeys } from "./google-token.ts"

export interface Synced {
  account: string
  /** Messages that started something. */
  count: number
  /** Until when Gmail tells of new mail; absent where it is asked instead. */
  watchedUntil?: number
}

/** The mailbox that is watched. Throws `hooks.gmail-*`, `services.*`. */
export interface GmailWatcher {
  /** Reads what is new. Who asks while that is under way waits for one more reading. */
  sync(): Promise<Synced>
  /** Watches from now on, as the config says now, whether or not it was told before. */
  begin(): Promise<Synced>
  /** Google's keys, so new that the one of this id is among them if there is one. */
  keysWith(keyId: string): Promise<SigningKeys>
}

/** Loaded with the first call. */
export type GmailWatching = () => Promise<GmailWatcher>
export const GmailWatching = service<GmailWatching>("gmail watcher")
