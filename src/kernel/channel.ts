import type { Conversation, Person, Quoted } from "./network.ts"
import type { Destination } from "./delivery.ts"
import { service } from "./service.ts"
import type { Surface } from "./tool.ts"

/** Who sent a message, as far as the place it came in by can prove it. */
export type Sender =
  | { kind: "operator"; deviceId?: string; clientId: string; admin: boolean }
  /** Somebody on a chat network; `id` is the first of the stable ids the network gave. */
  | ({ kind: "person"; id: string } & Partial<Omit<Person, "bot">>)
  /** Another session of this gateway. What it sends has the rights of the turn that sent it. */
  | { kind: "agent"; sessionKey: string; owner: boolean }
  /** A webhook, by the name it goes by. It has nobody's rights. */
  | { kind: "hook"; name: string }
  /** A paired machine or phone, by its id. Whoever holds it, it has nobody's rights. */
  | { kind: "node"; nodeId: string }
  /** The clock: a task or a heartbeat, with no more than the rights of whoever set it up. */
  | { kind: "clock"; name: string; owner: boolean }

/** Something that arrived. `channel`, `account`, `chat` and `id` together are unique for ever. */
export interface Inbound {
  channel: string
  account: string
  /** The conversation on that channel; an operator surface names the session key itself. */
  chat: string
  /** Part of the conversation with replies of its own, where the network has such. */
  thread?: string
  /** The network's message id, or the client's idempotency key. */
  id: string
  sender: Sender
  text: string
  /** Pictures that came along. They are kept before the message is accepted. */
  pictures?: readonly Picture[]
  /** Wishes for this one turn. */
  options?: TurnOptions
  /** Where it came in when that was no chat; its words are for the model then, and never a command. */
  surface?: Extract<Surface, "http" | "hook" | "cron" | "node">
  /** The conversation so far as the client tells it; counts where nothing was said yet in the session. */
  earlier?: readonly Said[]
  /** What comes just before its text, such as results of calls the client made. The text may be empty then. */
  before?: readonly Said[]
  /** Its session is for this message alone: archived once it is answered. */
  passing?: true
  /** How it was on the chat network it came from. Absent on operator surfaces. */
  network?: OnNetwork
  /** Where its answer goes as well, when it came from no network. */
  deliver?: Destination
}

/** What a chat network told along with a message. */
export interface OnNetwork {
  conversation: Conversation
  /** When it was said there. */
  at: number
  /** Where its answer goes when that is not simply the conversation. */
  via?: string
  /** The bot was spoken to: a direct chat, a mention, a reply to it. */
  addressed: boolean
  quoted?: Quoted
  /** The sender was let in by name, by a list or a pairing, and not as anybody. */
  listed: boolean
  /** On networks with a menu of commands: whether it was picked there or typed. */
  menu?: "typed" | "picked"
  /** Which of the room's rules for senders is theirs; others do not share a turn with them. */
  rules?: string
  /** What a model reads before and after its text: who says it where and when, what it answers. */
  frame?: { start: string; end: string }
}

/** Something that was said, as a client tells it. */
export type Said =
  | { role: "user"; text: string; pictures?: readonly Picture[] }
  | { role: "assistant"; text: string; calls?: readonly SaidCall[] }
  | { role: "result"; callId: string; name: string; text: string; pictures?: readonly Picture[] }

/** A call of one of the client's own tools. */
export interface SaidCall {
  id: string
  name: string
  arguments: unknown
}

/** A picture in the media store, under a name the gateway gave it. */
export interface Picture {
  mediaId: string
  mimeType: string
  width: number
  height: number
}

export const thinkingLevels = ["off", "minimal", "low", "medium", "high", "xhigh"] as const
export type ThinkingLevel = (typeof thinkingLevels)[number]

/** What becomes of a message while a turn of its session is under way (contract 16 §6). */
export const queueModes = ["collect", "followup", "steer", "steer-backlog", "interrupt"] as const
export type QueueMode = (typeof queueModes)[number]

export const verboseLevels = ["on", "full", "off"] as const
export const reasoningLevels = ["on", "off", "stream"] as const
export const elevatedLevels = ["on", "ask", "full", "off"] as const

/** Where commands run and what they may do. */
export interface ExecWishes {
  host?: "sandbox" | "gateway" | "node" | "auto"
  security?: "deny" | "allowlist" | "full"
  ask?: "off" | "on-miss" | "always"
  node?: string
}

export interface TurnOptions {
  model?: string
  thinking?: ThinkingLevel
  verbose?: (typeof verboseLevels)[number]
  reasoning?: (typeof reasoningLevels)[number]
  /** Whether commands may leave the sandbox. */
  elevated?: (typeof elevatedLevels)[number]
  exec?: ExecWishes
  /** Extra system prompt for this turn. */
  instructions?: string
  timeoutMs?: number
  /** How it joins a turn under way, whatever the session and the config say. */
  queue?: QueueMode
  /** How the model is to write, as far as it can be told. */
  sampling?: Sampling
  /** Tools that the client has. A call of one ends the turn: the client makes it. */
  clientTools?: ClientTools
  /** Of the agent's skills, only these by name. */
  skills?: readonly string[]
  /** How many of the turns before it are read at most. */
  earlierTurns?: number
  /** Of the agent's tools, only those that these patterns name. */
  tools?: readonly string[]
  /** Workspace files in the prompt, in place of those of such a session. */
  files?: readonly string[]
  /** `HEARTBEAT_OK` and at most so many characters beside it is an answer of no words. */
  ack?: number
}

export interface Sampling {
  temperature?: number
  topP?: number
  topK?: number
  maxOutputTokens?: number
  stopSequences?: string[]
  seed?: number
  presencePenalty?: number
  frequencyPenalty?: number
  responseFormat?:
    | { type: "text" }
    | { type: "json"; schema?: Record<string, unknown>; name?: string; description?: string }
}

export interface ClientTool {
  name: string
  description?: string
  /** JSON Schema of its arguments. */
  parameters: Record<string, unknown>
  strict?: boolean
}

export interface ClientTools {
  tools: readonly ClientTool[]
  /** One of them has to be called; the agent's own tools are not offered then. */
  must?: "any" | { name: string }
  /** Not more than one call in an answer. */
  oneAtATime?: boolean
}

/** What came of handing a message in. */
export interface Receipt {
  /** The turn that answers it. */
  runId: string
  sessionKey: string
  agentId: string
  /** `new`: just accepted · `running`: the same message is being answered · `done`: it was */
  state: "new" | "running" | "done"
  acceptedAt: number
}

/** Hands a message to the pipeline. It is on disk before this returns. */
export type Receive = (message: Inbound) => Promise<Receipt>
export const Receive = service<Receive>("receive")
