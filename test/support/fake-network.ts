import type { Part, Sent } from "../../src/kernel/network.ts"

/** Somebody on a fake network. */
export interface FakePerson {
  id: string
  name: string
  username?: string
}

/** A room or a direct chat on a fake network, by the network's id. */
export interface FakeRoom {
  id: string
  kind: "direct" | "group" | "channel"
  thread?: string
}

/** What a bot sent, as a person in front of the network sees it. */
export interface Seen extends Sent {
  room: string
  thread?: string
  /** Without markup. */
  text: string
  replyTo?: string
  edited: number
  buttons?: Part["buttons"]
  files: readonly { name: string; bytes: number }[]
}

/**
 * A chat network on port 0 that speaks the real wire, strict about it: what the vendor would refuse is
 * refused. One of these stands behind every test of a channel, and the vendor's own SDK passes
 * against it.
 */
export interface FakeNetwork extends AsyncDisposable {
  /** The channel it is, and the settings of an account that reaches it. */
  readonly channel: string
  readonly settings: Record<string, unknown>
  /** The bot is in this room. */
  readonly room: FakeRoom
  readonly ada: FakePerson
  readonly direct: (person: FakePerson) => FakeRoom
  /** Somebody writes; the network's message id. Delivered as the wire does, again when not acknowledged. */
  say(
    person: FakePerson,
    room: FakeRoom,
    text: string,
    extra?: {
      mention?: boolean
      replyTo?: string
      file?: { name: string; bytes: Uint8Array; mimeType: string }
    },
  ): Promise<string>
  /** Delivers the same event a second time. */
  repeat(messageId: string): Promise<void>
  /** Every other kind of event the network has, by the name the matrix gives it. */
  readonly events: Readonly<Record<string, (person: FakePerson, room: FakeRoom) => Promise<string>>>
  readonly seen: readonly Seen[]
  /** Resolves with the first message that fits, also one seen already. */
  until(fits: (seen: Seen) => boolean): Promise<Seen>
  /** How the next sends end: `busy` with a wait of `retryAfterMs`, `broken` (5xx), `lost` (taken, no answer), `refused`. */
  next(how: "busy" | "broken" | "lost" | "refused", times?: number, retryAfterMs?: number): void
  /** Cuts every connection as a cable would. */
  drop(): void
  /** Cuts them and forgets them: what comes back is told nothing of what it missed. */
  forget?(): void
  /** True while an account is connected, or polls. */
  readonly connected: boolean
  /** Resolves once it is. */
  untilConnected(): Promise<void>
}
