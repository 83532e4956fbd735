/** What a chat network is to the gateway: its facts, what arrives from it, what is sent to it. */
import type { z } from "zod"
import type { ConnectContext, LoginStep } from "./connect-context.ts"
import { fault } from "./fault.ts"
import type { Styled } from "./styled.ts"

/** A conversation, in the network's own ids. */
export interface Conversation {
  id: string
  /** Left out when the network did not say: nobody is heard there. */
  kind?: "direct" | "group" | "channel"
  /** The part of it with replies of its own in which something is said. */
  thread?: { id: string; kind: "thread" | "topic" }
  /** The conversation whose rules and bindings it inherits, such as a thread's channel. */
  parent?: string
  guild?: string
  team?: string
  /** What people call it and its surroundings. Anyone may have chosen that: it authorises nothing. */
  title?: string
  guildTitle?: string
}

/** Somebody on a network. Only `ids` and `roles` are theirs to keep; names are for people to read. */
export interface Person {
  /** Stable ids; the first is the one that sessions and pairing go by. */
  ids: readonly [string, ...string[]]
  roles?: readonly string[]
  name?: string
  username?: string
  bot?: true
}

/** A file that came along, not fetched yet. */
export interface Attachment {
  /** How `Connection.download` finds it again, also after a restart. JSON. */
  ref: string
  kind: "image" | "audio" | "voice" | "video" | "document" | "sticker"
  mimeType?: string
  /** As its sender calls it; never a path. */
  name?: string
  bytes?: number
}

export interface Quoted {
  id: string
  text?: string
  sender?: Person
  /** It is the bot's own message. */
  own?: boolean
}

export interface Place {
  latitude: number
  longitude: number
  accuracyMetres?: number
  name?: string
  address?: string
  live?: true
}

/** What somebody did. */
export type Deed =
  | {
      kind: "message"
      text: string
      attachments?: readonly Attachment[]
      location?: Place
      quoted?: Quoted
      /** What the network itself says of mentions. Left out where it has none. */
      mentions?: { bot: boolean; others: boolean }
    }
  /** A command from the network's own menu, as it would be typed: `/model list`. */
  | { kind: "command"; text: string }
  /** A button of one of the bot's messages. */
  | { kind: "press"; data: string; messageId: string }
  | { kind: "reaction"; emoji: string; added: boolean; messageId: string; own: boolean }
  /** Anything else worth a line to the model: an edit, a pin, a member that came or left. */
  | { kind: "notice"; topic: string; text: string }

/** Something that arrived. Account, conversation and `id` together are unique for ever. */
export interface Arrival {
  id: string
  conversation: Conversation
  sender: Person
  /** When it was said, as the network tells it; ms since the epoch. */
  at: number
  deed: Deed
  /** Where its answer goes when that is not simply the conversation; handed back with every part. JSON. */
  via?: string
  /** Earlier messages of the thread or room that the network told along; context, never authority. */
  context?: readonly { sender: Person; text: string; at: number }[]
}

/**
 * What became of it. `taken`: on disk, it will be answered · `known`: it was taken before · `dropped`:
 * nobody will answer. Whatever it is, the network may be told now that it was received.
 */
export type Heard =
  | { kind: "taken"; runId: string }
  | { kind: "known" }
  /** Kept for the next turn of its session; nobody answers it by itself. */
  | { kind: "noted" }
  /** `say` is for networks that have to answer at once, such as for a menu command. */
  | { kind: "dropped"; reason: string; say?: string }

/** A file on its way out. */
export interface Enclosure {
  /** On this disk, checked already. */
  path: string
  kind: "image" | "audio" | "voice" | "video" | "document"
  /** A film to be shown as a round note, where the network has such; no words go with it. */
  round?: true
  mimeType: string
  name: string
  bytes: number
}

export interface Poll {
  question: string
  options: readonly string[]
  /** How many one may choose. */
  most: number
  durationMs?: number
  public?: boolean
}

export interface Button {
  label: string
  /** Comes back as `press`; at most 64 bytes. */
  data: string
  tone?: "good" | "bad"
}

