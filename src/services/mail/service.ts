import { service } from "../../kernel/service.ts"

export interface Found {
  uid: number
  date: string
  from: string
  subject: string
  isNew: boolean
  isFlagged: boolean
}

export interface Wanted {
  folder: string
  from?: string
  to?: string
  subject?: string
  text?: string
  /** Days, as `2026-01-31`. */
  since?: string
  before?: string
  unread?: boolean
  flagged?: boolean
  /** In Gmail's own words; only there. */
  query?: string
  limit: number
}

export interface Read {
  from: string
  to: string
  cc: string
  replyTo: string
  date: string
  subject: string
  id: string
  references: string
  text?: string
  html?: string
  attachments: readonly { name: string; type: string; bytes: number }[]
  cut: boolean
}

export interface Draft {
  to: readonly string[]
  cc?: readonly string[]
  subject: string
  text: string
  inReplyTo?: string
  references?: string
}

export type Mark = "read" | "unread" | "flagged" | "unflagged"

/** One mailbox. Each call connects, signs in and leaves again. Throws `services.*`. */
export interface Mailbox {
  folders(signal: AbortSignal): Promise<string[]>
  search(wanted: Wanted, signal: AbortSignal): Promise<{ total: number; found: Found[] }>
  read(place: { folder: string; uid: number }, signal: AbortSignal): Promise<Read>
  /** Gives the Message-ID it was sent under. */
  send(draft: Draft, signal: AbortSignal): Promise<string>
  /** Gives the folder it was put into. */
  draft(draft: Draft, signal: AbortSignal): Promise<string>
  mark(
    place: { folder: string; uids: readonly number[] },
    as: Mark,
    signal: AbortSignal,
  ): Promise<void>
  move(
    place: { folder: string; uids: readonly number[] },
    to: string,
    signal: AbortSignal,
  ): Promise<void>
  /** The address of the mailbox. */
  address(): string
  whoAmI(signal: AbortSignal): Promise<string>
}

/** Loaded with the first call. */
export type Mail = () => Promise<Mailbox>
export const Mail = service<Mail>("mailbox")