/** One message on its way out: short enough, in the right order, sent once. */
export interface Part {
  conversation: Pick<Conversation, "id" | "kind" | "thread">
  text?: Styled
  enclosure?: Enclosure
  poll?: Poll
  buttons?: readonly (readonly Button[])[]
  /** The message it answers, where replies are shown as such. */
  replyTo?: string
  via?: string
  /** The same for every try of one part; at most 25 letters, digits and `-`. */
  nonce: string
  silent?: boolean
  linkPreview?: boolean
}

export interface Sent {
  /** The network's message id. */
  id: string
  at: number
}

/**
 * Why a part was not sent. `offline`: it never left · `busy`: the network says later · `lost`: it left
 * and no answer came, so it may be there or not · `refused`: it never will be · `unformatted`: the
 * network does not understand how it is written; plain, it may be taken
 */
export const notSent = fault<{
  why: "offline" | "busy" | "lost" | "refused" | "unformatted"
  text: string
  retryAfterMs?: number
  /** What to do about it, where that is known: a permission, an invitation. */
  hint?: string
}>("channels.not-sent", {
  status: 502,
  message: ({ text }) => text,
  hint: ({ hint }) => hint,
  retryable: true,
  retryAfterMs: ({ retryAfterMs }) => retryAfterMs ?? 0,
})

/**
 * Why a connection is over or never came to be. `credentials`: they are wrong, missing or lack a
 * right, and trying again changes nothing · `conflict`: someone else uses the account · `gone`: the
 * network went away, try again
 */
export const connectionOver = fault<{
  why: "credentials" | "conflict" | "gone"
  text: string
  hint?: string
}>("channels.connection-over", {
  status: 502,
  message: ({ text }) => text,
  hint: ({ hint }) => hint,
})

/** One account, connected. What a network cannot do is left out. */
export interface Connection {
  /** Who the account is on its network. */
  self: Person
  /** Resolves once the network has taken it. Throws `channels.not-sent`. */
  send(part: Part, signal: AbortSignal): Promise<Sent>
  /** Replaces the text of a message of ours. */
  edit?(part: Part, messageId: string, signal: AbortSignal): Promise<void>
  remove?(conversation: Part["conversation"], messageId: string): Promise<void>
  /** An empty emoji takes back all of ours. */
  react?(
    conversation: Part["conversation"],
    messageId: string,
    emoji: string,
    take: "add" | "remove",
    author?: string,
  ): Promise<void>
  /** Shows for a few seconds that something is being written. `false` ends that where it can be ended. */
  typing?(conversation: Part["conversation"], on: boolean, via?: string): Promise<void>
  /** Tells the sender that it was read. */
  read?(conversation: Part["conversation"], messageId: string, sender: string): Promise<void>
  /** Whether a part of a dead process arrived; null when the network cannot tell. */
  find?(part: Part): Promise<Sent | "absent" | null>
  /** At most `mostBytes`; throws when it is more. */
  download?(ref: string, mostBytes: number, signal: AbortSignal): Promise<Uint8Array>
  /** Newest first. */
  history?(
    conversation: Part["conversation"],
    range: { limit: number; before?: string; after?: string },
  ): Promise<readonly Said[]>
  /** People and rooms the account knows, and those whose name matches. */
  directory?: {
    people(query: string, limit: number): Promise<readonly Listed[]>
    rooms(query: string, limit: number): Promise<readonly Listed[]>
    members?(room: string, limit: number): Promise<readonly Listed[]>
  }
  /** What only this network has, by name: `pin`, `thread.create`, … The arguments are checked by `Channel.actions`. */
  act?(action: string, args: Record<string, unknown>): Promise<unknown>
  /** Asks the network whether all is well and what is missing, such as a permission. */
  probe?(signal: AbortSignal): Promise<Probe>
  /** Rejects with `channels.connection-over` when it ends by itself. */
  readonly over: Promise<never>
  close(): Promise<void> | void
}

/** A message as a network's history tells it. */
export interface Said {
  id: string
  sender: Person
  text: string
  at: number
}

export interface Listed {
  id: string
  name: string
  /** As a target is written: `user:U1`, `-100123`. */
  target: string
}

export interface Probe {
  ok: boolean
  /** Who answered, for people: `@helper_bot (id 42)`. */
  account?: string
  /** Each thing that is missing or wrong, and what to do. */
  findings: readonly { text: string; hint?: string }[]
}

/** What the config says of one room, in the same words for every network. */
export interface RoomRules {
  /** Whether a list of rooms is kept at all and names this one. `open`: no list is kept. */
  listed: "yes" | "no" | "open"
  enabled: boolean
  /** Overrides the account's for this room. */
  groupPolicy?: "open" | "allowlist" | "disabled"
  requireMention: boolean
  /** Drop what mentions somebody else and not the bot. */
  ignoreOtherMentions?: boolean
  /** Senders by id. Left out: the account's list counts. Empty: nobody. */
  senders?: readonly string[]
  /** Roles by id: someone with one of them passes as well. */
  roles?: readonly string[]
  allowBots?: boolean | "mentions"
  reactions?: "off" | "own" | "all" | "allowlist"
  /** The agent of this topic, over every binding. */
  agentId?: string
  skills?: readonly string[]
  systemPrompt?: string
  tools?: unknown
  toolsBySender?: unknown
}

/** One network. The declaration is light; what speaks the wire is loaded by `connect`. */
export interface Channel<S extends z.ZodObject = z.ZodObject, A = z.output<S>> {
  readonly id: string
  readonly label: string
  readonly aliases?: readonly string[]
  /** Where to read how it is set up, in one line: "Create a bot with @BotFather and copy its token." */
  readonly setup: string
  /** Its own settings beside those every channel has; the same at the base and in each account. */
  settings(): S
  /** Other defaults than most channels have. */
  readonly defaults?: Partial<Record<string, unknown>>
  /** Settings of the default account that environment variables stand in for: `{ TELEGRAM_BOT_TOKEN: "botToken" }`. */
  readonly variables?: Readonly<Record<string, string>>
  /** What `channels add` asks for: settings, in this order. */
  readonly credentials: readonly { setting: string; prompt: string; optional?: true }[]
  readonly limits: {
    /** Longest text of one message, as `measure` counts it. */
    text: number
    lines?: number
    caption?: number
    poll?: { least: number; most: number }
  }
  /** The length of a text as the network counts it. Default: UTF-16 code units of the text. */
  measure?(text: Styled): number
  readonly can: {
    edit?: true
    remove?: true
    react?: true
    thread?: true
    typing?: true
    poll?: true
    buttons?: true
    media?: true
    /** It has a menu of commands of its own. */
    menu?: true
    /** A part sent twice with one nonce appears once. */
    dedupe?: true
    /** A person has to log in, e.g. by QR code. */
    login?: true
  }
  /** An entry of an allowlist or a typed id in its one form; undefined when it is none. */
  normalize(entry: string): string | undefined
  /** Where somebody wants something sent, as people write it: `@ada`, `channel:C1`, `-100:topic:7`. */
  target(text: string): Conversation | { problem: string }
  /** Config in, rules out; nothing is looked up. */
  room(config: A, conversation: Conversation): RoomRules
  /** Things only it can do, with the shape of their arguments; whether they are on is a setting. */
  readonly actions?: Readonly<
    Record<string, { summary: string; args(): z.ZodObject; on(config: A): boolean }>
  >
  /** What is wrong with a config that parses; said at the setting. */
  check?(config: A): readonly { path: readonly (string | number)[]; message: string }[]
  /** Throws `channels.connection-over` when it cannot be. */
  connect(config: A, context: ConnectContext): Promise<Connection>
  /** Links an account where a person has to; each step is shown. */
  login?(
    config: A,
    context: Pick<
      ConnectContext,
      "account" | "folder" | "environment" | "clock" | "log" | "signal"
    >,
    step: (step: LoginStep) => void,
  ): Promise<void>
  /** Forgets what linked it. */
  logout?(config: A, context: Pick<ConnectContext, "account" | "folder" | "log">): Promise<void>
}

/** Declares one chat network. */
export const channel = <S extends z.ZodObject, A = z.output<S>>(
  declaration: Channel<S, A>,
): Channel<S, A> => declaration

// oxlint-disable-next-line typescript/no-explicit-any -- the registry holds channels of every shape
export type AnyChannel = Channel<any, any>
